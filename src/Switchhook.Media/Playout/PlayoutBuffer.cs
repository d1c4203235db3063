using System.Diagnostics;

namespace Switchhook.Media.Playout;

/// <summary>
/// Speech on its way to the caller, and what the caller has got of it, to the millisecond. Owns the leases it was given and
/// returns each as soon as its samples are copied, cut or unwanted.
/// <code>
///   silent ──first frame──► in an utterance ──last frame──► silent         Started … Stopped
///                                   └──────── cut ────────► silent         Started … Cut
/// </code>
/// An utterance that runs dry goes on: silence is sent and nothing is told, for the engine is only slow. One that is
/// followed by another without having been ended is taken as ended.
/// </summary>
internal sealed class PlayoutBuffer
{
    private readonly SpeechFrame[] _frames = new SpeechFrame[Limits.PlayoutFrames];
    private int _first, _count;
    private int _cutThrough;

    /// <summary>The utterance the caller is hearing, or 0.</summary>
    private int _utterance;
    private int _ms;

    public int Room => Limits.PlayoutFrames - _count;

    /// <summary>Frames in which an utterance had begun, was not over, and nothing was there to play.</summary>
    public long FramesStarved { get; private set; }

    public void Add(SpeechFrame frame)
    {
        Debug.Assert(Room > 0 || frame.Utterance <= _cutThrough, "more speech than SpeechRoom allowed");
        if (frame.Utterance <= _cutThrough || Room == 0)
        {
            frame.Audio.Return();
            return;
        }
        _frames[(_first + _count++) % Limits.PlayoutFrames] = frame;
    }

    /// <summary>The next 20 ms, or silence.</summary>
    public void Play(Span<short> spoken, MediaOutbox outbox)
    {
        if (_count == 0)
        {
            spoken.Clear();
            if (_utterance != 0) { FramesStarved++; }
            return;
        }

        SpeechFrame frame = TakeFirst();
        frame.Audio.Samples.CopyTo(spoken);
        frame.Audio.Return();
        if (frame.Utterance != _utterance)
        {
            if (_utterance != 0) { Stop(outbox); }
            _utterance = frame.Utterance;
            outbox.Tell(new MediaEvent(MediaEventKind.UtteranceStarted) { Utterance = _utterance });
        }
        _ms += MediaClock.FrameMs;
        if (frame.IsLast) { Stop(outbox); }
    }

    public void Cut(int throughUtterance, MediaOutbox outbox)
    {
        _cutThrough = Math.Max(_cutThrough, throughUtterance);
        for (int left = _count; left > 0; left--)
        {
            SpeechFrame frame = TakeFirst();
            Add(frame);                         // goes to the end of the ring, or back to the pool
        }

        bool isHeard = _utterance != 0 && _utterance <= _cutThrough;
        outbox.Tell(new MediaEvent(MediaEventKind.Cut) { Utterance = isHeard ? _utterance : 0, Ms = isHeard ? _ms : 0 });
        if (isHeard) { (_utterance, _ms) = (0, 0); }
    }

    /// <summary>Everything goes back to the pool, also what is still to come.</summary>
    public void Close()
    {
        _cutThrough = int.MaxValue;
        while (_count > 0) { TakeFirst().Audio.Return(); }
    }

    private SpeechFrame TakeFirst()
    {
        SpeechFrame frame = _frames[_first];
        _frames[_first] = default;
        _first = (_first + 1) % Limits.PlayoutFrames;
        _count--;
        return frame;
    }

    private void Stop(MediaOutbox outbox)
    {
        outbox.Tell(new MediaEvent(MediaEventKind.UtteranceStopped) { Utterance = _utterance, Ms = _ms });
        (_utterance, _ms) = (0, 0);
    }
}
