namespace Switchhook.Sip;

public enum SipTransport : byte { Udp, Tcp }

/// <summary>
/// The way a message came, which is the way its answer goes (RFC 3261 §18.2.2): transport, our listener, and the
/// peer. <paramref name="Connection"/> names a stream and is 0 for UDP; a flow without a connection over TCP asks
/// the transport to open one.
/// </summary>
public readonly record struct SipFlow(SipTransport Transport, int Listener, long Connection, PeerAddress Peer)
{
    public bool IsReliable => Transport != SipTransport.Udp;
}

/// <summary>
/// The endpoint's own handle of a dialog, from the INVITE that may create it until it is over. Planes above name
/// dialogs by it and never see tags.
/// </summary>
public readonly record struct DialogHandle(long Value);

/// <summary>A header as it stood on the wire: names and values untouched, repeats and order preserved.</summary>
public readonly record struct SipHeader(string Name, string Value);
