using System.Buffers;
using System.Text;

namespace Switchhook.Sip.Messages;

/// <summary>The character classes and small words of RFC 3261 §25.1, over bytes.</summary>
internal static class SipGrammar
{
    /// <summary>The cookie that starts every branch of RFC 3261 (§8.1.1.7).</summary>
    public static ReadOnlySpan<byte> BranchCookie => "z9hG4bK"u8;

    public static ReadOnlySpan<byte> Sip2 => "SIP/2.0"u8;

    /// <summary>Linear white space after unfolding.</summary>
    public static ReadOnlySpan<byte> Blank => " \t"u8;

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    private static readonly SearchValues<byte> SchemeBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."u8);

    // An underscore is no hostname character, and stands in the hostnames of many a container network all the same.
    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private static readonly SearchValues<byte> IPv6Bytes = SearchValues.Create("0123456789abcdefABCDEF:.%"u8);

    public static SearchValues<byte> LineEnds { get; } = SearchValues.Create("\r\n"u8);

    /// <summary>What can never stand inside a URI, whatever its scheme.</summary>
    public static SearchValues<byte> NotInUri { get; } = SearchValues.Create(NotInUriBytes());

    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept(TokenBytes) < 0;

    public static bool IsTokenByte(byte value) => TokenBytes.Contains(value);

    public static bool IsScheme(ReadOnlySpan<byte> text) =>
        text.Length > 0 && char.IsAsciiLetter((char)text[0]) && text.IndexOfAnyExcept(SchemeBytes) < 0;

    /// <summary>A host name, an IPv4 address, or an IPv6 address in brackets.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0) { return false; }
        if (text[0] != '[') { return text.IndexOfAnyExcept(HostBytes) < 0; }
        return text.Length > 2 && text[^1] == ']' && text[1..^1].IndexOfAnyExcept(IPv6Bytes) < 0;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(Blank);

    /// <summary>The same whatever the case of ASCII letters; bytes beyond ASCII are compared as they are.</summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.EqualsIgnoreCase(left, right) || left.SequenceEqual(right);

    /// <summary>Digits and nothing else, not above <paramref name="max"/>; leading zeros are legal and harmless.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> digits, uint max, out uint number)
    {
        number = 0;
        if (digits.Length == 0) { return false; }
        ulong sum = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') { return false; }
            sum = (sum * 10) + (uint)(digit - '0');
            if (sum > max) { return false; }
        }
        number = (uint)sum;
        return true;
    }

    /// <summary>The first of <paramref name="separator"/> outside quotes and angle brackets, or -1.</summary>
    public static int IndexOutside(ReadOnlySpan<byte> text, byte separator)
    {
        bool quoted = false;
        bool bracketed = false;
        for (int index = 0; index < text.Length; index++)
        {
            byte at = text[index];
            if (quoted)
            {
                if (at == '\\') { index++; }
                else if (at == '"') { quoted = false; }
            }
            else if (at == '"') { quoted = true; }
            else if (at == '<') { bracketed = true; }
            else if (at == '>') { bracketed = false; }
            else if (at == separator && !bracketed) { return index; }
        }
        return -1;
    }

    /// <summary>The length of the quoted string at the start of <paramref name="text"/>, quotes included; -1 when it does not end.</summary>
    public static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (int index = 1; index < text.Length; index++)
        {
            if (text[index] == '\\') { index++; }
            else if (text[index] == '"') { return index + 1; }
        }
        return -1;
    }

    /// <summary>Splits <c>host[:port]</c>; the brackets of an IPv6 reference stay part of the host.</summary>
    public static bool TrySplitHostPort(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> host, out ushort? port)
    {
        port = null;
        int hostEnd = text.Length > 0 && text[0] == '[' ? text.IndexOf((byte)']') + 1 : text.IndexOf((byte)':');
        if (hostEnd < 0) { hostEnd = text.Length; }
        host = Trim(text[..hostEnd]);
        ReadOnlySpan<byte> rest = Trim(text[hostEnd..]);
        if (rest.Length > 0)
        {
            if (rest[0] != ':' || !TryNumber(Trim(rest[1..]), ushort.MaxValue, out uint number)) { return false; }
            port = (ushort)number;
        }
        return IsHost(host);
    }

    // White space, controls and delimiters. Braces, bars and the like are illegal too, but they stand in user parts
    // of real traffic and harm nobody.
    private static byte[] NotInUriBytes()
    {
        List<byte> bytes = [.. "<>\" \u007F"u8];
        for (byte control = 0; control < 0x20; control++) { bytes.Add(control); }
        return [.. bytes];
    }
}
