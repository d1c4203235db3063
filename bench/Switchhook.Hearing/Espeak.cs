using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing;

/// <summary>Somebody who speaks: a voice of espeak-ng with its variant (<c>de+f4</c>), its pace and its pitch (0 to 99).</summary>
internal sealed record Talker(string Voice, int WordsPerMinute, int Pitch);

/// <summary>Sentences as 8 kHz recordings. The program is run, never linked; what was said once is kept.</summary>
internal static class Espeak
{
    public const int Rate = 8000;

    private const int HeaderBytes = 44;

    private static readonly ConcurrentDictionary<(Talker, string), short[]> Said = new();

    public static short[] Say(Talker talker, string text) => Said.GetOrAdd((talker, text), static line => Synthesize(line.Item1, line.Item2));

    private static short[] Synthesize(Talker talker, string text)
    {
        var start = new ProcessStartInfo("espeak-ng") { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false) };
        string[] arguments = ["--stdin", "--stdout", "-v", talker.Voice, "-s", Text(talker.WordsPerMinute), "-p", Text(talker.Pitch)];
        foreach (string argument in arguments) { start.ArgumentList.Add(argument); }
        using Process process = Process.Start(start) ?? throw new IOException("espeak-ng cannot be started");
        // A sentence fits into the pipe, so it can be written before anything is read.
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        using var wav = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(wav);
        process.WaitForExit();
        if (process.ExitCode != 0 || wav.Length <= HeaderBytes) { throw new IOException($"espeak-ng -v {talker.Voice} ended with {process.ExitCode}"); }
        ReadOnlySpan<byte> bytes = wav.ToArray();
        int rate = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        return ToPhone(MemoryMarshal.Cast<byte, short>(bytes[HeaderBytes..]), rate);
    }

    private static short[] ToPhone(ReadOnlySpan<short> recorded, int rate)
    {
        var resampler = new Resampler(rate, Rate);
        short[] samples = new short[resampler.OutputFor(recorded.Length) + resampler.FlushSamples];
        int written = resampler.Process(recorded, samples);
        written += resampler.Flush(samples.AsSpan(written));
        return samples[..written];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
