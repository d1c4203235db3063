namespace Switchhook.Sip.Messages;

/// <summary>
/// Makes a <see cref="SipMessage"/> of bytes and says what is wrong with it. It goes on behind a fault as far as it can:
/// whoever sent a bad CSeq deserves a 400 with its own Via, From, To and Call-ID in it (RFC 3261 §21.4.1).
/// </summary>
internal static class SipParser
{
    public static SipError Parse(ReadOnlySpan<byte> bytes, bool isStream, out SipMessage? message)
    {
        message = null;
        if (bytes.Length > Limits.SipMessageBytes) { return SipError.TooLarge; }
        byte[] buffer = bytes.ToArray();
        var scanner = new SipScanner(buffer);
        if (scanner.StartLine(out Range line) != ScanStep.Header) { return SipError.NotSip; }
        SipError error = ReadStartLine(buffer, line, out StartLine start);
        if (error is SipError.NotSip or SipError.Status) { return error; }

        Span<HeaderSlot> slots = stackalloc HeaderSlot[Limits.SipHeaders];
        SipError headerError = ReadHeaders(buffer, ref scanner, slots, out int count);
        if (headerError == SipError.TooLarge) { return headerError; }
        error = First(error, headerError);

        int bodyStart = Math.Min(scanner.Position, buffer.Length);
        ReadOnlySpan<HeaderSlot> headers = slots[..count];
        SipError lengthError = BodyLength(buffer, headers, buffer.Length - bodyStart, isStream, out int bodyLength);
        message = new SipMessage(buffer, start, headers.ToArray(), bodyStart..(bodyStart + bodyLength));
        return Worst(message, First(error, SipCheck.Of(message), lengthError));
    }

    // Without a Via there is nowhere to send an answer, and a response gets none: both outrank every other fault.
    private static SipError Worst(SipMessage message, SipError error)
    {
        if (!message.Has(HeaderName.Via)) { return message.IsRequest ? SipError.MissingVia : SipError.ResponseVia; }
        return error;
    }

    private static SipError First(params ReadOnlySpan<SipError> errors)
    {
        foreach (SipError error in errors)
        {
            if (error != SipError.None) { return error; }
        }
        return SipError.None;
    }

    /// <summary>Reads the start line of a message; <see cref="SipError.NotSip"/> when it is neither a request nor a response.</summary>
    internal static SipError ReadStartLine(ReadOnlySpan<byte> bytes, Range range, out StartLine start)
    {
        start = new StartLine(range);
        ReadOnlySpan<byte> line = bytes[range];
        int offset = range.Start.Value;
        return line.StartsWith("SIP/"u8) ? ReadStatusLine(line, offset, ref start) : ReadRequestLine(line, offset, ref start);
    }

    private static SipError ReadStatusLine(ReadOnlySpan<byte> line, int offset, ref StartLine start)
    {
        int space = line.IndexOf((byte)' ');
        if (space < 0 || !IsVersion(line[..space])) { return SipError.NotSip; }
        ReadOnlySpan<byte> rest = line[(space + 1)..];
        int statusEnd = rest.IndexOf((byte)' ');
        // The space before an empty reason phrase is often forgotten.
        if (statusEnd < 0) { statusEnd = rest.Length; }
        if (statusEnd != 3 || !SipGrammar.TryNumber(rest[..statusEnd], 699, out uint status) || status < 100) { return SipError.Status; }
        int reason = Math.Min(offset + space + 1 + statusEnd + 1, offset + line.Length);
        start.Status = (int)status;
        start.Version = offset..(offset + space);
        start.Reason = reason..(offset + line.Length);
        return SipError.None;
    }

