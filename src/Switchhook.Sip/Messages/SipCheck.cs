namespace Switchhook.Sip.Messages;

/// <summary>Whether a message has what every message must have, in a form that can be read (RFC 3261 §8.1.1, §8.1.3.3, §20).</summary>
internal static class SipCheck
{
    public static SipError Of(SipMessage message)
    {
        SipError error = Repeats(message);
        if (error == SipError.None) { error = Vias(message); }
        if (error == SipError.None) { error = Addresses(message); }
        if (error == SipError.None) { error = Sequence(message); }
        return error == SipError.None ? Routes(message) : error;
    }

    private static SipError Repeats(SipMessage message)
    {
        ulong seen = 0;
        for (int index = 0; index < message.HeaderCount; index++)
        {
            HeaderName name = message[index].Name;
            if (name is not (HeaderName.From or HeaderName.To or HeaderName.CallId or HeaderName.CSeq
                or HeaderName.MaxForwards or HeaderName.ContentLength)) { continue; }
            ulong mark = 1UL << (int)name;
            if ((seen & mark) != 0) { return SipError.RepeatedHeader; }
            seen |= mark;
        }
        return SipError.None;
    }

    private static SipError Vias(SipMessage message)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> value in message.Vias)
        {
            count++;
            if (!Via.TryParse(value, out _)) { return SipError.Via; }
        }
        return message.IsRequest
            ? count == 0 ? SipError.Via : SipError.None
            : count == 1 ? SipError.None : SipError.ResponseVia;
    }

    private static SipError Addresses(SipMessage message)
    {
        if (!message.TryGet(HeaderName.From, out ReadOnlySpan<byte> from)) { return SipError.MissingFrom; }
        if (!NameAddress.TryParse(from, out _)) { return SipError.From; }
        if (!message.TryGet(HeaderName.To, out ReadOnlySpan<byte> to)) { return SipError.MissingTo; }
        if (!NameAddress.TryParse(to, out _)) { return SipError.To; }
        foreach (ReadOnlySpan<byte> contact in message.Values(HeaderName.Contact))
        {
            if (!contact.SequenceEqual("*"u8) && !NameAddress.TryParse(contact, out _)) { return SipError.Contact; }
        }
        return SipError.None;
    }

    private static SipError Sequence(SipMessage message)
    {
        if (message.CallId.Length == 0) { return SipError.MissingCallId; }
        if (!message.TryGet(HeaderName.CSeq, out ReadOnlySpan<byte> text)) { return SipError.MissingCSeq; }
        if (!CSeq.TryParse(text, out CSeq cseq)) { return SipError.CSeq; }
        if (message.IsRequest && !cseq.MethodName.SequenceEqual(message.MethodName)) { return SipError.CSeqMethod; }
        // A request without Max-Forwards is one of RFC 2543; only a proxy would have to add it.
        return message.TryGet(HeaderName.MaxForwards, out ReadOnlySpan<byte> hops) && !SipGrammar.TryNumber(hops, byte.MaxValue, out _)
            ? SipError.MaxForwards
            : SipError.None;
    }

    private static SipError Routes(SipMessage message)
    {
        foreach (ReadOnlySpan<byte> route in message.RecordRoutes)
        {
            if (!NameAddress.TryParse(route, out _)) { return SipError.Route; }
        }
        foreach (ReadOnlySpan<byte> route in message.Values(HeaderName.Route))
        {
            if (!NameAddress.TryParse(route, out _)) { return SipError.Route; }
        }
        return SipError.None;
    }
}
