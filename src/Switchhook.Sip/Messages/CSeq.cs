namespace Switchhook.Sip.Messages;

/// <summary>A CSeq (RFC 3261 §20.16): a number below 2^31 (§8.1.1.5) and a method.</summary>
internal readonly ref struct CSeq
{
    private const uint NumberMax = int.MaxValue;

    public uint Number { get; private init; }

    public ReadOnlySpan<byte> MethodName { get; private init; }

    public SipMethod Method => SipMethods.Parse(MethodName);

    public static bool TryParse(ReadOnlySpan<byte> text, out CSeq cseq)
    {
        cseq = default;
        text = SipGrammar.Trim(text);
        int space = text.IndexOfAny(SipGrammar.Blank);
        if (space < 0 || !SipGrammar.TryNumber(text[..space], NumberMax, out uint number)) { return false; }
        ReadOnlySpan<byte> method = SipGrammar.Trim(text[space..]);
        cseq = new CSeq { Number = number, MethodName = method };
        return SipGrammar.IsToken(method);
    }
}
