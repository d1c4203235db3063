using System.Buffers.Binary;
using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Recording;

/// <summary>
/// The stereo recording of one call: the caller left, us right, sample for sample as they passed on the media thread.
/// It reads the tap on its own task; what it was too slow for is written as silence, so that both sides stay in time.
/// </summary>
internal sealed class Recorder
{
    private const int FramesPerFlush = 250;

    private Recorder(string path, RecorderTap tap, int sampleRate)
    {
        (Path, Tap) = (path, tap);
        Completion = Task.Run(() => RunAsync(sampleRate));
    }

    public string Path { get; }

    public RecorderTap Tap { get; }

    /// <summary>Frames of 20 ms that are silence because the disk was too slow.</summary>
    public long Gap { get; private set; }

    /// <summary>Done when the tap is completed and the file is closed. Faulted when the disk failed.</summary>
    public Task Completion { get; }

    public static Recorder Start(string folder, CallId call, int sampleRate)
    {
        Directory.CreateDirectory(folder);
        return new Recorder(System.IO.Path.Combine(folder, $"{call}.wav"), new RecorderTap(), sampleRate);
    }

    private async Task RunAsync(int sampleRate)
    {
        try
        {
            using var wav = new WavWriter(new FileStream(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 64 * 1024), channels: 2, sampleRate);
            byte[] interleaved = new byte[sampleRate / 50 * 2 * sizeof(short)];
            long frames = 0;
            await foreach (TappedFrame frame in Tap.Frames.ReadAllAsync())
            {
                for (long gap = Math.Min(frame.Gap, Limits.RecordedFrames * 100L); gap > 0; gap--) { wav.Write(Silence(interleaved)); }
                Gap += frame.Gap;
                wav.Write(Interleave(interleaved, frame));
                if (++frames % FramesPerFlush == 0) { wav.Flush(); }
            }
        }
        finally
        {
            // The disk may have failed: what is still in the tap goes back to the pool, and what comes later too.
            await foreach (TappedFrame frame in Tap.Frames.ReadAllAsync()) { Return(frame); }
        }
    }

    private static ReadOnlySpan<byte> Silence(byte[] interleaved)
    {
        Array.Clear(interleaved);
        return interleaved;
    }

    private static ReadOnlySpan<byte> Interleave(byte[] interleaved, TappedFrame frame)
    {
        ReadOnlySpan<short> heard = frame.Heard.Samples, spoken = frame.Spoken.Samples;
        for (int i = 0; i < heard.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(interleaved.AsSpan(i * 4), heard[i]);
            BinaryPrimitives.WriteInt16LittleEndian(interleaved.AsSpan(i * 4 + 2), spoken[i]);
        }
        Return(frame);
        return interleaved;
    }

    private static void Return(TappedFrame frame)
    {
        frame.Heard.Return();
        frame.Spoken.Return();
    }
}
