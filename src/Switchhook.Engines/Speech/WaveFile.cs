using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Switchhook.Engines.Speech;

/// <summary>Reads the WAV that a synthesizer writes to a pipe, where the sizes in its header cannot be right.</summary>
internal static class WaveFile
{
    /// <summary>Rate and samples of a 16-bit mono file; null for anything else.</summary>
    public static (int Rate, short[] Samples)? Read(ReadOnlySpan<byte> wav)
    {
        if (wav.Length < 12 || !wav.StartsWith("RIFF"u8) || !wav[8..].StartsWith("WAVE"u8)) { return null; }
        int rate = 0;
        ReadOnlySpan<byte> rest = wav[12..];
        while (rest.Length >= 8)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            ReadOnlySpan<byte> body = rest[8..];
            if (rest.StartsWith("data"u8))
            {
                if (rate == 0) { return null; }
                body = body[..(int)Math.Min(size, (uint)body.Length)];
                short[] samples = new short[body.Length / 2];
                body[..(samples.Length * 2)].CopyTo(MemoryMarshal.AsBytes(samples.AsSpan()));
                return (rate, samples);
            }
            if (rest.StartsWith("fmt "u8))
            {
                bool plain = body.Length >= 16 && body[0] == 1 && body[2] == 1 && body[14] == 16;
                if (!plain) { return null; }
                rate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
            }
            if (size > body.Length) { return null; }
            rest = body[(int)(size + (size & 1) > body.Length ? size : size + (size & 1))..];
        }
        return null;
    }
}
