using System.Buffers;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// A request of ours before it is written. CANCEL and the ACK of a refusal are the INVITE's draft with another method
/// (RFC 3261 §9.1, §17.1.1.3): they must follow it hop by hop, so branch, Request-URI and Routes stay.
/// </summary>
internal sealed record RequestDraft(SipMethod Method, RequestPath Path, string Branch, byte[] From, byte[] To, byte[] CallId, uint Sequence)
{
    private const int MaxForwards = 70;

    public string? Contact { get; init; }

    public SipCause? Cause { get; init; }

    public IReadOnlyList<SipHeader> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Sdp { get; init; }

    public RequestDraft Cancelling() => Bare(SipMethod.Cancel);

    public RequestDraft AckOfRefusal(SipMessage response) => Bare(SipMethod.Ack) with { To = response.Get(HeaderName.To).ToArray() };

    public Outgoing Write(SipTransport transport, SipListenerAddress listener, DialogHandle dialog, string product)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + Sdp.Length);
        var writer = new SipWriter(buffer);
        writer.RequestLine(Method.Text(), Path.RequestUri);
        writer.Via(transport, Addressing.Host(listener), listener.AdvertisedPort, Wire.Bytes(Branch));
        foreach (byte[] route in Path.Routes) { writer.Header(HeaderName.Route, route); }
        writer.Header(HeaderName.MaxForwards, MaxForwards);
        writer.Header(HeaderName.From, From);
        writer.Header(HeaderName.To, To);
        writer.Header(HeaderName.CallId, CallId);
        writer.CSeq(Sequence, Method.Text());
        if (Contact is not null) { writer.Header(HeaderName.Contact, Contact); }
        if (Method == SipMethod.Invite)
        {
            writer.Header(HeaderName.Allow, Capabilities.All.Allow);
            writer.Header(HeaderName.Supported, string.Join(", ", Capabilities.All.Extensions));
        }
        if (Cause is not null) { Causes.Write(writer, Cause, Addressing.Host(listener)); }
        foreach (SipHeader header in Headers) { writer.Header(header.Name, header.Value); }
        writer.Header(HeaderName.UserAgent, product);
        writer.Sdp(Sdp.Span);
        string method = Wire.Text(Method.Text());
        return new Outgoing(dialog, buffer.WrittenMemory, $"{method} {Wire.Readable(Path.RequestUri)} SIP/2.0", $"{Sequence} {method}", Causes.Detail(Cause));
    }

    private RequestDraft Bare(SipMethod method) =>
        this with { Method = method, Contact = null, Headers = [], Sdp = default };
}

/// <summary>How a listener calls itself towards peers.</summary>
internal static class Addressing
{
    /// <summary>The advertised host; an IPv6 address stands in brackets (RFC 3261 §25.1).</summary>
    public static string Host(SipListenerAddress listener) =>
        listener.AdvertisedHost.Contains(':', StringComparison.Ordinal) && listener.AdvertisedHost[0] != '['
            ? $"[{listener.AdvertisedHost}]"
            : listener.AdvertisedHost;

    /// <summary>
    /// The Contact under which in-dialog requests reach this listener. A request for a sips URI is answered with a sips
    /// Contact (RFC 3261 §12.1.1).
    /// </summary>
    public static string Contact(SipListenerAddress listener, ReadOnlySpan<byte> user, bool secure)
    {
        string name = user.Length > 0 && System.Text.Ascii.IsValid(user) ? $"{Wire.Text(user)}@" : "";
        string transport = listener.Transport == SipTransport.Tcp ? ";transport=tcp" : "";
        return $"<{(secure ? "sips" : "sip")}:{name}{Host(listener)}:{listener.AdvertisedPort}{transport}>";
    }
}
