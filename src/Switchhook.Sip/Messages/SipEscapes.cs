namespace Switchhook.Sip.Messages;

/// <summary>The <c>%41</c> of URIs (RFC 3261 §19.1.2).</summary>
public static class SipEscapes
{
    private static ReadOnlySpan<byte> Reserved => ";/?:@&=+$,"u8;

    /// <summary>Writes <paramref name="text"/> unescaped; an escape that is none is kept as it stands. Returns the bytes written.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int written = 0;
        while (text.Length > 0) { into[written++] = Take(ref text, out _); }
        return written;
    }

    /// <summary>
    /// Whether two pieces of a URI mean the same: an escaped character equals the plain one unless it is reserved,
    /// for then escaping it is what takes its meaning away (RFC 3261 §19.1.4).
    /// </summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool ignoreCase)
    {
        while (left.Length > 0 && right.Length > 0)
        {
            byte a = Take(ref left, out bool aEscaped);
            byte b = Take(ref right, out bool bEscaped);
            if (aEscaped != bEscaped && Reserved.Contains(a)) { return false; }
            if (ignoreCase)
            {
                a = Lower(a);
                b = Lower(b);
            }
            if (a != b) { return false; }
        }
        return left.Length == right.Length;
    }

    private static byte Take(ref ReadOnlySpan<byte> text, out bool escaped)
    {
        escaped = text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
        byte value = escaped ? (byte)((Hex(text[1]) << 4) | Hex(text[2])) : text[0];
        text = text[(escaped ? 3 : 1)..];
        return value;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
