using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Switchhook.Engines.Mcp;

/// <summary>
/// A place where MCP servers may be, as an operator writes it: <c>https://tools.example.com</c>, <c>http://127.0.0.1:3000</c>.
/// The host may be <c>*</c> or begin with <c>*.</c>, the port may be <c>*</c>; without one it is the scheme's own.
/// </summary>
public sealed record McpOrigin
{
    private readonly string _scheme;
    private readonly string _host;
    private readonly int? _port;

    private McpOrigin(string scheme, string host, int? port) => (_scheme, _host, _port) = (scheme, host, port);

    public static bool TryParse(string text, [NotNullWhen(true)] out McpOrigin? origin)
    {
        origin = null;
        string scheme = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https" : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http" : "";
        if (scheme.Length == 0) { return false; }
        string place = text[(scheme.Length + 3)..].TrimEnd('/');
        int colon = place.LastIndexOf(':');
        bool hasPort = colon > place.LastIndexOf(']');
        string host = hasPort ? place[..colon] : place, port = hasPort ? place[(colon + 1)..] : scheme == "https" ? "443" : "80";
        ushort number = 0;
        if (port != "*" && (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number == 0)) { return false; }
        string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        bool isHost = host == "*" || (Uri.TryCreate($"{scheme}://{name}/", UriKind.Absolute, out Uri? parsed) && parsed.Host.Equals(name, StringComparison.OrdinalIgnoreCase) && parsed.UserInfo.Length == 0);
        if (!isHost) { return false; }
        origin = new McpOrigin(scheme, host, port == "*" ? null : number);
        return true;
    }

    public bool Covers(Uri url) =>
        url.Scheme == _scheme && (_port is null || url.Port == _port)
        && (_host == "*" || (_host.StartsWith("*.", StringComparison.Ordinal)
            ? url.Host.EndsWith(_host[1..], StringComparison.OrdinalIgnoreCase)
            : url.Host.Equals(_host, StringComparison.OrdinalIgnoreCase)));
}
