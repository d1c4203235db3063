using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Mcp;

/// <summary>
/// Where an engine has MCP servers asked what its session wants to know. Touched only by the engine's loop; the answers come from elsewhere and wait
/// until the loop takes them.
/// </summary>
/// <param name="access">Which servers may be reached.</param>
/// <param name="time">The clock that patience is measured with.</param>
/// <param name="observer">Who counts.</param>
/// <param name="arrived">Called, on any thread, when there is an answer.</param>
internal sealed class McpDesk(McpAccess access, TimeProvider time, IEngineObserver observer, Action arrived) : IAsyncDisposable
{
    private readonly Dictionary<string, McpConnection> _connections = new(StringComparer.Ordinal);
    private readonly List<McpConnection> _forgotten = [];
    private readonly Channel<McpAnswer> _answers = Channel.CreateBounded<McpAnswer>(new BoundedChannelOptions(Limits.McpCallsAtOnce) { SingleReader = true });

    public void List(SessionOutput.ListTools list)
    {
        Forget(list.Server.ServerLabel);
        var connection = new McpConnection(list.Server, access, time, observer, AnswerAsync);
        _connections[list.Server.ServerLabel] = connection;
        connection.List(list.ItemId);
    }

    public void Call(SessionOutput.CallMcpTool call) => _connections[call.Server.ServerLabel].Call(call.ItemId, call.Name, call.Arguments);

    public void Forget(string serverLabel)
    {
        _forgotten.RemoveAll(connection => connection.Closed.IsCompleted);
        if (!_connections.Remove(serverLabel, out McpConnection? connection)) { return; }
        connection.Forget();
        _forgotten.Add(connection);
    }

    public bool TryTake([NotNullWhen(true)] out McpAnswer? answer) => _answers.Reader.TryRead(out answer);

    /// <summary>Whatever runs is cut short, and the servers are told that the session is over.</summary>
    public async ValueTask DisposeAsync()
    {
        _answers.Writer.TryComplete();
        Task[] closing = [.. _connections.Values.Concat(_forgotten).Select(connection => connection.DisposeAsync().AsTask())];
        _connections.Clear();
        _forgotten.Clear();
        foreach (Task one in closing) { await one; }
    }

    private async ValueTask AnswerAsync(McpAnswer answer)
    {
        try { await _answers.Writer.WriteAsync(answer); }
        catch (ChannelClosedException) { return; }     // nobody waits for it any more
        arrived();
    }
}
