namespace Switchhook.Sip.Messages;

/// <summary>One Via (RFC 3261 §20.42): <c>SIP/2.0/UDP host:port;branch=z9hG4bK…</c>, white space wherever it is allowed.</summary>
internal readonly ref struct Via
{
    /// <summary>UDP, TCP, TLS, WS, or what nobody has heard of.</summary>
    public ReadOnlySpan<byte> Transport { get; private init; }

    public ReadOnlySpan<byte> Host { get; private init; }

    public ushort? Port { get; private init; }

    public Parameters Parameters { get; private init; }

    /// <summary>Empty when there is none, as RFC 2543 allowed.</summary>
    public ReadOnlySpan<byte> Branch => Parameters.TryGet("branch"u8, out ReadOnlySpan<byte> branch) ? branch : default;

    /// <summary>
    /// Whether the branch alone names the transaction (RFC 3261 §17.2.3). The bare cookie is no identifier: such a
    /// message is matched as one of RFC 2543.
    /// </summary>
    public bool HasUniqueBranch => Branch.Length > SipGrammar.BranchCookie.Length
        && SipGrammar.Same(Branch[..SipGrammar.BranchCookie.Length], SipGrammar.BranchCookie);

    public ReadOnlySpan<byte> Received => Parameters.TryGet("received"u8, out ReadOnlySpan<byte> received) ? received : default;

    /// <summary>The peer asks for its answer on the port it sent from (RFC 3581 §3).</summary>
    public bool AsksForRPort => Parameters.TryGet("rport"u8, out ReadOnlySpan<byte> rport) && rport.Length == 0;

    public ushort? RPort => Parameters.TryGetNumber("rport"u8, out uint port) && port is > 0 and <= ushort.MaxValue ? (ushort)port : null;

    public ReadOnlySpan<byte> Maddr => Parameters.TryGet("maddr"u8, out ReadOnlySpan<byte> maddr) ? maddr : default;

    public static bool TryParse(ReadOnlySpan<byte> text, out Via via)
    {
        via = default;
        if (!TryWord(ref text, (byte)'/', out ReadOnlySpan<byte> protocol) || !SipGrammar.Same(protocol, "SIP"u8)) { return false; }
        // The version is the start line's business; an answer to SIP/7.0 still finds its way by these Vias.
        if (!TryWord(ref text, (byte)'/', out _)) { return false; }
        text = text.TrimStart(SipGrammar.Blank);
        int space = text.IndexOfAny(SipGrammar.Blank);
        if (space < 0 || !SipGrammar.IsToken(text[..space])) { return false; }
        ReadOnlySpan<byte> sentBy = SipGrammar.Trim(text[space..]);
        int semicolon = sentBy.IndexOf((byte)';');
        ReadOnlySpan<byte> parameters = semicolon < 0 ? default : sentBy[semicolon..];
        if (semicolon >= 0) { sentBy = SipGrammar.Trim(sentBy[..semicolon]); }
        if (!SipGrammar.TrySplitHostPort(sentBy, out ReadOnlySpan<byte> host, out ushort? port)) { return false; }
        via = new Via { Transport = text[..space], Host = host, Port = port, Parameters = new Parameters(parameters) };
        return true;
    }

    private static bool TryWord(ref ReadOnlySpan<byte> text, byte end, out ReadOnlySpan<byte> word)
    {
        int length = text.IndexOf(end);
        word = length < 0 ? default : SipGrammar.Trim(text[..length]);
        if (length >= 0) { text = text[(length + 1)..]; }
        return SipGrammar.IsToken(word);
    }
}
