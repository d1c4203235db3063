using System.Net;
using Switchhook.Sip;

namespace Switchhook.Server.Options;

/// <summary>Where SIP listens, and the host that peers are told in Via and Contact (null: the address itself, or the one behind the default route).</summary>
internal sealed record SipOptions(IReadOnlyList<SipListen> Listen, string? Advertise);

internal sealed record SipListen(SipTransport Transport, IPEndPoint EndPoint)
{
    public override string ToString() => $"{(Transport == SipTransport.Udp ? "udp" : "tcp")}://{EndPoint}";
}
