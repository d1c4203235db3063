using System.Net.WebSockets;
using Switchhook.Calls;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;

namespace Switchhook.Server.Api;

/// <summary>
/// One attached WebSocket: a loop that reads the client's events into the call, and a loop that writes the call's events
/// out. The call's end drains and closes; the client's close detaches, and the call goes on (realtime-api §3.6).
/// </summary>
internal sealed class SidebandSocket(WebSocket socket, Sideband sideband, TimeProvider time)
{
    private (WebSocketCloseStatus Code, string Reason)? _ourClose;

    public async Task RunAsync(CancellationToken aborted)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        try
        {
            Task reading = ReadAsync(over.Token);
            await WriteAsync(over.Token);
            await CloseAsync(reading, over.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer is gone, or takes nothing any more: there is nobody to tell.
        }
        finally
        {
            await over.CancelAsync();
            socket.Abort();
        }
    }

    /// <summary>Ends when the client has closed, or said what cannot be a message; either way nothing more is written after what waits.</summary>
    private async Task ReadAsync(CancellationToken over)
    {
        using MessageBuffer buffer = new(Limits.SocketMessageBytes);
        try
        {
            while (await ReadMessageAsync(buffer, over))
            {
                Hear(buffer.Message);
                buffer.Clear();
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            _ourClose ??= (WebSocketCloseStatus.ProtocolError, "");
        }
        finally { sideband.Dispose(); }
    }

    private async Task<bool> ReadMessageAsync(MessageBuffer buffer, CancellationToken over)
    {
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.Free, over);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                _ourClose = (socket.CloseStatus is { } code and not WebSocketCloseStatus.Empty ? code : WebSocketCloseStatus.NormalClosure, "");
                return false;
            }
            if (result.MessageType == WebSocketMessageType.Binary)
            {
                _ourClose = (WebSocketCloseStatus.InvalidMessageType, "Events are text messages");
                return false;
            }
            buffer.Advance(result.Count);
            if (result.EndOfMessage) { return true; }
            if (buffer.IsFull)
            {
                _ourClose = (WebSocketCloseStatus.MessageTooBig, $"An event has at most {Limits.SocketMessageBytes} bytes");
                return false;
            }
        }
    }

    private void Hear(ReadOnlyMemory<byte> message)
    {
        if (EventReader.TryReadClientEvent(message.Span, out ClientEvent? clientEvent, out RealtimeError? error, out string? clientEventId))
        {
            if (!sideband.Post(clientEvent)) { Refuse(RealtimeError.Invalid("call_over", "The call has ended or takes no events at the moment."), clientEvent.EventId); }
        }
        else { Refuse(error, clientEventId); }
    }

    private void Refuse(RealtimeError error, string? clientEventId) =>
        sideband.Tell(ErrorEvent.For(error, clientEventId, Tokens.New("event_", Random.Shared)));

    /// <summary>Until the call says that nothing follows. A message that does not leave in time means a dead reader.</summary>
    private async Task WriteAsync(CancellationToken over)
    {
        while (await sideband.Events.WaitToReadAsync(over))
        {
            using CancellationTokenSource patience = new(Limits.SocketSend, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
            while (sideband.Events.TryRead(out ReadOnlyMemory<byte> message))
            {
                patience.CancelAfter(Limits.SocketSend);        // for each message anew: much to read is not slow reading
                await socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, either.Token);
            }
        }
    }

    /// <summary>Says goodbye, and waits a moment for the client's own.</summary>
    private async Task CloseAsync(Task reading, CancellationToken over)
    {
        (WebSocketCloseStatus code, string reason) = _ourClose ?? ((WebSocketCloseStatus)sideband.CloseCode, sideband.CloseReason);
        using CancellationTokenSource patience = new(Limits.SocketGoodbye, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
        await socket.CloseOutputAsync(code, reason, either.Token);
        await reading.WaitAsync(either.Token);
        // Cut off now, a client that was still talking would see a reset and never our reason.
        using MessageBuffer ignored = new(Limits.SocketMessageBytes);
        while (socket.State == WebSocketState.CloseSent) { await socket.ReceiveAsync(ignored.Free, either.Token); }
    }
}
