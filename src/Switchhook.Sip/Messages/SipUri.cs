namespace Switchhook.Sip.Messages;

/// <summary>
/// A URI over the bytes it stands in (RFC 3261 §19.1, RFC 3966). Of sip, sips and tel the parts are known; any other
/// scheme is kept whole. Reading is lenient where nothing is lost by it: repeated parameters, odd user parts.
/// Escapes are left as they came; <see cref="SipEscapes"/> knows what they mean.
/// </summary>
public readonly ref struct SipUri
{
    private SipUri(ReadOnlySpan<byte> text, int colon)
    {
        Text = text;
        Scheme = text[..colon];
    }

    /// <summary>The whole URI, as it came.</summary>
    public ReadOnlySpan<byte> Text { get; }

    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>The user part, still escaped; for tel, the number. Empty when there is none.</summary>
    public ReadOnlySpan<byte> User { get; private init; }

    public ReadOnlySpan<byte> Password { get; private init; }

    /// <summary>A name, an IPv4 address, or an IPv6 address in its brackets; empty for other schemes than sip and sips.</summary>
    public ReadOnlySpan<byte> Host { get; private init; }

    public ushort? Port { get; private init; }

    public Parameters Parameters { get; private init; }

    /// <summary>What follows the question mark.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }

    public bool IsSips => SipGrammar.Same(Scheme, "sips"u8);

    /// <summary>sip or sips: a URI that a request can be sent to.</summary>
    public bool IsSip => IsSips || SipGrammar.Same(Scheme, "sip"u8);

    public bool IsTel => SipGrammar.Same(Scheme, "tel"u8);

    /// <summary>Loose routing (RFC 3261 §16.12): without it a route is a strict one.</summary>
    public bool IsLooseRoute => Parameters.Has("lr"u8);

    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri)
    {
        uri = default;
        int colon = text.IndexOf((byte)':');
        if (colon < 0 || !SipGrammar.IsScheme(text[..colon]) || text.IndexOfAny(SipGrammar.NotInUri) >= 0) { return false; }
        var whole = new SipUri(text, colon);
        ReadOnlySpan<byte> rest = text[(colon + 1)..];
        if (whole.IsSip) { return TryParseSip(text, colon, rest, out uri); }
        if (rest.Length == 0) { return false; }
        uri = whole.IsTel ? Tel(text, colon, rest) : whole;
        return true;
    }

    private static bool TryParseSip(ReadOnlySpan<byte> text, int colon, ReadOnlySpan<byte> rest, out SipUri uri)
    {
        uri = default;
        // The first at-sign: a user may hold semicolons and question marks but no second at-sign; headers are not allowed
        // one either, and those of a Refer-To have it all the same.
        int at = rest.IndexOf((byte)'@');
        ReadOnlySpan<byte> userInfo = at < 0 ? default : rest[..at];
        if (at == 0) { return false; }
        rest = rest[(at + 1)..];
        int passwordColon = userInfo.IndexOf((byte)':');

        int question = rest.IndexOf((byte)'?');
        ReadOnlySpan<byte> headers = question < 0 ? default : rest[(question + 1)..];
        if (question >= 0) { rest = rest[..question]; }
        int semicolon = rest.IndexOf((byte)';');
        ReadOnlySpan<byte> parameters = semicolon < 0 ? default : rest[semicolon..];
        if (semicolon >= 0) { rest = rest[..semicolon]; }
        if (!SipGrammar.TrySplitHostPort(rest, out ReadOnlySpan<byte> host, out ushort? port)) { return false; }
        uri = new SipUri(text, colon)
        {
            User = passwordColon < 0 ? userInfo : userInfo[..passwordColon],
            Password = passwordColon < 0 ? default : userInfo[(passwordColon + 1)..],
            Host = host,
            Port = port,
            Parameters = new Parameters(parameters),
            Headers = headers,
        };
        return true;
    }

    private static SipUri Tel(ReadOnlySpan<byte> text, int colon, ReadOnlySpan<byte> rest)
    {
        int semicolon = rest.IndexOf((byte)';');
        return new SipUri(text, colon)
        {
            User = semicolon < 0 ? rest : rest[..semicolon],
            Parameters = new Parameters(semicolon < 0 ? default : rest[semicolon..]),
        };
    }
}
