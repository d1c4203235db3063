using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Mcp;

namespace Switchhook.Realtime.Session;

/// <summary>What began a response.</summary>
public enum ResponseTrigger : byte
{
    /// <summary><c>response.create</c>.</summary>
    Client,
    /// <summary>The caller's turn ended.</summary>
    Turn,
    /// <summary>The caller said nothing for <c>idle_timeout_ms</c>.</summary>
    Idle,
    /// <summary>The model itself (<see cref="RealtimeSession.Prompt"/>).</summary>
    Prompt,
}

/// <summary>
/// All that a model needs to generate one response: the session's configuration with the response's own overrides applied
/// (instructions, tools, tool_choice, voice, modalities, max_output_tokens), and the items it answers as they stood.
/// </summary>
public sealed record ResponseRequest(string ResponseId, SessionConfig Config, bool IsOutOfBand)
{
    /// <summary>The conversation up to here, or what <c>response.input</c> gave in its place; references are resolved.</summary>
    public required IReadOnlyList<Item> Input { get; init; }

    public required ResponseTrigger Trigger { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The MCP servers whose tools may be called: those that were loaded when the response began.</summary>
    public IReadOnlyList<McpServerTools> McpServers { get; init; } = [];
}
