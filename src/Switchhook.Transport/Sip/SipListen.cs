using System.Net;
using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>Where to listen, and what peers are told about it. Port 0 takes any free one.</summary>
public sealed record SipListen(SipTransport Transport, IPEndPoint Address)
{
    /// <summary>Host for Via and Contact; by default the address itself, or the one behind the default route when that is "any".</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Port for Via and Contact; by default the bound one.</summary>
    public ushort? AdvertisedPort { get; init; }

    public override string ToString() => $"{(Transport == SipTransport.Udp ? "udp" : "tcp")}://{Address}";

    /// <summary>What the endpoint is told once <paramref name="bound"/> is known.</summary>
    internal SipListenerAddress Describe(IPEndPoint bound)
    {
        bool any = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        IPAddress address = any ? LocalAddress.Default() : bound.Address;
        return new SipListenerAddress(Transport, PeerAddress.From(address, (ushort)bound.Port), AdvertisedHost ?? address.ToString(), AdvertisedPort ?? (ushort)bound.Port);
    }
}
