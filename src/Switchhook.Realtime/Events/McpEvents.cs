namespace Switchhook.Realtime.Events;

public sealed record McpListToolsInProgress(string ItemId) : ServerEvent("mcp_list_tools.in_progress");

public sealed record McpListToolsCompleted(string ItemId) : ServerEvent("mcp_list_tools.completed");

public sealed record McpListToolsFailed(string ItemId) : ServerEvent("mcp_list_tools.failed");

/// <summary><paramref name="Obfuscation"/> pads what real services send; a string even when empty, because strict clients want one (§7.2).</summary>
public sealed record ResponseMcpCallArgumentsDelta(string ResponseId, string ItemId, int OutputIndex, string Delta, string Obfuscation = "")
    : ServerEvent("response.mcp_call_arguments.delta");

public sealed record ResponseMcpCallArgumentsDone(string ResponseId, string ItemId, int OutputIndex, string Arguments)
    : ServerEvent("response.mcp_call_arguments.done");

public sealed record ResponseMcpCallInProgress(int OutputIndex, string ItemId) : ServerEvent("response.mcp_call.in_progress");

public sealed record ResponseMcpCallCompleted(int OutputIndex, string ItemId) : ServerEvent("response.mcp_call.completed");

public sealed record ResponseMcpCallFailed(int OutputIndex, string ItemId) : ServerEvent("response.mcp_call.failed");
