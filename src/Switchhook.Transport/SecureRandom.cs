using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Switchhook.Transport;

/// <summary>
/// The operating system's random numbers as a <see cref="Random"/>, for identifiers that must not be guessed
/// (call ids, tags, SSRCs). Buffered per thread, so that one instance may serve every thread.
/// </summary>
public sealed class SecureRandom : Random
{
    private const int BufferBytes = 512;

    [ThreadStatic]
    private static byte[]? s_buffer;

    [ThreadStatic]
    private static int s_left;

    public override void NextBytes(Span<byte> buffer)
    {
        if (buffer.Length > BufferBytes) { RandomNumberGenerator.Fill(buffer); return; }
        byte[] own = s_buffer ??= new byte[BufferBytes];
        if (s_left < buffer.Length)
        {
            RandomNumberGenerator.Fill(own);
            s_left = BufferBytes;
        }
        Span<byte> taken = own.AsSpan(BufferBytes - s_left, buffer.Length);
        taken.CopyTo(buffer);
        // What was handed out is nobody's to read again.
        taken.Clear();
        s_left -= buffer.Length;
    }

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue) => Next(0, maxValue);

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => NextInt64(long.MaxValue);

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <summary>Without bias: the high half of a 128-bit product, redrawn where the low half would favour small numbers.</summary>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        ulong range = (ulong)(maxValue - minValue);
        if (range <= 1) { return minValue; }
        ulong unfair = unchecked(0 - range) % range;
        ulong high = Math.BigMul(Draw(), range, out ulong low);
        while (low < unfair) { high = Math.BigMul(Draw(), range, out low); }
        return minValue + (long)high;
    }

    public override double NextDouble() => Sample();

    public override float NextSingle() => (Draw() >> 40) * (1f / (1 << 24));

    protected override double Sample() => (Draw() >> 11) * (1.0 / (1L << 53));

    private ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        NextBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
