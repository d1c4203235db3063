using System.Text;
using System.Text.Json;
using Switchhook.Realtime;
using Switchhook.Sip.Messages;

namespace Switchhook.Server.Api;

/// <summary>The body of a refer: <c>{"target_uri": "tel:… or sip:…"}</c> and nothing else (realtime-api §1.5). What is not a URI never reaches the wire.</summary>
internal static class ReferBody
{
    public static (string Target, RealtimeError? Error) Read(JsonElement body)
    {
        foreach (JsonProperty member in body.EnumerateObject())
        {
            if (member.Name != "target_uri") { return ("", RejectBody.Unknown(member.Name)); }
        }
        if (!body.TryGetProperty("target_uri"u8, out JsonElement target) || target.ValueKind == JsonValueKind.Null)
        {
            return Wrong("missing_required_parameter", "Missing required parameter: 'target_uri'.");
        }
        if (target.ValueKind != JsonValueKind.String)
        {
            return Wrong("invalid_type", "target_uri must be a string, such as tel:+14155550123 or sip:agent@example.com.");
        }
        string uri = target.GetString()!;
        if (uri.Length > Limits.TransferTargetChars)
        {
            return Wrong("string_above_max_length", $"target_uri must have at most {Limits.TransferTargetChars} characters, but has {uri.Length}.");
        }
        return IsTarget(uri) ? (uri, null) : Wrong("invalid_value", "target_uri must be a sip:, sips: or tel: URI, such as tel:+14155550123 or sip:agent@example.com.");
    }

    private static bool IsTarget(string text) =>
        Ascii.IsValid(text) && SipUri.TryParse(Encoding.ASCII.GetBytes(text), out SipUri uri) && (uri.IsSip || (uri.IsTel && uri.User.Length > 0));

    private static (string Target, RealtimeError Error) Wrong(string code, string message) => ("", RealtimeError.Invalid(code, message, "target_uri"));
}
