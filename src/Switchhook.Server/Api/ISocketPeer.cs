namespace Switchhook.Server.Api;

/// <summary>How a client's side of a socket ended.</summary>
internal enum SocketEnd : byte
{
    /// <summary>The client said goodbye.</summary>
    Closed,
    /// <summary>The connection broke, or a ping stayed unanswered.</summary>
    Lost,
    /// <summary>The client did not read what it was sent.</summary>
    TooSlow,
    /// <summary>It sent what is not taken: a binary message, one that is too large or takes too long, or large ones by too many at once.</summary>
    Refused,
}

/// <summary>Whom a client speaks with through a WebSocket: a call, or a session of its own.</summary>
internal interface ISocketPeer
{
    /// <summary>Done when there is an event to be sent; false when nothing follows.</summary>
    ValueTask<bool> WaitAsync(CancellationToken over);

    /// <summary>The next event, one text message. It stays as it is until the next one is taken.</summary>
    bool TryTake(out ReadOnlyMemory<byte> message);

    /// <summary>What the client says. It stays as it is until this is done, and the next is not read before.</summary>
    ValueTask HearAsync(ReadOnlyMemory<byte> message);

    /// <summary>How the socket is closed when nothing follows.</summary>
    (int Code, string Reason) Goodbye { get; }

    /// <summary>The client has gone, or is not listened to any more: nothing follows after what waits. The first end counts.</summary>
    void Leave(SocketEnd end);
}
