using System.Numerics;

namespace Switchhook.Media.Codecs;

/// <summary>
/// ITU-T G.711, both laws, with 16-bit linear audio on the other side. One byte is one sample; there is no state,
/// so a stream may be cut anywhere. The decision values are those of the reference software of ITU-T G.191: a
/// negative sample is mirrored by one's complement, and 14 (µ-law) or 12 (A-law plus sign) bits of it count.
/// </summary>
public static class G711
{
    private const int MuLawBias = 33;
    private const int MuLawClip = 0x1FFF;
    private const int ALawToggle = 0x55;

    private static readonly short[] MuLawSamples = Table(ExpandMuLaw);
    private static readonly short[] ALawSamples = Table(ExpandALaw);

    /// <summary>The code of a zero sample, of which silence is made.</summary>
    public static byte SilenceCode(AudioCodec codec) => codec == AudioCodec.Pcma ? (byte)0xD5 : (byte)0xFF;

    /// <summary>Decodes every code; <paramref name="samples"/> is at least as long.</summary>
    public static void Decode(AudioCodec codec, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        short[] table = codec == AudioCodec.Pcma ? ALawSamples : MuLawSamples;
        samples = samples[..codes.Length];
        for (int i = 0; i < codes.Length; i++) { samples[i] = table[codes[i]]; }
    }

    /// <summary>Encodes every sample; <paramref name="codes"/> is at least as long.</summary>
    public static void Encode(AudioCodec codec, ReadOnlySpan<short> samples, Span<byte> codes)
    {
        codes = codes[..samples.Length];
        if (codec == AudioCodec.Pcma)
        {
            for (int i = 0; i < samples.Length; i++) { codes[i] = CompressALaw(samples[i]); }
        }
        else
        {
            for (int i = 0; i < samples.Length; i++) { codes[i] = CompressMuLaw(samples[i]); }
        }
    }

    private static byte CompressMuLaw(short sample)
    {
        int sign = sample >> 15;
        int magnitude = Math.Min(((sample ^ sign) >> 2) + MuLawBias, MuLawClip);
        int segment = BitOperations.Log2((uint)magnitude) - 5;
        int step = (magnitude >> (segment + 1)) & 0x0F;
        return (byte)~((sign & 0x80) | (segment << 4) | step);
    }

    private static short ExpandMuLaw(byte code)
    {
        int bits = ~code;
        int segment = (bits >> 4) & 0x07;
        int magnitude = ((((bits & 0x0F) << 1) + MuLawBias) << segment) - MuLawBias;
        return (short)((bits & 0x80) != 0 ? -(magnitude << 2) : magnitude << 2);
    }

    private static byte CompressALaw(short sample)
    {
        int sign = sample >> 15;
        int magnitude = (sample ^ sign) >> 4;
        int segment = magnitude < 16 ? 0 : BitOperations.Log2((uint)magnitude) - 3;
        int step = segment == 0 ? magnitude : (magnitude >> (segment - 1)) & 0x0F;
        return (byte)(((~sign & 0x80) | (segment << 4) | step) ^ ALawToggle);
    }

    private static short ExpandALaw(byte code)
    {
        int bits = code ^ ALawToggle;
        int segment = (bits >> 4) & 0x07;
        int magnitude = ((bits & 0x0F) << 4) + 8;
        if (segment > 0) { magnitude = (magnitude + 0x100) << (segment - 1); }
        return (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
    }

    private static short[] Table(Func<byte, short> expand)
    {
        var samples = new short[256];
        for (int code = 0; code < samples.Length; code++) { samples[code] = expand((byte)code); }
        return samples;
    }
}