    // The method ends at the first space and the version begins behind the last; what lies between is the URI, even
    // when it is none, so that a request with spaces in its URI can be told so.
    private static SipError ReadRequestLine(ReadOnlySpan<byte> line, int offset, ref StartLine start)
    {
        line = line.TrimEnd(SipGrammar.Blank);
        int methodEnd = line.IndexOf((byte)' ');
        int versionStart = line.LastIndexOf((byte)' ') + 1;
        if (methodEnd <= 0 || !SipGrammar.IsToken(line[..methodEnd]) || !IsVersion(line[versionStart..])) { return SipError.NotSip; }
        start.Method = offset..(offset + methodEnd);
        start.Version = (offset + versionStart)..(offset + line.Length);
        if (versionStart <= methodEnd + 2) { return SipError.RequestLine; }
        start.Uri = (offset + methodEnd + 1)..(offset + versionStart - 1);
        ReadOnlySpan<byte> uri = line[(methodEnd + 1)..(versionStart - 1)];
        if (uri[0] == ' ' || uri[^1] == ' ') { return SipError.RequestLine; }
        if (!SipUri.TryParse(uri, out SipUri parsed)) { return SipError.RequestUri; }
        return parsed.Headers.Length > 0 ? SipError.RequestUri : SipError.None;
    }

    private static bool IsVersion(ReadOnlySpan<byte> text)
    {
        if (text.Length < "SIP/2.0".Length || !SipGrammar.Same(text[..4], "SIP/"u8)) { return false; }
        int dot = text.IndexOf((byte)'.');
        return dot > 0 && SipGrammar.TryNumber(text[4..dot], 99, out _) && SipGrammar.TryNumber(text[(dot + 1)..], 99, out _);
    }

    private static SipError ReadHeaders(byte[] buffer, ref SipScanner scanner, scoped Span<HeaderSlot> slots, out int count)
    {
        SipError error = SipError.None;
        count = 0;
        while (true)
        {
            int start = scanner.Position;
            switch (scanner.Next())
            {
                case ScanStep.End:
                    return error;
                case ScanStep.BadLine:
                    error = First(error, SipError.HeaderLine);
                    break;
                case ScanStep.BadLineEnd:
                    return First(error, SipError.LineEnd);
                case ScanStep.Short:
                    // A datagram that ends with its last header line has lost an empty line and nothing else.
                    return First(error, start == buffer.Length ? SipError.None : SipError.Truncated);
                default:
                    if (count == slots.Length) { return SipError.TooLarge; }
                    (int nameStart, int nameLength) = scanner.Name.GetOffsetAndLength(buffer.Length);
                    (int valueStart, int valueLength) = scanner.Value.GetOffsetAndLength(buffer.Length);
                    if (scanner.Folded) { valueLength = Unfold(buffer.AsSpan(valueStart, valueLength)); }
                    HeaderName name = HeaderNames.Parse(buffer.AsSpan(nameStart, nameLength));
                    slots[count++] = new HeaderSlot(name, (ushort)nameStart, (ushort)nameLength, (ushort)valueStart, (ushort)valueLength);
                    break;
            }
        }
    }

    // Joins a folded value in place: each line end, with the white space around it, becomes one space.
    private static int Unfold(Span<byte> value)
    {
        int written = 0;
        for (int read = 0; read < value.Length; read++)
        {
            if (value[read] != '\r')
            {
                value[written++] = value[read];
                continue;
            }
            while (written > 0 && value[written - 1] is (byte)' ' or (byte)'\t') { written--; }
            while (read + 1 < value.Length && value[read + 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') { read++; }
            value[written++] = (byte)' ';
        }
        return written;
    }

    private static SipError BodyLength(ReadOnlySpan<byte> buffer, ReadOnlySpan<HeaderSlot> headers, int available, bool isStream, out int length)
    {
        // Without a Content-Length the body is the rest of the datagram; a stream has no rest, so there it is empty.
        length = isStream ? 0 : available;
        foreach (ref readonly HeaderSlot slot in headers)
        {
            if (slot.Name != HeaderName.ContentLength) { continue; }
            if (!SipGrammar.TryNumber(buffer.Slice(slot.ValueStart, slot.ValueLength), int.MaxValue, out uint said)) { return SipError.ContentLength; }
            length = (int)Math.Min(said, available);
            return said > available ? SipError.BodyTooShort : SipError.None;
        }
        return SipError.None;
    }
}
