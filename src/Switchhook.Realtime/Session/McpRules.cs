using System.Buffers;
using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>What the definition of an MCP server may be (realtime-api §4.6, §6.4), before anybody connects to it.</summary>
internal static class McpRules
{
    private static readonly SearchValues<char> TunnelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    private static readonly SearchValues<char> HeaderCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the connection says of itself, and cannot be said twice.
    private static readonly string[] ReservedHeaders =
    [
        "Accept", "Allow", "Connection", "Expires", "Host", "Keep-Alive", "Last-Event-ID", "Last-Modified",
        "Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version", "Mcp-Session-Id", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    public static void Check(FieldReader f, McpTool tool)
    {
        if (tool.ServerUrl is not null && tool.ConnectorId is not null)
        {
            f.Faults.Value(f.At("connector_id"), tool.ConnectorId, "Give either 'server_url' or 'connector_id', not both.");
        }
        if (tool.ServerUrl is { } url && !IsUrl(url))
        {
            // It may hold a password, which is not for errors and histories.
            f.Faults.Add(
                "invalid_value", $"Invalid value for '{f.At("server_url")}': it must be an http or https URL of at most {Limits.McpUrlChars} characters, without a user name; credentials belong into 'authorization' or 'headers'.", f.At("server_url"));
        }
        if (tool.TunnelId is { } tunnel && !IsTunnel(tunnel)) { f.Faults.Value(f.At("tunnel_id"), tunnel, "It must be 'tunnel_' and 32 small letters or digits."); }
        CheckHeaders(f, tool);
        CheckTools(f, "allowed_tools");
        foreach (string caller in tool.AllowedCallers ?? [])
        {
            if (caller is not ("direct" or "programmatic")) { f.Faults.Value(f.At("allowed_callers"), caller, "Supported values are: 'direct' and 'programmatic'."); }
        }
        if (tool.RequireApproval is not { ValueKind: JsonValueKind.Object }) { f.OptionalChoice("require_approval", null, "always", "never"); }
        else if (f.TryObject("require_approval", out FieldReader approval))
        {
            approval.Only("always", "never");
            CheckFilter(approval, "always");
            CheckFilter(approval, "never");
        }
    }

    private static void CheckHeaders(FieldReader f, McpTool tool)
    {
        if (tool.Authorization is { } token && !IsHeaderValue(token)) { f.Faults.Add("invalid_value", $"Invalid value for '{f.At("authorization")}': it cannot stand in an HTTP header.", f.At("authorization")); }
        if (tool.Headers is not { } given) { return; }
        if (given.ValueKind != JsonValueKind.Object) { f.Faults.Type(f.At("headers"), "an object", FieldReader.Kind(given)); return; }
        var headers = new FieldReader(given, f.At("headers"), f.Faults);
        int count = 0;
        foreach (JsonProperty header in given.EnumerateObject())
        {
            string name = header.Name, at = headers.At(Quoted.Clipped(name, Limits.McpHeaderNameChars));
            if (++count > Limits.McpHeaders) { f.Faults.Add("invalid_value", $"Invalid value for '{f.At("headers")}': at most {Limits.McpHeaders} headers are allowed.", f.At("headers")); return; }
            if (name.Length is 0 or > Limits.McpHeaderNameChars || name.AsSpan().ContainsAnyExcept(HeaderCharacters)) { f.Faults.Add("invalid_value", $"'{at}' is not the name of an HTTP header.", at); return; }
            if (!FieldReader.TryText(header.Value, at, out string? value, f.Faults)) { return; }

            // A header is a secret: its value is never quoted.
            if (!IsHeaderValue(value)) { f.Faults.Add("invalid_value", $"Invalid value for '{at}': it cannot stand in an HTTP header.", at); return; }
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                f.Faults.Add("invalid_value", $"'{at}' cannot be given: the connection sets this header itself.", at);
                return;
            }
            if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && (tool.Authorization is not null || tool.ConnectorId is not null))
            {
                f.Faults.Add("invalid_value", $"'{at}' cannot be given together with 'authorization' or 'connector_id'.", at);
                return;
            }
        }
    }

    // Names alone, or a filter.
    private static void CheckTools(FieldReader f, string name)
    {
        if (!f.TryFind(name, out JsonElement value)) { return; }
        switch (value.ValueKind)
        {
            case JsonValueKind.Array: f.OptionalTexts(name, null, Limits.McpToolNames); break;
            case JsonValueKind.Object: CheckFilter(f, name); break;
            default: f.Faults.Type(f.At(name), "an array or an object", FieldReader.Kind(value)); break;
        }
    }

    private static void CheckFilter(FieldReader f, string name)
    {
        if (!f.TryObject(name, out FieldReader filter)) { return; }
        filter.Only("tool_names", "read_only");
        filter.OptionalTexts("tool_names", null, Limits.McpToolNames);
        filter.OptionalFlag("read_only", null);
    }

    private static bool IsUrl(string url) =>
        url.Length <= Limits.McpUrlChars && Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed)
        && parsed.Scheme is "http" or "https" && parsed.UserInfo.Length == 0;

    private static bool IsHeaderValue(string value) => value.Length <= Limits.McpHeaderChars && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsTunnel(string id) =>
        id.Length == 39 && id.StartsWith("tunnel_", StringComparison.Ordinal) && id.AsSpan(7).IndexOfAnyExcept(TunnelCharacters) < 0;
}
