using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Tests.Engines;

[Collection("the narrow-band frames are counted")]
public sealed class SemanticTurnTests
{
    // Medium waits 300 ms behind an end, 600 when nobody knows, 4 s behind a hesitation.
    [Theory]
    [InlineData("{ so_far: Tomorrow at seven., transcript: Tomorrow at seven. }", 300)]
    [InlineData("{ so_far: [], transcript: Tomorrow at seven. }", 300)]
    [InlineData("{ so_far: Tomorrow maybe, transcript: Tomorrow at seven. }", 600)]
    [InlineData("{ transcript: Tomorrow at seven. }", 600)]
    [InlineData("{ so_far: \"Tomorrow, um\", transcript: Tomorrow at seven. }", 4000)]
    [InlineData("", 600)]
    public async Task A_turn_ends_sooner_or_later_by_its_words(string listen, int silenceMs)
    {
        await using var call = new ScriptedCall($"flow: [listen: {listen}, say: Yes]", """{"audio":{"input":{"turn_detection":{"type":"semantic_vad"}}}}""");
        await call.OpenAsync();
        call.Run(1000);
        call.Speaks = true;
        call.Run(600);
        call.Speaks = false;
        call.RunUntil("input_audio_buffer.speech_stopped");
        Assert.InRange(call.Events.OfType<InputAudioBufferSpeechStopped>().Single().AudioEndMs, 1600 + silenceMs, 1600 + silenceMs + 300);
    }

    [Fact]
    public async Task Who_goes_on_after_a_hesitation_is_answered_once()
    {
        await using var call = new ScriptedCall(
            "flow: [listen: { so_far: [\"I would like, um\", \"I would like, um, a\"], transcript: \"I would like, um, a table.\" }, say: Gladly]",
            """{"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"high"}}}}""");
        await call.OpenAsync();
        for (int breath = 0; breath < 3; breath++)
        {
            call.Speaks = true;
            call.Run(600);
            call.Speaks = false;
            call.Run(1500);
        }
        Assert.Single(call.Events.OfType<InputAudioBufferSpeechStarted>());
        Assert.Single(call.Events.OfType<ResponseCreated>());
    }
}
