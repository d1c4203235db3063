using System.Text.Json;
using Switchhook.Realtime;

namespace Switchhook.Server.Api;

/// <summary>The body of a reject: nothing, or <c>{"status_code": 300…699}</c>; 603 when it does not say (realtime-api §1.4).</summary>
internal static class RejectBody
{
    private const int Decline = 603;
    private const int NameChars = 100;

    public static (int Status, RealtimeError? Error) Read(JsonElement body)
    {
        int status = Decline;
        foreach (JsonProperty member in body.EnumerateObject())
        {
            if (member.Name != "status_code") { return (0, Unknown(member.Name)); }
            if (member.Value.ValueKind == JsonValueKind.Null) { continue; }
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out status) || status is < 300 or > 699)
            {
                return (0, RealtimeError.Invalid("invalid_value", "status_code must be a whole number from 300 to 699, the SIP status that the caller is answered.", "status_code"));
            }
        }
        return (status, null);
    }

    /// <summary>By the beginning of its name: that may be as long as a body.</summary>
    public static RealtimeError Unknown(string member, string inside = "")
    {
        string path = inside + Quoted.Clipped(member, NameChars);
        return RealtimeError.Invalid("unknown_parameter", $"Unknown parameter: '{path}'.", path);
    }
}
