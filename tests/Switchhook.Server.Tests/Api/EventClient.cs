using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Switchhook.Server.Tests.Api;

/// <summary>One client of <c>/v1/realtime</c>: it says JSON and reads events until the server closes.</summary>
internal sealed class EventClient(ClientWebSocket socket) : IDisposable
{
    private byte[] _buffer = new byte[64 * 1024];

    public ClientWebSocket Socket => socket;

    /// <summary>All that was read, in order.</summary>
    public List<JsonElement> Seen { get; } = [];

    public IEnumerable<string> Types => Seen.Select(TypeOf);

    public static string TypeOf(JsonElement told) => told.GetProperty("type").GetString()!;

    public Task SayAsync(string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next event; null when the server has closed.</summary>
    public async Task<JsonElement?> ReadAsync()
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(LiveServer.Patience);
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), patience.Token);
            if (result.MessageType == WebSocketMessageType.Close) { return null; }
            length += result.Count;
            if (result.EndOfMessage) { break; }
            if (length == _buffer.Length) { Array.Resize(ref _buffer, 2 * length); }
        }
        JsonElement told = JsonElement.Parse(_buffer.AsSpan(0, length));
        Seen.Add(told);
        return told;
    }

    /// <summary>Reads on to an event of this type; null when the server closes first.</summary>
    public async Task<JsonElement?> UntilAsync(string type)
    {
        while (await ReadAsync() is { } told)
        {
            if (TypeOf(told) == type) { return told; }
        }
        return null;
    }

    /// <summary>Reads on to the end.</summary>
    public async Task<(int Code, string Reason)> ClosedAsync()
    {
        while (await ReadAsync() is not null) { }
        if (socket.State == WebSocketState.CloseReceived) { await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken); }
        return ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription ?? "");
    }

    public void Dispose() => socket.Dispose();
}
