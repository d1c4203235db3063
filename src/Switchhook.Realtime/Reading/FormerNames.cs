using System.Collections.Frozen;

namespace Switchhook.Realtime.Reading;

/// <summary>What members of the beta were called (realtime-api §4.8), and the nesting of a neighbouring API: a program that was not changed learns what to change.</summary>
internal static class FormerNames
{
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["modalities"] = "output_modalities",
        ["voice"] = "audio.output.voice",
        ["speed"] = "audio.output.speed",
        ["input_audio_format"] = "audio.input.format",
        ["output_audio_format"] = "audio.output.format",
        ["input_audio_transcription"] = "audio.input.transcription",
        ["input_audio_noise_reduction"] = "audio.input.noise_reduction",
        ["turn_detection"] = "audio.input.turn_detection",
        ["max_response_output_tokens"] = "max_output_tokens",
    }.ToFrozenDictionary();

    /// <summary>A sentence to add to "Unknown parameter", or nothing.</summary>
    public static string Hint(string path)
    {
        int dot = path.IndexOf('.', StringComparison.Ordinal);
        string owner = dot < 0 ? "" : path[..dot], name = path[(dot + 1)..];
        if (owner is not ("session" or "response")) { return ""; }
        if (path == "session.session") { return " The body is the session itself: its members stand at the top."; }
        return Known.TryGetValue(name, out string? today) ? $" It is '{owner}.{today}' now." : "";
    }
}
