using System.Text.Json;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>What a script begins by itself: a greeting, the answer to a key, or to none in time.</summary>
[Collection("the narrow-band frames are counted")]
public sealed class ScriptedPromptTests
{
    // Every response of this session fails as it begins, but those of a client that says otherwise.
    private const string Toolless = """{"tool_choice":"required"}""";

    [Theory]
    [InlineData("{ greet: true, flow: [say: Hello] }", "")]
    [InlineData("flow: [dtmf: { timeout_ms: 0, on: {} }]", "ask")]
    [InlineData("flow: [dtmf: { timeout_ms: 1000, on: {} }]", "ask")]
    [InlineData("flow: [dtmf: { timeout_ms: 60000, on: { '1': [say: One] } }]", "ask press")]
    public async Task A_response_that_fails_as_it_begins_is_not_begun_again(string flow, string before)
    {
        await using var call = new ScriptedCall(flow, Toolless);
        await call.OpenAsync();
        if (before.Contains("ask", StringComparison.Ordinal)) { Ask(call); }
        if (before.Contains("press", StringComparison.Ordinal)) { call.Press('1'); }
        call.Run(3000);
        ResponseDone done = Assert.Single(call.Events.OfType<ResponseDone>(), told => told.Response.Status == ResponseStatus.Failed);
        Assert.Equal("no_tools", done.Response.StatusDetails!.Error!.Code);
    }

    [Fact]
    public async Task What_a_key_chose_is_said_in_the_next_response_when_the_first_failed()
    {
        await using var call = new ScriptedCall("flow: [dtmf: { timeout_ms: 1000, on: { '1': [say: One] }, else: [say: None] }]", Toolless);
        await call.OpenAsync();
        Ask(call);
        call.Press('1');
        call.Run(3000);
        Ask(call);
        call.RunUntil("output_audio_buffer.stopped");
        Assert.Equal("One", call.Events.OfType<ResponseOutputAudioTranscriptDone>().Single().Transcript);
    }

    private static void Ask(ScriptedCall call)
    {
        using var response = JsonDocument.Parse("""{"tool_choice":"auto"}""");
        call.Post(new ResponseCreate(response.RootElement.Clone()));
        call.Run(100);
    }
}
