using System.Text.Json;

namespace Switchhook.Calls.Timeline;

/// <summary>
/// The audio formats that a session names. On a call they are taken and told back and change nothing (realtime-api §1.3, S6): clients
/// send them always, and whoever looks for a reason of what is heard should not look there.
/// </summary>
internal static class SessionFormats
{
    /// <summary>One sentence for the history, or null when the session names none.</summary>
    public static string? Told(JsonElement session)
    {
        string? input = Named(session, "input"), output = Named(session, "output");
        if (input is null && output is null) { return null; }
        string named = string.Join(", ", ((string?[])[input, output]).OfType<string>());
        return $"the session names {named}; the telephone keeps the codec that SDP agreed on";
    }

    private static string? Named(JsonElement session, string side) =>
        TryObject(session, "audio", out JsonElement audio) && TryObject(audio, side, out JsonElement of) && TryObject(of, "format", out JsonElement format)
            ? $"{(format.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString() : "audio/pcm")} for its {side}"
            : null;

    private static bool TryObject(JsonElement parent, string name, out JsonElement member)
    {
        member = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out member) && member.ValueKind == JsonValueKind.Object;
    }
}
