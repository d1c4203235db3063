using Switchhook.Realtime.Conversations;

namespace Switchhook.Engines.Mcp;

/// <summary>What came of something that an MCP server was asked, by the item that waits for it. There is one for every question.</summary>
internal abstract record McpAnswer(string ItemId)
{
    /// <summary>In one word: <c>ok</c>, or the type of the error.</summary>
    public string Outcome => this switch
    {
        NotListed notListed => notListed.Error.Type,
        Failed failed => failed.Error.Type,
        _ => "ok",
    };

    public sealed record Listed(string ItemId, IReadOnlyList<McpToolDescription> Tools) : McpAnswer(ItemId);
    public sealed record NotListed(string ItemId, McpError Error) : McpAnswer(ItemId);
    public sealed record Completed(string ItemId, string Output) : McpAnswer(ItemId);
    public sealed record Failed(string ItemId, McpError Error) : McpAnswer(ItemId);
}
