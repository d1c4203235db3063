using System.Buffers;

namespace Switchhook;

/// <summary>Random identifiers from a supplied source: <c>rtc_…</c>, <c>event_…</c>, tags, branches.</summary>
public static class Tokens
{
    private const int EntropyBytes = 16;

    public static SearchValues<char> UrlSafe { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The prefix followed by 32 hexadecimal digits (128 bits) drawn from <paramref name="random"/>.</summary>
    public static string New(string prefix, Random random)
    {
        Span<byte> entropy = stackalloc byte[EntropyBytes];
        random.NextBytes(entropy);
        return string.Concat(prefix, Convert.ToHexStringLower(entropy));
    }
}
