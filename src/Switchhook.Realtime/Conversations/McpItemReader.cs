using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Conversations;

/// <summary>
/// The items of MCP as a client gives them (realtime-api §5.1). An answer to a request that waits is one; all others are history that a
/// client brings back: nothing is fetched, called or asked because of them.
/// </summary>
internal static class McpItemReader
{
    public static Item Read(FieldReader f, string type) => type switch
    {
        "mcp_list_tools" => new McpListToolsItem(f.RequiredText("server_label"), Tools(f)) { Error = f.OptionalText("error") },
        "mcp_call" => new McpCallItem(f.RequiredText("server_label"), f.RequiredText("name"), f.RequiredText("arguments"))
        {
            ApprovalRequestId = f.OptionalText("approval_request_id"),
            Output = f.OptionalText("output"),
            Error = f.TryObject("error", out FieldReader error) ? Error(error) : null,
        },
        "mcp_approval_request" => new McpApprovalRequestItem(f.RequiredText("server_label"), f.RequiredText("name"), f.RequiredText("arguments")),
        _ => Approval(f),
    };

    private static List<McpToolDescription> Tools(FieldReader f)
    {
        if (!f.TryFind("tools", out _)) { f.Faults.Missing(f.At("tools")); }
        var tools = new List<McpToolDescription>();
        foreach ((JsonElement value, string at) in f.Elements("tools", Limits.Tools))
        {
            if (value.ValueKind != JsonValueKind.Object) { f.Faults.Type(at, "an object", FieldReader.Kind(value)); break; }
            var tool = new FieldReader(value, at, f.Faults);
            if (!tool.TryFind("input_schema", out JsonElement schema)) { f.Faults.Missing(tool.At("input_schema")); break; }
            tool.TryObject("input_schema", out _);
            JsonElement? annotations = tool.TryObject("annotations", out _) ? value.GetProperty("annotations").Clone() : null;
            tools.Add(new McpToolDescription(tool.RequiredText("name"), tool.OptionalText("description") ?? "", schema.Clone(), annotations));
        }
        return tools;
    }

    private static McpError Error(FieldReader f)
    {
        string type = f.RequiredText("type");
        if (f.Faults.First is null && type is not ("protocol_error" or "tool_execution_error" or "http_error"))
        {
            f.Faults.Value(f.At("type"), type, FieldReader.Supported(["protocol_error", "tool_execution_error", "http_error"]));
        }
        return new McpError(type, f.RequiredText("message"), f.OptionalWhole("code", null, int.MinValue, int.MaxValue));
    }

    private static McpApprovalResponseItem Approval(FieldReader f)
    {
        if (!f.TryFind("approve", out _)) { f.Faults.Missing(f.At("approve")); }
        return new McpApprovalResponseItem(f.RequiredText("approval_request_id"), f.Flag("approve", false, false), f.OptionalText("reason"));
    }
}
