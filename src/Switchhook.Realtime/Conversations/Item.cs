using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Conversations;

[JsonConverter(typeof(JsonStringEnumConverter<ItemStatus>))]
public enum ItemStatus : byte
{
    [JsonStringEnumMemberName("in_progress")] InProgress,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("incomplete")] Incomplete,
}

[JsonConverter(typeof(JsonStringEnumConverter<ItemRole>))]
public enum ItemRole : byte
{
    [JsonStringEnumMemberName("system")] System,
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("assistant")] Assistant,
}

/// <summary>One entry of a conversation (realtime-api §5.1). A closed hierarchy.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MessageItem), "message")]
[JsonDerivedType(typeof(FunctionCallItem), "function_call")]
[JsonDerivedType(typeof(FunctionCallOutputItem), "function_call_output")]
[JsonDerivedType(typeof(McpListToolsItem), "mcp_list_tools")]
[JsonDerivedType(typeof(McpCallItem), "mcp_call")]
[JsonDerivedType(typeof(McpApprovalRequestItem), "mcp_approval_request")]
[JsonDerivedType(typeof(McpApprovalResponseItem), "mcp_approval_response")]
[JsonDerivedType(typeof(ItemReference), "item_reference")]
public abstract record Item
{
    private protected Item() { }

    /// <summary>The client's own id, or <c>item_…</c>; empty until the session has named it.</summary>
    [JsonPropertyOrder(-3)]
    public string Id { get; init; } = "";

    [JsonPropertyOrder(-2)]
    public string Object { get; } = "realtime.item";

    [JsonPropertyOrder(-1)]
    public ItemStatus Status { get; init; } = ItemStatus.Completed;
}

public sealed record MessageItem(ItemRole Role, IReadOnlyList<ContentPart> Content) : Item;

/// <summary><paramref name="Arguments"/> is JSON text; a string even when empty, because strict clients want one (§7.2).</summary>
public sealed record FunctionCallItem(string Name, string CallId, string Arguments) : Item;

public sealed record FunctionCallOutputItem(string CallId, string Output) : Item;

/// <summary><see cref="Error"/> says why there is no list; the contract's own item has no member for it, that of the neighbouring Responses API has.</summary>
public sealed record McpListToolsItem(string ServerLabel, IReadOnlyList<McpToolDescription> Tools) : Item
{
    public string? Error { get; init; }
}

public sealed record McpToolDescription(string Name, string Description, JsonElement InputSchema, JsonElement? Annotations = null);

public sealed record McpCallItem(string ServerLabel, string Name, string Arguments) : Item
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ApprovalRequestId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Output { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public McpError? Error { get; init; }
}

/// <summary><paramref name="Type"/> is <c>protocol_error</c>, <c>tool_execution_error</c> or <c>http_error</c>; the middle one has no code.</summary>
public sealed record McpError(string Type, string Message, int? Code = null)
{
    /// <summary>JSON-RPC's code for arguments that cannot be.</summary>
    private const int InvalidParams = -32602;

    public static McpError Protocol(int code, string message) => new("protocol_error", message, code);

    /// <summary>There is no such tool, or not with these arguments.</summary>
    public static McpError Invalid(string message) => Protocol(InvalidParams, message);

    public static McpError Execution(string message) => new("tool_execution_error", message);

    public static McpError Http(int code, string message) => new("http_error", message, code);
}

public sealed record McpApprovalRequestItem(string ServerLabel, string Name, string Arguments) : Item;

public sealed record McpApprovalResponseItem(string ApprovalRequestId, bool Approve, string? Reason = null) : Item;

/// <summary>Another item of the conversation, by id; only in the <c>input</c> of <c>response.create</c>.</summary>
public sealed record ItemReference : Item;
