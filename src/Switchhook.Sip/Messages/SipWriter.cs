using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Switchhook.Sip.Messages;

/// <summary>
/// Writes one message: a start line, headers, and last <see cref="Body"/> or <see cref="NoBody"/>, which write the one
/// Content-Length. No value can carry a line end into the header: what we say ourselves is checked and throws, what is
/// quoted from somebody is cleaned (<see cref="Quoted"/>), and what is copied out of a message holds none.
/// </summary>
internal readonly ref struct SipWriter(IBufferWriter<byte> output)
{
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("\r\n\0"u8);

    private readonly IBufferWriter<byte> _output = output;

    public void RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri)
    {
        if (!SipGrammar.IsToken(method)) { throw new ArgumentException("a method is a token", nameof(method)); }
        if (uri.Length == 0 || uri.IndexOfAny(SipGrammar.NotInUri) >= 0) { throw new ArgumentException("not a Request-URI", nameof(uri)); }
        Raw(method);
        Raw(" "u8);
        Raw(uri);
        Raw(" SIP/2.0\r\n"u8);
    }

    public void StatusLine(int status, string? reason = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        Raw("SIP/2.0 "u8);
        Number(status);
        Raw(" "u8);
        Text(reason ?? StatusPhrases.For(status));
        Raw("\r\n"u8);
    }

    public void Header(HeaderName name, ReadOnlySpan<byte> value)
    {
        Begin(name);
        Checked(value);
        Raw("\r\n"u8);
    }

    public void Header(HeaderName name, string value)
    {
        Begin(name);
        Text(value);
        Raw("\r\n"u8);
    }

    /// <summary>A header we have no name for, such as an X- header of the app.</summary>
    public void Header(string name, string value)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        if (!SipGrammar.IsToken(nameBytes)) { throw new ArgumentException("a header name is a token", nameof(name)); }
        if (HeaderNames.Parse(nameBytes) is HeaderName.ContentLength) { throw new ArgumentException("the body sets its own length", nameof(name)); }
        Raw(nameBytes);
        Raw(": "u8);
        Text(value);
        Raw("\r\n"u8);
    }

    public void Header(HeaderName name, long number)
    {
        Begin(name);
        Number(number);
        Raw("\r\n"u8);
    }

    public void CSeq(uint number, ReadOnlySpan<byte> method)
    {
        Begin(HeaderName.CSeq);
        Number(number);
        Raw(" "u8);
        Checked(method);
        Raw("\r\n"u8);
    }

    /// <summary>Our own Via. It asks for the answer to come back to the port we sent from (RFC 3581 §3).</summary>
    public void Via(SipTransport transport, string host, ushort port, ReadOnlySpan<byte> branch)
    {
        Begin(HeaderName.Via);
        Raw(transport == SipTransport.Udp ? "SIP/2.0/UDP "u8 : "SIP/2.0/TCP "u8);
        Text(host);
        Raw(":"u8);
        Number(port);
        Raw(";rport;branch="u8);
        Checked(branch);
        Raw("\r\n"u8);
    }

    /// <summary><c>Name: &lt;uri&gt;</c> and, when given, <c>;tag=…</c>.</summary>
    public void Address(HeaderName name, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> tag = default)
    {
        if (uri.Length == 0 || uri.IndexOfAny(SipGrammar.NotInUri) >= 0) { throw new ArgumentException("not a URI", nameof(uri)); }
        Begin(name);
        Raw("<"u8);
        Raw(uri);
        Raw(">"u8);
        Tag(tag);
        Raw("\r\n"u8);
    }

    /// <summary>Why, for people and machines: <c>Reason: SIP;cause=503;text="…"</c> (RFC 3326 §2).</summary>
    public void Reason(int status, string text)
    {
        Begin(HeaderName.Reason);
        Raw("SIP;cause="u8);
        Number(status);
        Raw(";text="u8);
        Quoted(text);
        Raw("\r\n"u8);
    }

    /// <summary><c>Warning: 304 host "…"</c> (RFC 3261 §20.43).</summary>
    public void Warning(int code, string agent, string text)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 999);
        Begin(HeaderName.Warning);
        Number(code);
        Raw(" "u8);
        Text(agent);
        Raw(" "u8);
        Quoted(text);
        Raw("\r\n"u8);
    }

    /// <summary>All lines of one header, in order, as they came.</summary>
    public void Copy(SipMessage message, HeaderName name)
    {
        int next = 0;
        while (message.TryNextLine(name, ref next, out ReadOnlySpan<byte> value)) { Header(name, value); }
    }

    /// <summary>
    /// What every response copies from its request (RFC 3261 §8.2.6.2): the Vias, From, To, Call-ID, CSeq. The first Via
    /// is told where it was seen (§18.2.1, RFC 3581 §4); To gets our tag unless it has one or none is given (100).
    /// Works on a message that was refused, with whatever could be read of it.
    /// </summary>
    public void CopyForResponse(SipMessage request, ReadOnlySpan<byte> toTag, PeerAddress source)
    {
        bool first = true;
        int next = 0;
        while (request.TryNextLine(HeaderName.Via, ref next, out ReadOnlySpan<byte> line))
        {
            Begin(HeaderName.Via);
            if (first) { Received(line, source); } else { Checked(line); }
            Raw("\r\n"u8);
            first = false;
        }
        One(request, HeaderName.From);
        if (request.TryGet(HeaderName.To, out ReadOnlySpan<byte> to))
        {
            Begin(HeaderName.To);
            Checked(to);
            if (NameAddress.TryParse(to, out NameAddress address) && address.Tag.Length == 0) { Tag(toTag); }
            Raw("\r\n"u8);
        }
        One(request, HeaderName.CallId);
        One(request, HeaderName.CSeq);
    }

    /// <summary>The end of a message with a body: its type is always said (an answer without Content-Type is hung up on by PBXs, O7).</summary>
    public void Body(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        Header(HeaderName.ContentType, contentType);
        Header(HeaderName.ContentLength, body.Length);
        Raw("\r\n"u8);
        Raw(body);
    }

    /// <summary>The end of a message without a body.</summary>
    public void NoBody() => Raw("Content-Length: 0\r\n\r\n"u8);

    /// <summary>The end: with this SDP, or without a body when there is none.</summary>
    public void Sdp(ReadOnlySpan<byte> sdp)
    {
        if (sdp.Length == 0) { NoBody(); } else { Body("application/sdp"u8, sdp); }
    }

    // A request that was refused may hold From or CSeq twice; its answer says each once.
    private void One(SipMessage message, HeaderName name)
    {
        if (message.TryGet(name, out ReadOnlySpan<byte> value)) { Header(name, value); }
    }

    // The first Via of the line, with received and rport; the values behind its comma follow as they came.
    private void Received(ReadOnlySpan<byte> line, PeerAddress source)
    {
        int comma = SipGrammar.IndexOutside(line, (byte)',');
        ReadOnlySpan<byte> top = comma < 0 ? line : line[..comma].TrimEnd(SipGrammar.Blank);
        if (source.IsNone || !Messages.Via.TryParse(top, out Via via))
        {
            Checked(line);
            return;
        }
        string address = source.ToIPAddress().ToString();
        int parametersAt = SipGrammar.IndexOutside(top, (byte)';');
        Checked(parametersAt < 0 ? top : top[..parametersAt].TrimEnd(SipGrammar.Blank));
        foreach (Parameter parameter in via.Parameters)
        {
            // Whatever the peer says of where it was seen, we know better.
            if (SipGrammar.Same(parameter.Name, "received"u8) || (via.AsksForRPort && SipGrammar.Same(parameter.Name, "rport"u8))) { continue; }
            Raw(";"u8);
            Checked(parameter.Name);
            if (parameter.Value.Length == 0) { continue; }
            Raw("="u8);
            Checked(parameter.Value);
        }
        ReadOnlySpan<byte> host = via.Host.TrimStart((byte)'[').TrimEnd((byte)']');
        if (via.AsksForRPort || !SipGrammar.Same(host, Encoding.UTF8.GetBytes(address)))
        {
            Raw(";received="u8);
            Text(address);
        }
        if (via.AsksForRPort)
        {
            Raw(";rport="u8);
            Number(source.Port);
        }
        if (comma >= 0) { Checked(line[comma..]); }
    }

    /// <summary>A quoted string: quotes and backslashes escaped, everything that is no printable text made a space.</summary>
    private void Quoted(string text)
    {
        Raw("\""u8);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') { Raw("\\"u8); }
            int length = Rune.IsControl(rune) ? new Rune(' ').EncodeToUtf8(utf8) : rune.EncodeToUtf8(utf8);
            Raw(utf8[..length]);
        }
        Raw("\""u8);
    }

    private void Tag(ReadOnlySpan<byte> tag)
    {
        if (tag.Length == 0) { return; }
        if (!SipGrammar.IsToken(tag)) { throw new ArgumentException("a tag is a token", nameof(tag)); }
        Raw(";tag="u8);
        Raw(tag);
    }

    private void Begin(HeaderName name)
    {
        if (name == HeaderName.Other) { throw new ArgumentOutOfRangeException(nameof(name), "a header without a name"); }
        Raw(name.Text());
        Raw(": "u8);
    }

    private void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> span = _output.GetSpan(length)[..length];
        Encoding.UTF8.GetBytes(text, span);
        if (span.IndexOfAny(Forbidden) >= 0) { throw new ArgumentException("a value holds a line end", nameof(text)); }
        _output.Advance(length);
    }

    private void Checked(ReadOnlySpan<byte> value)
    {
        // A NUL is legal inside a quoted pair, so a copied header may hold one; line ends it cannot.
        if (value.IndexOfAny(SipGrammar.LineEnds) >= 0) { throw new ArgumentException("a value holds a line end", nameof(value)); }
        Raw(value);
    }

    private void Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int written);
        Raw(digits[..written]);
    }

    private void Raw(ReadOnlySpan<byte> bytes) => _output.Write(bytes);
}
