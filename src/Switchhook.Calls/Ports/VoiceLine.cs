using System.Threading.Channels;
using Switchhook.Media;

namespace Switchhook.Calls.Ports;

/// <summary>
/// The line between the media plane and an engine: two audio pipes, the playout clock, and the cut. Made by the call,
/// held by both, owned by neither. The media thread never waits on it.
/// </summary>
public sealed class VoiceLine
{
    private readonly Channel<FrameLease> _heard;
    private readonly Channel<SpeechFrame> _spoken;
    private readonly Channel<MediaEvent> _events;
    private long _heardLost;
    private int _cutThrough;

    public VoiceLine(int sampleRate)
    {
        SampleRate = sampleRate;
        _heard = Channel.CreateBounded<FrameLease>(
            new BoundedChannelOptions(Limits.HeardFrames) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            Lose);
        _spoken = Channel.CreateBounded<SpeechFrame>(
            new BoundedChannelOptions(Limits.SpokenFrames) { SingleReader = true });
        _events = Channel.CreateBounded<MediaEvent>(
            new BoundedChannelOptions(Limits.CallMailbox) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
    }

    /// <summary>Samples a second of both pipes.</summary>
    public int SampleRate { get; }

    /// <summary>Frames the engine was too late to hear.</summary>
    public long HeardLost => Interlocked.Read(ref _heardLost);

    /// <summary>Speech of utterances up to this one is not to be played any more.</summary>
    public int CutThrough => Volatile.Read(ref _cutThrough);

    /// <summary>Engine's side: the caller's voice, frame by frame; completed when the media plane has closed the leg.</summary>
    public ChannelReader<FrameLease> Heard => _heard.Reader;

    /// <summary>Engine's side: utterances started, stopped and cut, and keys pressed.</summary>
    public ChannelReader<MediaEvent> Events => _events.Reader;

    /// <summary>Engine's side: speech for the caller. Waiting for room is the back-pressure.</summary>
    public ChannelWriter<SpeechFrame> Spoken => _spoken.Writer;

    /// <summary>Engine's side: be woken when there is something in <see cref="Heard"/> or <see cref="Events"/>. Set once, before the leg starts; called on the media thread, must not block.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Engine's side: play nothing more of utterances up to this one.</summary>
    public void Cut(int throughUtterance) => Volatile.Write(ref _cutThrough, Math.Max(throughUtterance, CutThrough));

    /// <summary>Media's side: hands over one frame and its lease.</summary>
    public void Hear(FrameLease frame)
    {
        if (_heard.Writer.TryWrite(frame)) { Arrived?.Invoke(); }
        else { Lose(frame); }
    }

    /// <summary>Media's side: the playout clock and the keys.</summary>
    public void Tell(MediaEvent mediaEvent)
    {
        if (_events.Writer.TryWrite(mediaEvent)) { Arrived?.Invoke(); }
    }

    /// <summary>Media's side: the next speech to play, if any.</summary>
    public bool TryTakeSpeech(out SpeechFrame frame) => _spoken.Reader.TryRead(out frame);

    /// <summary>Media's side: the leg is closed, nothing more is heard or played. Speech that was waiting goes back to the pool.</summary>
    public void Complete()
    {
        _heard.Writer.TryComplete();
        _events.Writer.TryComplete();
        _spoken.Writer.TryComplete();
        while (_spoken.Reader.TryRead(out SpeechFrame frame)) { frame.Audio.Return(); }
        Arrived?.Invoke();
    }

    private void Lose(FrameLease frame)
    {
        frame.Return();
        Interlocked.Increment(ref _heardLost);
    }
}
