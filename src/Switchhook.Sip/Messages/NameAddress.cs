namespace Switchhook.Sip.Messages;

/// <summary>
/// The value of From, To, Contact, Route, Record-Route, Refer-To (RFC 3261 §20.10): <c>"Bob" &lt;sip:bob@b.example&gt;;tag=1</c>,
/// or the URI alone, whose semicolons then begin parameters of the header and not of the URI.
/// </summary>
internal readonly ref struct NameAddress
{
    /// <summary>The display name as it came, quotes included; empty when there is none.</summary>
    public ReadOnlySpan<byte> DisplayName { get; private init; }

    /// <summary>The URI's own bytes.</summary>
    public ReadOnlySpan<byte> UriText { get; private init; }

    /// <summary>The parameters of the header.</summary>
    public Parameters Parameters { get; private init; }

    /// <summary>The tag of a From or To; empty when there is none.</summary>
    public ReadOnlySpan<byte> Tag => Parameters.TryGet("tag"u8, out ReadOnlySpan<byte> tag) ? tag : default;

    public SipUri Uri => SipUri.TryParse(UriText, out SipUri uri) ? uri : default;

    public static bool TryParse(ReadOnlySpan<byte> text, out NameAddress address)
    {
        address = default;
        text = SipGrammar.Trim(text);
        int nameEnd = text.Length > 0 && text[0] == '"' ? SipGrammar.QuotedLength(text) : 0;
        if (nameEnd < 0) { return false; }
        int open = text[nameEnd..].IndexOf((byte)'<') + nameEnd;
        if (open < nameEnd) { return nameEnd == 0 && TryParseBare(text, out address); }

        // Only white space may stand between a quoted name and its bracket. A name without quotes is read up to the
        // bracket whatever it holds: a comma or a full stop there is illegal, common, and cannot be misunderstood.
        if (nameEnd > 0 && SipGrammar.Trim(text[nameEnd..open]).Length > 0) { return false; }
        int close = text[open..].IndexOf((byte)'>') + open;
        if (close < open) { return false; }
        ReadOnlySpan<byte> uri = SipGrammar.Trim(text[(open + 1)..close]);
        ReadOnlySpan<byte> parameters = SipGrammar.Trim(text[(close + 1)..]);
        if (parameters.Length > 0 && parameters[0] != ';') { return false; }
        address = new NameAddress { DisplayName = SipGrammar.Trim(text[..open]), UriText = uri, Parameters = new Parameters(parameters) };
        return SipUri.TryParse(uri, out _);
    }

    // A URI with a comma, question mark or semicolon of its own must stand in brackets (RFC 3261 §20).
    private static bool TryParseBare(ReadOnlySpan<byte> text, out NameAddress address)
    {
        int semicolon = text.IndexOf((byte)';');
        ReadOnlySpan<byte> uri = semicolon < 0 ? text : text[..semicolon].TrimEnd(SipGrammar.Blank);
        address = new NameAddress { UriText = uri, Parameters = new Parameters(semicolon < 0 ? default : text[semicolon..]) };
        return !uri.ContainsAny((byte)'?', (byte)',') && SipUri.TryParse(uri, out _);
    }
}
