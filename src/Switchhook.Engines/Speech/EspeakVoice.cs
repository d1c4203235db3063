using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Switchhook.Media.Dsp;

namespace Switchhook.Engines.Speech;

/// <summary>
/// Speech from espeak-ng, which is free software under the GPL: a program of its own that is run, never linked. The
/// text goes through its standard input and no shell, the audio comes back as a WAV on its standard output.
/// </summary>
#pragma warning disable CA1001 // a SemaphoreSlim nobody asked for its wait handle has nothing to dispose of
internal sealed class EspeakVoice(string program) : IVoice
#pragma warning restore CA1001
{
    private const int WordsPerMinute = 165;
    private const double SilenceDbfs = -50;
    private const int TailMs = 60;

    // Names of the Realtime API, each with a variant of its own; the eight below serve all other names.
    private static readonly Dictionary<string, string> Variants = new(StringComparer.Ordinal)
    {
        ["alloy"] = "f2",
        ["ash"] = "m1",
        ["ballad"] = "m2",
        ["coral"] = "f3",
        ["echo"] = "m3",
        ["sage"] = "f4",
        ["shimmer"] = "f5",
        ["verse"] = "m4",
        ["marin"] = "f1",
        ["cedar"] = "m7",
    };
    private static readonly string[] Others = ["f1", "f2", "f3", "f4", "m1", "m3", "m4", "m7"];

    private readonly SemaphoreSlim _turns = new(Limits.SpeechProcesses);

    /// <summary>The voice, or null when the program is not there or does not speak.</summary>
    public static async Task<EspeakVoice?> ProbeAsync(string program, CancellationToken cancellation)
    {
        var voice = new EspeakVoice(program);
        try
        {
            SpokenLine line = await voice.SpeakAsync(new SpeechRequest("ready", "alloy", "en-us", 1, 8000), cancellation);
            return line.Samples > 0 ? voice : null;
        }
        catch (Exception exception) when (exception is SpeechException or TimeoutException) { return null; }
    }

    public async Task<SpokenLine> SpeakAsync(SpeechRequest request, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Limits.SpeechSynthesis);
            byte[] wav = await RunAsync(request, limit.Token);
            return SpokenLine.Spread(request.Text, Samples(wav, request.SampleRate));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{program} took longer than {Limits.SpeechSynthesis.TotalSeconds:f0} s");
        }
        finally { _turns.Release(); }
    }

    /// <summary>The espeak voice for a name: always the same one for the same name.</summary>
    internal static string VoiceFor(string language, string voice)
    {
        if (!Variants.TryGetValue(voice, out string? variant))
        {
            uint sum = voice.Aggregate(0u, (hash, letter) => hash * 31 + letter);
            variant = Others[sum % Others.Length];
        }
        return $"{language}+{variant}";
    }

    private async Task<byte[]> RunAsync(SpeechRequest request, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        int pace = (int)Math.Clamp(WordsPerMinute * request.Speed, 80, 450);
        string[] arguments = ["--stdin", "--stdout", "-v", VoiceFor(request.Language, request.Voice), "-s", pace.ToString(CultureInfo.InvariantCulture)];
        foreach (string argument in arguments) { start.ArgumentList.Add(argument); }
        using var process = new Process { StartInfo = start };
        try { process.Start(); }
        catch (Win32Exception exception) { throw new SpeechException($"{program} cannot be started: {exception.Message}"); }
        try
        {
            // All three pipes at once: a program that waits for one of them must not be waited for on another.
            Task write = WriteAsync(process.StandardInput, request.Text, cancellation);
            Task<string> complaint = process.StandardError.ReadToEndAsync(cancellation);
            byte[] wav = await ReadAsync(process.StandardOutput.BaseStream, cancellation);
            await write;
            string said = await complaint;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0 || wav.Length == 0) { throw new SpeechException($"{program} ended with {process.ExitCode}: {said.Trim()}"); }
            return wav;
        }
        finally
        {
            if (!process.HasExited) { process.Kill(entireProcessTree: true); }
        }
    }

    private static async Task WriteAsync(StreamWriter input, string text, CancellationToken cancellation)
    {
        try
        {
            await using (input) { await input.WriteAsync(text.AsMemory(), cancellation); }
        }
        catch (IOException) { /* It closed its input; its exit code tells why. */ }
    }

    private static async Task<byte[]> ReadAsync(Stream output, CancellationToken cancellation)
    {
        using var wav = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await output.ReadAsync(buffer, cancellation)) > 0)
        {
            wav.Write(buffer, 0, count);
            if (wav.Length > Limits.SpeechBytes) { throw new SpeechException($"more than {Limits.SpeechBytes} bytes of speech"); }
        }
        return wav.ToArray();
    }

    private static short[] Samples(byte[] wav, int sampleRate)
    {
        (int rate, short[] recorded) = WaveFile.Read(wav) ?? throw new SpeechException("no 16-bit mono WAV");
        ReadOnlySpan<short> voice = WithoutTail(recorded, rate);
        if (rate == sampleRate) { return voice.ToArray(); }
        var resampler = new Resampler(rate, sampleRate);
        short[] samples = new short[resampler.OutputFor(voice.Length) + resampler.FlushSamples];
        int written = resampler.Process(voice, samples);
        resampler.Flush(samples.AsSpan(written));
        return samples;
    }

    /// <summary>The synthesizer ends with a third of a second of nothing, in which a caller would wait for an answer.</summary>
    private static ReadOnlySpan<short> WithoutTail(ReadOnlySpan<short> samples, int rate)
    {
        int step = rate / 100, end = samples.Length;
        while (end > step && Level.Dbfs(samples.Slice(end - step, step)) < SilenceDbfs) { end -= step; }
        return samples[..Math.Min(samples.Length, end + rate / 1000 * TailMs)];
    }
}
