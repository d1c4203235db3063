using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Switchhook.Media.Dsp;

namespace Switchhook.Server.Cli;

/// <summary>The WAV files of the phone: 16-bit linear audio, played from and recorded to disk at 8,000 samples a second, one channel.</summary>
internal static class PhoneWave
{
    public const int SampleRate = 8000;
    private const int DetourRate = 48_000;
    private const int HeaderBytes = 44;
    private const int PlayableBytesMax = 256 << 20;

    private static readonly int[] s_filtered = [8000, 16_000, 22_050, 24_000, 48_000];

    /// <summary>Throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public static short[] Read(string path)
    {
        FileInfo file = new(path);
        if (file.Length > PlayableBytesMax) { throw new InvalidDataException($"{path} is larger than {PlayableBytesMax >> 20} MiB"); }
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.Length < 12 || !bytes.StartsWith("RIFF"u8) || !bytes[8..].StartsWith("WAVE"u8)) { throw new InvalidDataException($"{path} is not a WAV file"); }
        int channels = 0;
        int rate = 0;
        for (ReadOnlySpan<byte> rest = bytes[12..]; rest.Length >= 8;)
        {
            long size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            // A writer that died, or wrote to a pipe, leaves a size that the file does not reach.
            ReadOnlySpan<byte> chunk = rest.Slice(8, (int)Math.Min(size, rest.Length - 8));
            if (rest.StartsWith("fmt "u8)) { (channels, rate) = ReadFormat(path, chunk); }
            if (rest.StartsWith("data"u8))
            {
                if (channels == 0) { throw new InvalidDataException($"{path} has audio before its format"); }
                return Resample(Mix(chunk, channels), rate);
            }
            rest = rest[(int)Math.Min(8 + size + (size & 1), rest.Length)..];
        }
        throw new InvalidDataException($"{path} holds no audio");
    }

    public static FileStream Create(string path)
    {
        FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write(Header(0));
        return file;
    }

    public static void Append(FileStream file, ReadOnlySpan<short> samples) => file.Write(MemoryMarshal.AsBytes(samples));

    /// <summary>Makes the header true and closes the file.</summary>
    public static void Finish(FileStream file)
    {
        long dataBytes = file.Length - HeaderBytes;
        file.Position = 0;
        file.Write(Header((uint)Math.Min(dataBytes, uint.MaxValue - HeaderBytes)));
        file.Dispose();
    }

    private static (int Channels, int Rate) ReadFormat(string path, ReadOnlySpan<byte> format)
    {
        const ushort linear = 1;
        const ushort extensible = 0xFFFE;
        if (format.Length < 16) { throw new InvalidDataException($"{path} has a format that is cut off"); }
        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        // Extensible formats begin their identifier with the plain tag.
        if (tag == extensible && format.Length >= 26) { tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]); }
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        int rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag != linear || bits != 16 || channels is not (1 or 2) || rate is < 4_000 or > 192_000)
        {
            throw new InvalidDataException($"{path} is format {tag}, {bits} bits, {channels} channels, {rate} Hz; the phone plays 16-bit linear audio, mono or stereo, 4,000 to 192,000 Hz");
        }
        return (channels, rate);
    }

    private static short[] Mix(ReadOnlySpan<byte> data, int channels)
    {
        short[] mono = new short[data.Length / sizeof(short) / channels];
        for (int at = 0; at < mono.Length; at++)
        {
            int sum = 0;
            for (int channel = 0; channel < channels; channel++)
            {
                sum += BinaryPrimitives.ReadInt16LittleEndian(data[((at * channels + channel) * sizeof(short))..]);
            }
            mono[at] = (short)(sum / channels);
        }
        return mono;
    }

    private static short[] Resample(short[] samples, int rate)
    {
        if (rate == SampleRate) { return samples; }
        if (Array.IndexOf(s_filtered, rate) < 0)
        {
            samples = DrawStraightLines(samples, rate, DetourRate);
            rate = DetourRate;
        }
        Resampler resampler = new(rate, SampleRate);
        short[] output = new short[resampler.OutputFor(samples.Length)];
        resampler.Process(samples, output);
        return output;
    }

    /// <summary>Other rates (44,100 Hz) take a detour over one that the filters know. It costs some brilliance, which a telephone does not have.</summary>
    private static short[] DrawStraightLines(short[] samples, int from, int to)
    {
        short[] drawn = new short[(long)samples.Length * to / from];
        for (int at = 0; at < drawn.Length; at++)
        {
            double place = (double)at * from / to;
            int before = Math.Min((int)place, samples.Length - 1);
            int after = Math.Min(before + 1, samples.Length - 1);
            drawn[at] = (short)(samples[before] + (samples[after] - samples[before]) * (place - before));
        }
        return drawn;
    }

    private static byte[] Header(uint dataBytes)
    {
        byte[] header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), dataBytes + HeaderBytes - 8);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), SampleRate * sizeof(short));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), sizeof(short));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), dataBytes);
        return header;
    }
}
