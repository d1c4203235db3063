using System.Runtime.InteropServices;
using System.Text.Json;
using Switchhook.Media.Dsp;

namespace Switchhook.Server.Tests.Api;

/// <summary>Sessions that only transcribe (realtime-api §4.7) against a whole server.</summary>
[Collection("Alone")]
public sealed class TranscriptionTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"type":"session.update","session":{"type":"transcription","include":["item.input_audio_transcription.logprobs"],"audio":{"input":{"transcription":{"model":"whisper-1"},"turn_detection":null}}}}""", "session.updated", true)]
    [InlineData("""{"type":"transcription_session.update","session":{"input_audio_format":"pcm16","input_audio_transcription":{"model":"gpt-4o-mini-transcribe"},"turn_detection":null}}""", "transcription_session.updated", false)]
    public async Task What_is_said_is_written_down_word_by_word_and_never_answered(string update, string updated, bool hasLogprobs)
    {
        using EventClient client = await _server.OpenAsync("intent=transcription&model=talker");
        JsonElement session = (await client.ReadAsync())!.Value.GetProperty("session");
        Assert.Equal(("transcription", "realtime.transcription_session"), (session.GetProperty("type").GetString(), session.GetProperty("object").GetString()));
        await client.SayAsync(update);
        Assert.NotNull(await client.UntilAsync(updated));
        await client.SayAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(new byte[24_000])}}"}""");
        await client.SayAsync("""{"type":"input_audio_buffer.commit"}""");
        JsonElement completed = (await client.UntilAsync("conversation.item.input_audio_transcription.completed"))!.Value;
        Assert.Equal(("Good morning.", "duration"), (completed.GetProperty("transcript").GetString(), completed.GetProperty("usage").GetProperty("type").GetString()));
        Assert.Equal(hasLogprobs, completed.TryGetProperty("logprobs", out _));
        Assert.Equal(["Good", " morning."], client.Seen.Where(told => EventClient.TypeOf(told).EndsWith("transcription.delta", StringComparison.Ordinal)).Select(told => told.GetProperty("delta").GetString()));
        await client.SayAsync("""{"type":"response.create","event_id":"answer"}""");
        Assert.Equal("answer", (await client.UntilAsync("error"))!.Value.GetProperty("error").GetProperty("event_id").GetString());
        Assert.DoesNotContain(client.Types, type => type.StartsWith("response.", StringComparison.Ordinal));
    }

    /// <summary>Who does not commit by hand has his turns found.</summary>
    [Fact]
    public async Task A_turn_is_found_in_the_audio_and_transcribed()
    {
        using EventClient client = await _server.OpenAsync("intent=transcription&model=talker");
        await client.SayAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(Voice(1.2))}}"}""");
        await client.SayAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(new byte[48_000])}}"}""");
        Assert.NotNull(await client.UntilAsync("conversation.item.input_audio_transcription.completed"));
        Assert.Contains("input_audio_buffer.speech_stopped", client.Types);
    }

    [Theory]
    [InlineData("intent=translation", "intent")]
    [InlineData("intent=transcription&model=oracle", "model")]
    public async Task What_is_wrong_is_an_ordinary_answer(string query, string param)
    {
        Answer answer = await _server.SendAsync("GET", $"/v1/realtime?{query}");
        Assert.Equal((400, "invalid_value", param), (answer.Status, answer.Code, answer.Param));
    }

    /// <summary>Without a model the words are those of the first one that is configured: the greeter's script has none, and says so.</summary>
    [Fact]
    public async Task A_turn_for_which_there_are_no_words_fails_and_the_session_goes_on()
    {
        using EventClient client = await _server.OpenAsync("intent=transcription");
        await client.SayAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(new byte[24_000])}}"}""");
        await client.SayAsync("""{"type":"input_audio_buffer.commit"}""");
        JsonElement failed = (await client.UntilAsync("conversation.item.input_audio_transcription.failed"))!.Value;
        Assert.Equal("no_transcript", failed.GetProperty("error").GetProperty("code").GetString());
        await client.SayAsync("""{"type":"input_audio_buffer.clear"}""");
        Assert.NotNull(await client.UntilAsync("input_audio_buffer.cleared"));
    }

    // The loud frames of a sample of speech, at 24 kHz.
    private static byte[] Voice(double seconds)
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Switchhook.slnx"))) { root = root.Parent!; }
        byte[] file = File.ReadAllBytes(Path.Combine(root.FullName, "samples", "speech", "a-table-for-two.wav"));
        short[][] loud = [.. MemoryMarshal.Cast<byte, short>(file.AsSpan(44)).ToArray().Chunk(160).Where(frame => frame.Length == 160 && Level.Dbfs(frame) > -28)];
        Resampler resampler = new(8_000, 24_000);
        short[] samples = new short[(int)(seconds * 50) * 480];
        for (int i = 0; i < samples.Length / 480; i++) { resampler.Process(loud[i % loud.Length], samples.AsSpan(i * 480, 480)); }
        return MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
    }
}
