using System.Net.WebSockets;
using Switchhook.Realtime.Events;

namespace Switchhook.Server.Api;

/// <summary>
/// One WebSocket of the Realtime API: a loop that reads what the client says, and a loop that writes what it is told. When
/// nothing follows, or the client has gone or is not listened to any more, what waits is written and the socket closed.
/// </summary>
internal sealed class EventSocket(WebSocket socket, ISocketPeer peer, LargeMessages large, TimeProvider time)
{
    private OurClose? _ourClose;
    private bool _isRefused;    // it sent a frame against the rules, and the socket has told it so before the reading knew
    private ITimer? _place;     // while a large message has one; it ends the patience with it

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
            peer.Leave(SocketEnd.Lost);
        }
        finally
        {
            await over.CancelAsync();
            // An abort, and disposing too, would cut off the code that was told; the connection ends behind it by itself.
            if (!_isRefused) { socket.Abort(); }
        }
    }

    /// <summary>Ends when the client has closed, or said what cannot be a message; either way nothing more is written after what waits.</summary>
    private async Task ReadAsync(CancellationToken over)
    {
        SocketEnd end = SocketEnd.Lost;
        using MessageBuffer buffer = new(Limits.SocketMessageBytes);
        try
        {
            while (await ReadMessageAsync(buffer, over))
            {
                await peer.HearAsync(buffer.Message);
                buffer.Clear();
                ReturnPlace();
            }
            end = socket.State == WebSocketState.Open ? SocketEnd.Refused : SocketEnd.Closed;
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            CloseWith(WebSocketCloseStatus.ProtocolError, "");
            _isRefused = error is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted };
        }
        finally
        {
            ReturnPlace();
            peer.Leave(end);
        }
    }

    private async Task<bool> ReadMessageAsync(MessageBuffer buffer, CancellationToken over)
    {
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.Free, over);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                CloseWith(socket.CloseStatus is { } code and not WebSocketCloseStatus.Empty ? code : WebSocketCloseStatus.NormalClosure, "");
                return false;
            }
            if (result.MessageType == WebSocketMessageType.Binary)
            {
                CloseWith(WebSocketCloseStatus.InvalidMessageType, "Events are text messages");
                return false;
            }
            buffer.Advance(result.Count);
            if (result.EndOfMessage) { return true; }
            if (buffer.IsFull)
            {
                CloseWith(WebSocketCloseStatus.MessageTooBig, $"An event has at most {Limits.SocketMessageBytes} bytes");
                return false;
            }
            if (!buffer.IsLarge || _place is not null) { continue; }
            if (!await large.TakeAsync(over))
            {
                CloseWith((WebSocketCloseStatus)1013, "Too many large events at once; send smaller ones, or try again later");
                return false;
            }
            _place = time.CreateTimer(static self => ((EventSocket)self!).Overstay(), this, Limits.LargeMessageStay, Timeout.InfiniteTimeSpan);
        }
    }

    private void ReturnPlace()
    {
        if (_place is not { } place) { return; }
        place.Dispose();
        _place = null;
        large.Return();
    }

    /// <summary>Others wait for the place. Whoever had it is told why, and the reading is cut off with the socket.</summary>
    private void Overstay()
    {
        CloseWith(WebSocketCloseStatus.PolicyViolation, $"An event over {Limits.LargeMessageBytes >> 20} MiB may take {Limits.LargeMessageStay.TotalSeconds:0} s at most");
        peer.Leave(SocketEnd.Refused);
    }

    /// <summary>
    /// Until nothing follows. A message that leaves late means a reader who is too slow, and is told; one that does not leave at
    /// all means a dead one, and nothing could be told behind it.
    /// </summary>
    private async Task WriteAsync(CancellationToken over)
    {
        while (await peer.WaitAsync(over))
        {
            using CancellationTokenSource patience = new(Limits.SocketSend, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
            while (peer.TryTake(out ReadOnlyMemory<byte> message))
            {
                patience.CancelAfter(Limits.SocketSend);        // for each message anew: much to read is not slow reading
                long began = time.GetTimestamp();
                try { await socket.SendAsync(message, WebSocketMessageType.Text, FlagsOf(message.Span), either.Token); }
                catch (OperationCanceledException) when (patience.IsCancellationRequested) { peer.Leave(SocketEnd.TooSlow); throw; }
                catch (Exception error) when (IsOver(error, over)) { return; }
                if (time.GetElapsedTime(began) < Limits.SocketSlow) { continue; }
                CloseWith(WebSocketCloseStatus.PolicyViolation, "The socket reads too slowly");
                peer.Leave(SocketEnd.TooSlow);
                return;
            }
        }
    }

    /// <summary>The reading has seen the end, and knows why.</summary>
    private bool IsOver(Exception error, CancellationToken over) =>
        error is WebSocketException or IOException && socket.State != WebSocketState.Open && !over.IsCancellationRequested;

    /// <summary>Where compression was agreed: audio is noise to it and short events gain nothing.</summary>
    private static WebSocketMessageFlags FlagsOf(ReadOnlySpan<byte> message) =>
        message.Length < Limits.CompressedBytesMin || AudioFrames.IsDelta(message)
            ? WebSocketMessageFlags.EndOfMessage | WebSocketMessageFlags.DisableCompression
            : WebSocketMessageFlags.EndOfMessage;

    /// <summary>The first reason counts: the reading, the writing and a timer may each have one.</summary>
    private void CloseWith(WebSocketCloseStatus code, string reason) => Interlocked.CompareExchange(ref _ourClose, new OurClose(code, reason), null);

    /// <summary>Says goodbye, and waits a moment for the client's own.</summary>
    private async Task CloseAsync(Task reading, CancellationToken over)
    {
        (WebSocketCloseStatus code, string reason) = Volatile.Read(ref _ourClose) ?? new OurClose((WebSocketCloseStatus)peer.Goodbye.Code, peer.Goodbye.Reason);
        using CancellationTokenSource patience = new(Limits.SocketGoodbye, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) { await socket.CloseOutputAsync(code, reason, either.Token); }
        await reading.WaitAsync(either.Token);
        // Cut off now, a client that was still talking would see a reset and never our reason.
        using MessageBuffer ignored = new(Limits.SocketMessageBytes);
        while (socket.State == WebSocketState.CloseSent) { await socket.ReceiveAsync(ignored.Free, either.Token); }
    }

    private sealed record OurClose(WebSocketCloseStatus Code, string Reason);
}
