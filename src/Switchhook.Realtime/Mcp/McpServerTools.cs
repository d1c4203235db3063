using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Mcp;

/// <summary>An MCP server whose list of tools has come, and what of it its definition allows.</summary>
public sealed record McpServerTools(McpTool Server, IReadOnlyList<McpToolDescription> Tools)
{
    public McpToolDescription? Find(string name) => Tools.FirstOrDefault(tool => tool.Name == name);
}
