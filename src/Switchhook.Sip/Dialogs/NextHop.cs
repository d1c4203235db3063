using System.Buffers;
using System.Net;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// Request-URI, Route headers and next hop of a request inside a dialog (RFC 3261 §12.2.1.1). A first route without
/// <c>lr</c> is a strict router: it wants its own URI in the request line, and the target last in Route.
/// </summary>
internal sealed record RequestPath(byte[] RequestUri, IReadOnlyList<byte[]> Routes, byte[] NextHop)
{
    public static RequestPath Of(byte[] target, IReadOnlyList<byte[]> routes)
    {
        if (routes.Count == 0 || !NameAddress.TryParse(routes[0], out NameAddress first) || !first.Uri.IsSip)
        {
            return new RequestPath(target, [], target);
        }
        byte[] next = first.UriText.ToArray();
        if (first.Uri.IsLooseRoute) { return new RequestPath(target, routes, next); }
        byte[] last = [(byte)'<', .. target, (byte)'>'];
        return new RequestPath(WithoutHeaders(first.Uri), [.. routes.Skip(1), last], next);
    }

    // Headers are not allowed in a Request-URI (§19.1.1 table 1).
    public static byte[] WithoutHeaders(SipUri uri)
    {
        int question = uri.Headers.Length > 0 ? uri.Text.LastIndexOf((byte)'?') : -1;
        return (question < 0 ? uri.Text : uri.Text[..question]).ToArray();
    }
}

/// <summary>
/// Which way a message takes. There is no resolver here: a next hop that is a name, and one that only its own network
/// can reach, are replaced by the address the peer was last heard from, which is what a proxy or a NAT in between
/// would have us do anyhow.
/// </summary>
internal static class NextHop
{
    public const ushort DefaultPort = 5060;

    private static readonly SearchValues<byte> DottedQuad = SearchValues.Create("0123456789."u8);

    /// <summary>The way of a request inside a dialog: its connection as long as there is one (L12), else the next hop.</summary>
    public static SipFlow OfRequest(byte[] nextHop, SipFlow heardOn, IReadOnlyList<SipListenerAddress> listeners)
    {
        if (heardOn.IsReliable && heardOn.Connection != 0) { return heardOn; }
        if (!SipUri.TryParse(nextHop, out SipUri uri) || !TryLiteral(uri.Host, uri.Port ?? DefaultPort, out PeerAddress target)) { return heardOn; }
        if (IsOutOfReach(target, heardOn.Peer)) { return heardOn; }
        bool wantsTcp = uri.Parameters.TryGet("transport"u8, out ReadOnlySpan<byte> transport) && SipGrammar.Same(transport, "tcp"u8);
        if (wantsTcp && !heardOn.IsReliable)
        {
            int listener = ListenerOf(SipTransport.Tcp, listeners);
            return listener < 0 ? heardOn : new SipFlow(SipTransport.Tcp, listener, 0, target);
        }
        return heardOn with { Peer = target };
    }

    /// <summary>
    /// The way of a response (§18.2.2, RFC 3581 §4): the connection of the request; over UDP the source address, at the
    /// port the request came from when it asked for that, else at the port its Via names. maddr is not looked at: we
    /// join no multicast groups.
    /// </summary>
    public static SipFlow OfResponse(SipMessage request, SipFlow source)
    {
        if (source.IsReliable) { return source; }
        Via via = request.TopVia;
        ushort port = via.Port ?? DefaultPort;
        bool behindNat = TryLiteral(via.Host, port, out PeerAddress said) && IsOutOfReach(said, source.Peer);
        return via.AsksForRPort || behindNat || port == 0 ? source : source with { Peer = source.Peer with { Port = port } };
    }

    /// <summary>Where a connection is opened when that of the request is lost before its answer (§18.2.2).</summary>
    public static SipFlow Reopened(SipMessage request, SipFlow source) => source.IsReliable
        ? source with { Connection = 0, Peer = source.Peer with { Port = request.TopVia.Port ?? DefaultPort } }
        : source;

    /// <summary>An IP address as it stands in a URI or Via; a name, or a number that only some systems take for an address, is none.</summary>
    public static bool TryLiteral(ReadOnlySpan<byte> host, ushort port, out PeerAddress address)
    {
        address = default;
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if (!bracketed && (host.Count((byte)'.') != 3 || host.IndexOfAnyExcept(DottedQuad) >= 0)) { return false; }
        if (!IPAddress.TryParse(Wire.Text(bracketed ? host[1..^1] : host), out IPAddress? parsed)) { return false; }
        address = PeerAddress.From(parsed, port);
        return true;
    }

    // L8, L9: 10.0.0.5 in a Contact that came to us from a public address is behind a NAT.
    private static bool IsOutOfReach(PeerAddress target, PeerAddress heardFrom) =>
        target.IsNone
        || target.Address == 0 || (target.IsIPv4 && target.IPv4 == 0)
        || (target.IsPrivate && !heardFrom.IsPrivate && target.Address != heardFrom.Address);

    private static int ListenerOf(SipTransport transport, IReadOnlyList<SipListenerAddress> listeners)
    {
        for (int index = 0; index < listeners.Count; index++)
        {
            if (listeners[index].Transport == transport) { return index; }
        }
        return -1;
    }
}
