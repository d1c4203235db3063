using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Session;

/// <summary>Something a model may call (realtime-api §4.6).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(FunctionTool), "function")]
[JsonDerivedType(typeof(McpTool), "mcp")]
public abstract record Tool
{
    private protected Tool() { }
}

/// <summary><see cref="Parameters"/> is a JSON Schema, echoed untouched.</summary>
public sealed record FunctionTool(string Name) : Tool
{
    public string? Description { get; init; }
    public JsonElement? Parameters { get; init; }
}

/// <summary>The tools of an MCP server. <see cref="Authorization"/> and <see cref="Headers"/> are secrets and never echoed.</summary>
public sealed record McpTool(string ServerLabel) : Tool
{
    public string? ServerUrl { get; init; }
    public string? ConnectorId { get; init; }
    public string? TunnelId { get; init; }
    public string? ServerDescription { get; init; }
    public JsonElement? AllowedTools { get; init; }
    public IReadOnlyList<string>? AllowedCallers { get; init; }
    public JsonElement? RequireApproval { get; init; }
    public bool? DeferLoading { get; init; }

    [JsonIgnore]
    public string? Authorization { get; init; }

    [JsonIgnore]
    public JsonElement? Headers { get; init; }

    /// <summary>Where its credentials go.</summary>
    internal (string? ServerUrl, string? ConnectorId, string? TunnelId) Address => (ServerUrl, ConnectorId, TunnelId);
}

/// <summary>Which tool must, may or may not be called: a mode, or an object naming a function or an MCP server.</summary>
[JsonConverter(typeof(ToolChoiceConverter))]
public sealed record ToolChoice(string Type, string? Name = null, string? ServerLabel = null)
{
    public static ToolChoice Auto { get; } = new("auto");

    /// <summary>Whether this tool may be called: a function, or one of the MCP server of this label.</summary>
    public bool Allows(string? serverLabel, string name) => Type switch
    {
        "none" => false,
        "function" => serverLabel is null && name == Name,
        "mcp" => serverLabel == ServerLabel && (Name is null || name == Name),
        _ => true,
    };

    /// <summary>Written as a string.</summary>
    public bool IsMode => Type is not ("function" or "mcp");
}
