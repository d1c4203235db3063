using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Mcp;

/// <summary>What the definition of an MCP server means (realtime-api §4.6). Its JSON was checked when it was read.</summary>
internal static class McpDefinition
{
    extension(McpTool server)
    {
        /// <summary>Whether the other one would bring another list: another place, other credentials, other tools allowed.</summary>
        public bool IsSameAs(McpTool other) =>
            server.Address == other.Address && server.Authorization == other.Authorization
            && IsSame(server.Headers, other.Headers) && IsSame(server.AllowedTools, other.AllowedTools);

        /// <summary>Whether the model may know of this tool at all.</summary>
        public bool Allows(McpToolDescription tool) => server.AllowedTools is not { } filter || Matches(filter, tool);

        /// <summary>Whether a call of this tool waits until the client has approved it. What no filter names does: silence is no consent.</summary>
        public bool AsksBefore(McpToolDescription tool) => server.RequireApproval switch
        {
            { ValueKind: JsonValueKind.String } mode => !mode.ValueEquals("never"u8),
            { ValueKind: JsonValueKind.Object } filters => (TryFind(filters, "always", out JsonElement always) && Matches(always, tool))
                || !(TryFind(filters, "never", out JsonElement never) && Matches(never, tool)),
            _ => true,
        };
    }

    // Names alone, or names and whether the tool says that it only reads; what is absent restricts nothing.
    private static bool Matches(JsonElement filter, McpToolDescription tool)
    {
        if (filter.ValueKind == JsonValueKind.Array) { return Names(filter, tool.Name); }
        return (!TryFind(filter, "tool_names", out JsonElement names) || Names(names, tool.Name))
            && (!TryFind(filter, "read_only", out JsonElement readOnly) || readOnly.GetBoolean() == IsReadOnly(tool));
    }

    private static bool Names(JsonElement names, string name) => names.EnumerateArray().Any(one => one.ValueEquals(name));

    private static bool IsReadOnly(McpToolDescription tool) =>
        tool.Annotations is { ValueKind: JsonValueKind.Object } annotations && annotations.TryGetProperty("readOnlyHint", out JsonElement hint) && hint.ValueKind == JsonValueKind.True;

    private static bool TryFind(JsonElement filter, string name, out JsonElement value) =>
        filter.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsSame(JsonElement? one, JsonElement? other) =>
        one is { } a && other is { } b ? JsonElement.DeepEquals(a, b) : one is null && other is null;
}
