using System.Net;
using Switchhook.Sip;

namespace Switchhook.Server.Options;

/// <summary>Where SIP listens, and the host that peers are told (Via, Contact).</summary>
internal sealed record SipOptions(IReadOnlyList<SipListen> Listen, string? Advertise);

internal sealed record SipListen(SipTransport Transport, IPEndPoint EndPoint)
{
    public override string ToString() => $"{(Transport == SipTransport.Udp ? "udp" : "tcp")}://{EndPoint}";
}
