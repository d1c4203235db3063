using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Framing;

/// <summary>What lies at the start of a stream's unread bytes.</summary>
public enum FrameKind : byte
{
    /// <summary>Not a whole thing yet: nothing is consumed, read more and ask again with the longer buffer.</summary>
    NeedMore,
    /// <summary>One message.</summary>
    Message,
    /// <summary>A keep-alive that wants an answer: send one CRLF (RFC 5626 §4.4.1).</summary>
    Ping,
    /// <summary>The answer to a keep-alive, or an empty line between messages (RFC 3261 §7.5).</summary>
    Pong,
    /// <summary>Where the next message begins can no longer be known: close the connection.</summary>
    Broken,
}

/// <summary>
/// The first <paramref name="Length"/> bytes are a thing of this kind and are consumed with it. <paramref name="Error"/> says why a
/// stream is <see cref="FrameKind.Broken"/>; its <paramref name="Length"/> then covers the header that broke it, when it was whole, so
/// that it may be answered before the connection is closed.
/// </summary>
public readonly record struct Frame(FrameKind Kind, int Length, SipError Error = SipError.None);

/// <summary>
/// Cuts a TCP stream into messages (RFC 3261 §18.3): header, empty line, and as many bytes as Content-Length says. A message
/// without Content-Length has no body. Holds no bytes: the caller gives all that is unread, and what was looked at before
/// is not looked at again.
/// </summary>
public sealed class StreamFramer
{
    // The first line tells SIP from everything else, so a stranger is found out before its header is whole.
    private bool _startLineSeen;
    private int _examined;
    private int _expected;

    /// <summary>Looks at all unread bytes. Ask again, with what follows, until it needs more.</summary>
    public Frame Next(ReadOnlySpan<byte> unread)
    {
        if (_expected > 0) { return Whole(unread); }
        if (_examined == 0)
        {
            if (unread.StartsWith("\r\n\r\n"u8)) { return new Frame(FrameKind.Ping, 4); }
            if (unread.Length == 0 || "\r\n\r"u8.StartsWith(unread)) { return new Frame(FrameKind.NeedMore, 0); }
            if (unread.StartsWith("\r\n"u8)) { return new Frame(FrameKind.Pong, 2); }
            if (!SipGrammar.IsTokenByte(unread[0])) { return new Frame(FrameKind.Broken, 0, SipError.NotSip); }
        }
        SipError error = ReadStartLine(unread);
        if (error != SipError.None) { return new Frame(FrameKind.Broken, 0, error); }
        return _startLineSeen ? ReadHeader(unread) : new Frame(FrameKind.NeedMore, 0);
    }

    private SipError ReadStartLine(ReadOnlySpan<byte> unread)
    {
        if (_startLineSeen) { return SipError.None; }
        int end = unread[_examined..].IndexOf("\r\n"u8);
        if (end < 0)
        {
            _examined = unread.Length - 1;
            return unread.Length > Limits.SipMessageBytes ? SipError.TooLarge : SipError.None;
        }
        end += _examined;
        SipError error = SipParser.ReadStartLine(unread, 0..end, out _);
        if (error == SipError.NotSip) { return error; }
        _startLineSeen = true;
        _examined = end;
        return SipError.None;
    }

    private Frame ReadHeader(ReadOnlySpan<byte> unread)
    {
        int end = unread[_examined..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            // The last three bytes may be the beginning of the empty line.
            _examined = Math.Max(_examined, unread.Length - 3);
            return unread.Length > Limits.SipMessageBytes
                ? new Frame(FrameKind.Broken, 0, SipError.TooLarge)
                : new Frame(FrameKind.NeedMore, 0);
        }
        int headerLength = _examined + end + 4;
        SipError error = ReadContentLength(unread[..headerLength], out uint bodyLength);
        if (error != SipError.None) { return new Frame(FrameKind.Broken, headerLength, error); }
        if (headerLength + (long)bodyLength > Limits.SipMessageBytes) { return new Frame(FrameKind.Broken, headerLength, SipError.TooLarge); }
        _expected = headerLength + (int)bodyLength;
        return Whole(unread);
    }

    private Frame Whole(ReadOnlySpan<byte> unread)
    {
        if (unread.Length < _expected) { return new Frame(FrameKind.NeedMore, 0); }
        var frame = new Frame(FrameKind.Message, _expected);
        _startLineSeen = false;
        _examined = 0;
        _expected = 0;
        return frame;
    }

    // Two that differ, or one that is no number, leave the end of the message unknown.
    private static SipError ReadContentLength(ReadOnlySpan<byte> header, out uint length)
    {
        length = 0;
        bool seen = false;
        var scanner = new SipScanner(header);
        scanner.StartLine(out _);
        for (int lines = 0; lines <= Limits.SipHeaders; lines++)
        {
            switch (scanner.Next())
            {
                case ScanStep.End:
                    return SipError.None;
                case ScanStep.BadLine:
                    continue;
                case ScanStep.Header:
                    if (HeaderNames.Parse(header[scanner.Name]) != HeaderName.ContentLength) { continue; }
                    if (!SipGrammar.TryNumber(header[scanner.Value], int.MaxValue, out uint said) || (seen && said != length)) { return SipError.ContentLength; }
                    length = said;
                    seen = true;
                    continue;
                default:
                    return SipError.LineEnd;
            }
        }
        return SipError.TooLarge;
    }
}
