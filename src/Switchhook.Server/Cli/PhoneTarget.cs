using System.Net;
using System.Net.Sockets;
using System.Text;
using Switchhook.Sip;
using Switchhook.Sip.Messages;

namespace Switchhook.Server.Cli;

/// <summary>Whom to call, and the address behind the name.</summary>
internal sealed record PhoneTarget(string Uri, SipTransport Transport, PeerAddress Peer)
{
    private const ushort DefaultPort = 5060;

    /// <summary>
    /// Asks the resolver of the system for the host; SRV and NAPTR records (RFC 3263) are not asked. The transport is the
    /// one given, else the URI's parameter, else UDP. Throws <see cref="FormatException"/> or <see cref="SocketException"/>.
    /// </summary>
    public static async Task<PhoneTarget> ResolveAsync(string uri, SipTransport? transport, CancellationToken cancellation)
    {
        (string host, ushort port, SipTransport said) = Parse(uri);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellation);
        IPAddress address = addresses.OrderBy(candidate => candidate.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        return new PhoneTarget(uri, transport ?? said, PeerAddress.From(address, port));
    }

    private static (string Host, ushort Port, SipTransport Transport) Parse(string text)
    {
        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(text), out SipUri uri) || !uri.IsSip || uri.Host.IsEmpty)
        {
            throw new FormatException($"\"{text}\" is not a SIP address such as sip:proj_demo@127.0.0.1:5060");
        }
        if (uri.IsSips) { throw new FormatException("sips: needs TLS, which this phone does not speak"); }
        string host = Encoding.ASCII.GetString(uri.Host).Trim('[', ']');
        bool tcp = uri.Parameters.TryGet("transport"u8, out ReadOnlySpan<byte> transport) && Ascii.EqualsIgnoreCase(transport, "tcp"u8);
        return (host, (ushort)(uri.Port ?? DefaultPort), tcp ? SipTransport.Tcp : SipTransport.Udp);
    }
}
