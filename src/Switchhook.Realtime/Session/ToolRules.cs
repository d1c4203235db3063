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

    /// <param name="f">The session or the response.</param>
    /// <param name="current">Kept when nothing is given.</param>
    /// <param name="known">MCP servers that were defined before; their label is enough. Those in <paramref name="current"/> are, too.</param>
    public static IReadOnlyList<Tool> Tools(FieldReader f, IReadOnlyList<Tool> current, IReadOnlyList<McpTool> known)
    {
        if (!f.Has("tools")) { return current; }
        var tools = new List<Tool>();
        known = [.. known, .. current.OfType<McpTool>()];
        foreach ((JsonElement value, string at) in f.Elements("tools", Limits.Tools))
        {
            if (value.ValueKind != JsonValueKind.Object) { f.Faults.Type(at, "an object", FieldReader.Kind(value)); break; }
            FieldReader tool = f.Element(value, at);
            switch (tool.RequiredText("type"))
            {
                case "function": tools.Add(Function(tool)); break;
                case "mcp": tools.Add(Mcp(tool, known, tools)); break;
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

    private static McpTool Mcp(FieldReader f, IReadOnlyList<McpTool> known, List<Tool> before)
    {
        f.Only("type", "server_label", "server_url", "connector_id", "tunnel_id", "authorization", "headers", "server_description",
            "allowed_tools", "allowed_callers", "require_approval", "defer_loading");
        string label = f.RequiredText("server_label");
        if (label.Length == 0) { f.Faults.Value(f.At("server_label"), label, "An MCP server has a label."); }
        if (before.OfType<McpTool>().Any(t => t.ServerLabel == label)) { f.Faults.Value(f.At("server_label"), label, "Another tool has this label already."); }
        if (before.Count(t => t is McpTool) == Limits.McpServers) { f.Faults.Value(f.At("server_label"), label, $"At most {Limits.McpServers} MCP servers are allowed."); }

        // The label alone means the definition given before (§6.4); what stands beside it changes that one.
        bool hasAddress = f.TryFind("server_url", out _) || f.TryFind("connector_id", out _) || f.TryFind("tunnel_id", out _);
        McpTool? earlier = hasAddress ? null : known.FirstOrDefault(t => t.ServerLabel == label);
        if (!hasAddress && earlier is null) { f.Faults.Missing(f.At("server_url")); }
        McpTool definition = earlier ?? WithCredentials(f, known, new McpTool(label)
        {
            ServerUrl = f.OptionalText("server_url"),
            ConnectorId = f.OptionalChoice("connector_id", null, Connectors),
            TunnelId = f.OptionalText("tunnel_id"),
        });
        McpTool tool = definition with
        {
            ServerDescription = f.OptionalText("server_description", definition.ServerDescription),
            AllowedTools = Raw(f, "allowed_tools", definition.AllowedTools),
            AllowedCallers = f.OptionalTexts("allowed_callers", definition.AllowedCallers, Limits.SessionListEntries),
            RequireApproval = Raw(f, "require_approval", definition.RequireApproval),
            DeferLoading = f.OptionalFlag("defer_loading", definition.DeferLoading),
            Authorization = f.OptionalText("authorization", definition.Authorization),
            Headers = Raw(f, "headers", definition.Headers),
        };
        McpRules.Check(f, tool);
        return tool;
    }

    // Clients send back what they were told (§4.2), and credentials are never told. Where neither is said, a server at the same address
    // keeps both: so they go nowhere that they were not given for.
    private static McpTool WithCredentials(FieldReader f, IReadOnlyList<McpTool> known, McpTool given)
    {
        if (f.Has("authorization") || f.Has("headers")) { return given; }
        McpTool? earlier = known.FirstOrDefault(t => t.ServerLabel == given.ServerLabel && t.Address == given.Address);
        return given with { Authorization = earlier?.Authorization, Headers = earlier?.Headers };
    }

    private static JsonElement? Raw(FieldReader f, string name, JsonElement? current = null) =>
        !f.Has(name) ? current : f.TryFind(name, out JsonElement value) ? value.Clone() : null;
}
