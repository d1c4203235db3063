namespace Switchhook.Sip.Messages;

/// <summary>The <c>%41</c> of URIs (RFC 3261 §19.1.2).</summary>
public static class SipEscapes
{
    /// <summary>Writes <paramref name="text"/> unescaped; an escape that is none is kept as it stands. Returns the bytes written.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int written = 0;
        while (text.Length > 0)
        {
            bool escaped = text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
            into[written++] = escaped ? (byte)((Hex(text[1]) << 4) | Hex(text[2])) : text[0];
            text = text[(escaped ? 3 : 1)..];
        }
        return written;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
