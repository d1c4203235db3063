using System.Buffers;
using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>The <c>tools</c> and <c>tool_choice</c> of a session or a response (realtime-api §4.6).</summary>
internal static class ToolRules
{
    private static readonly string[] Connectors =
    [
        "connector_dropbox", "connector_gmail", "connector_googlecalendar", "connector_googledrive",
        "connector_microsoftteams", "connector_outlookcalendar", "connector_outlookemail", "connector_sharepoint",
    ];

    private static readonly SearchValues<char> TunnelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    public static IReadOnlyList<Tool> Tools(FieldReader f, IReadOnlyList<Tool> current)
    {
        if (!f.Has("tools")) { return current; }
        var tools = new List<Tool>();
        foreach ((JsonElement value, string at) in f.Elements("tools", Limits.Tools))
        {
            if (value.ValueKind != JsonValueKind.Object) { f.Faults.Type(at, "an object", FieldReader.Kind(value)); break; }
            var tool = new FieldReader(value, at, f.Faults);
            switch (tool.RequiredText("type"))
            {
                case "function": tools.Add(Function(tool)); break;
                case "mcp": tools.Add(Mcp(tool, current, tools)); break;
                case var type: f.Faults.Value(tool.At("type"), type, "Supported values are: 'function' and 'mcp'."); break;
            }
            if (f.Faults.First is not null) { break; }
        }
        return tools;
    }

    public static ToolChoice Choice(FieldReader f, ToolChoice current)
    {
        if (!f.Has("tool_choice")) { return current; }
        if (!f.TryFind("tool_choice", out JsonElement value)) { return ToolChoice.Auto; }
        if (value.ValueKind == JsonValueKind.String)
        {
            return new ToolChoice(f.Choice("tool_choice", "auto", "auto", "none", "auto", "required"));
        }
        if (!f.TryObject("tool_choice", out FieldReader choice)) { return current; }
        choice.Only("type", "name", "server_label");
        string type = choice.RequiredText("type");
        switch (type)
        {
            case "function": return new ToolChoice(type, choice.RequiredText("name"));
            case "mcp": return new ToolChoice(type, choice.OptionalText("name"), choice.RequiredText("server_label"));
            default: f.Faults.Value(choice.At("type"), type, "Supported values are: 'function' and 'mcp'."); return current;
        }
    }

    private static FunctionTool Function(FieldReader f)
    {
        f.Only("type", "name", "description", "parameters", "strict");
        string name = f.RequiredText("name");
        if (name.Length == 0) { f.Faults.Value(f.At("name"), name, "A function has a name."); }
        f.TryObject("parameters", out _);
        return new FunctionTool(name)
        {
            Description = f.OptionalText("description"),
            Parameters = Raw(f, "parameters"),
        };
    }

    private static McpTool Mcp(FieldReader f, IReadOnlyList<Tool> earlier, List<Tool> before)
    {
        f.Only("type", "server_label", "server_url", "connector_id", "tunnel_id", "authorization", "headers", "server_description",
            "allowed_tools", "allowed_callers", "require_approval", "defer_loading");
        string label = f.RequiredText("server_label");
        if (before.OfType<McpTool>().Any(t => t.ServerLabel == label)) { f.Faults.Value(f.At("server_label"), label, "Another tool has this label already."); }
        var tool = new McpTool(label)
        {
            ServerUrl = f.OptionalText("server_url"),
            ConnectorId = f.OptionalChoice("connector_id", null, Connectors),
            TunnelId = f.OptionalText("tunnel_id"),
            ServerDescription = f.OptionalText("server_description"),
            AllowedTools = Raw(f, "allowed_tools"),
            AllowedCallers = f.OptionalTexts("allowed_callers", null, Limits.SessionListEntries),
            RequireApproval = Raw(f, "require_approval"),
            DeferLoading = f.OptionalFlag("defer_loading", null),
            Authorization = f.OptionalText("authorization"),
            Headers = Raw(f, "headers"),
        };
        bool hasAddress = tool.ServerUrl is not null || tool.ConnectorId is not null || tool.TunnelId is not null;

        // The label alone means the definition given before (§6.4).
        if (!hasAddress && earlier.OfType<McpTool>().FirstOrDefault(t => t.ServerLabel == label) is { } known) { return known; }
        CheckMcp(f, tool, hasAddress);
        return tool;
    }

    private static void CheckMcp(FieldReader f, McpTool tool, bool hasAddress)
    {
        if (!hasAddress) { f.Faults.Missing(f.At("server_url")); }
        if (tool.ServerUrl is not null && tool.ConnectorId is not null)
        {
            f.Faults.Value(f.At("connector_id"), tool.ConnectorId, "Give either 'server_url' or 'connector_id', not both.");
        }
        if (tool.TunnelId is { } tunnel && !IsTunnel(tunnel)) { f.Faults.Value(f.At("tunnel_id"), tunnel, "It must be 'tunnel_' and 32 small letters or digits."); }
        bool headerAuthorizes = f.TryObject("headers", out FieldReader headers) && headers.Has("Authorization");
        if (headerAuthorizes && (tool.Authorization is not null || tool.ConnectorId is not null))
        {
            f.Faults.Add("invalid_value", $"'{headers.At("Authorization")}' cannot be given together with 'authorization' or 'connector_id'.", headers.At("Authorization"));
        }
        if (tool.AllowedTools is { ValueKind: not (JsonValueKind.Array or JsonValueKind.Object) } allowed)
        {
            f.Faults.Type(f.At("allowed_tools"), "an array or an object", FieldReader.Kind(allowed));
        }
        foreach (string caller in tool.AllowedCallers ?? [])
        {
            if (caller is not ("direct" or "programmatic")) { f.Faults.Value(f.At("allowed_callers"), caller, "Supported values are: 'direct' and 'programmatic'."); }
        }
        if (tool.RequireApproval is { ValueKind: not JsonValueKind.Object }) { f.OptionalChoice("require_approval", null, "always", "never"); }
    }

    private static bool IsTunnel(string id) =>
        id.Length == 39 && id.StartsWith("tunnel_", StringComparison.Ordinal) && id.AsSpan(7).IndexOfAnyExcept(TunnelCharacters) < 0;

    private static JsonElement? Raw(FieldReader f, string name) => f.TryFind(name, out JsonElement value) ? value.Clone() : null;
}
