using System.Text.Json;
using Switchhook.Realtime;

namespace Switchhook.Server.Api;

/// <summary>The body of client_secrets: <c>{"expires_after": {"anchor", "seconds"}, "session": {…}}</c>, every member of it optional (realtime-api §1.7).</summary>
internal static class ClientSecretBody
{
    private const int SecondsDefault = 600, SecondsMin = 10, SecondsMax = 7_200;

    /// <summary>Without a session it is an ordinary realtime one.</summary>
    private static readonly JsonElement Ordinary = JsonElement.Parse("""{"type":"realtime"}""");

    public static (TimeSpan Life, JsonElement Session, RealtimeError? Error) Read(JsonElement body)
    {
        int seconds = SecondsDefault;
        JsonElement session = Ordinary;
        foreach (JsonProperty member in body.EnumerateObject())
        {
            switch (member.Name)
            {
                case "session" when member.Value.ValueKind == JsonValueKind.Null: break;
                case "session": session = member.Value; break;
                case "expires_after" when ReadLife(member.Value, ref seconds) is { } wrong: return (default, default, wrong);
                case "expires_after": break;
                default: return (default, default, RejectBody.Unknown(member.Name));
            }
        }
        return (TimeSpan.FromSeconds(seconds), session, null);
    }

    private static RealtimeError? ReadLife(JsonElement life, ref int seconds)
    {
        if (life.ValueKind == JsonValueKind.Null) { return null; }
        if (life.ValueKind != JsonValueKind.Object) { return RealtimeError.Invalid("invalid_type", "expires_after must be an object, such as {\"seconds\": 600}.", "expires_after"); }
        foreach (JsonProperty member in life.EnumerateObject())
        {
            bool isSound = member.Name switch
            {
                "anchor" => member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("created_at"u8),
                "seconds" => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out seconds) && seconds is >= SecondsMin and <= SecondsMax,
                _ => false,
            };
            if (isSound) { continue; }
            string path = $"expires_after.{member.Name}";
            return member.Name switch
            {
                "anchor" => RealtimeError.Invalid("invalid_value", $"{path} must be 'created_at'.", path),
                "seconds" => RealtimeError.Invalid("invalid_value", $"{path} must be a whole number from {SecondsMin} to {SecondsMax}.", path),
                _ => RejectBody.Unknown(member.Name, "expires_after."),
            };
        }
        return null;
    }
}
