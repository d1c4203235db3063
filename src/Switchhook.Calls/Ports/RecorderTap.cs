using System.Threading.Channels;

namespace Switchhook.Calls.Ports;

/// <summary>20 ms of both directions, on the way to the recorder.</summary>
public readonly record struct TappedFrame(FrameLease Heard, FrameLease Spoken, long Gap);

/// <summary>The media thread's side of the recorder: it never waits; what the recorder is too slow for becomes a counted gap.</summary>
public sealed class RecorderTap
{
    private readonly Channel<TappedFrame> _frames = Channel.CreateBounded<TappedFrame>(
        new BoundedChannelOptions(Limits.RecordedFrames) { SingleReader = true, SingleWriter = true });
    private long _gap;

    public ChannelReader<TappedFrame> Frames => _frames.Reader;

    /// <summary>Hands over both leases. <see cref="TappedFrame.Gap"/> of the next frame that fits says how many did not.</summary>
    public void Write(FrameLease heard, FrameLease spoken)
    {
        if (_frames.Writer.TryWrite(new TappedFrame(heard, spoken, _gap))) { _gap = 0; return; }
        _gap++;
        heard.Return();
        spoken.Return();
    }

    public void Complete() => _frames.Writer.TryComplete();
}
