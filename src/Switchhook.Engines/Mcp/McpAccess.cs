using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Switchhook.Engines.Mcp;

/// <summary>
/// The way of one project's sessions to MCP servers, whose URLs applications choose: which of them may be reached, and how. Without a list it is
/// every public place that speaks https: what is private to this machine or its network has to be listed. The check is made on the address
/// that is connected to, not on a name that may lead elsewhere by then; and redirects are not followed.
/// </summary>
public sealed class McpAccess : IDisposable
{
    internal static readonly string Version = typeof(McpAccess).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly IReadOnlyList<McpOrigin>? _allowed;

    /// <param name="allowed">The places that may be reached, wherever they lead; null: every public one, with https.</param>
    public McpAccess(IReadOnlyList<McpOrigin>? allowed)
    {
        _allowed = allowed;
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // A proxy would connect to what was not checked.
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = Limits.McpConnect,
            // What a server asks while it answers is answered by a request each; it may ask thousands of times.
            MaxConnectionsPerServer = Limits.McpConnections,
            // A server that has moved is found again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
        };
        // Whoever asks has a shorter patience of its own; this one ends what nobody waits for any more.
        Http = new HttpClient(new BoundedAnswers(sockets)) { Timeout = Limits.McpCall + Limits.McpConnect };
        Http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"Switchhook/{Version}");
    }

    /// <summary>For whoever may reach nothing.</summary>
    internal static McpAccess None { get; } = new([]);

    /// <summary>Connections are kept and shared by the calls of the project.</summary>
    internal HttpClient Http { get; }

    /// <summary>Why this server must not be asked, or null.</summary>
    internal string? Refusal(Uri server)
    {
        if (_allowed is null)
        {
            return server.Scheme == Uri.UriSchemeHttps ? null : $"'{Origin(server)}' is not reached without encryption unless projects[].mcp.allow of this server's configuration lists it.";
        }
        return _allowed.Any(origin => origin.Covers(server)) ? null : $"'{Origin(server)}' is not among the places that projects[].mcp.allow of this server's configuration lists.";
    }

    public void Dispose() => Http.Dispose();

    /// <summary>An address that everybody can reach: neither this machine nor its network, nor one that stands for such an address.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        PeerAddress peer = PeerAddress.From(address, 1);
        if (peer.IsPrivate) { return false; }
        if (peer.IsIPv4) { return peer.IPv4 >> 24 is > 0 and < 224; }

        // Global unicast is 2000::/3; in it 2001::/32 (Teredo) and 2002::/16 (6to4) carry an IPv4 address.
        byte[] bytes = address.GetAddressBytes();
        return bytes[0] >> 5 == 1 && bytes is not ([0x20, 0x01, 0, 0, ..] or [0x20, 0x02, ..]);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        DnsEndPoint target = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(target.Host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellation);
        if (_allowed is null) { addresses = [.. addresses.Where(IsPublic)]; }
        if (addresses.Length == 0)
        {
            throw new McpRefusal($"'{target.Host}' leads to a private address, which is not reached unless projects[].mcp.allow of this server's configuration lists it.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Origin(Uri server) => server.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}

/// <summary>Something that was not done on purpose; the message says why. Not an <see cref="IOException"/>: nobody is to try again.</summary>
internal sealed class McpRefusal(string message) : Exception(message);
