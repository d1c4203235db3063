using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Speech;

/// <summary>
/// Cuts what a session says into frames and keeps the line filled some seconds ahead of what is played. The rest stays
/// where it is, in lines that all calls share: a call that says much holds little. One frame is always held back,
/// because the last one of an utterance is marked and only what follows tells that a frame was not the last. Responses may
/// be said side by side; they are heard one after the other, because an utterance that was left is taken for ended.
/// </summary>
internal sealed class Mouth(VoiceLine line)
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);

    private readonly FramePool _pool = FramePool.For(line.SampleRate);
    private readonly PriorityQueue<SessionOutput.Say, (int Utterance, long Order)> _pieces = new();
    private long _order;
    private int _taken;             // samples of the first piece that are in frames already
    private FrameLease? _frame;     // the one held back
    private int _filled;
    private int _utterance;         // begun and not ended, or 0
    private Instant _playedBy;      // the earliest moment at which all that was handed over can have been played

    public void Say(SessionOutput.Say piece) => _pieces.Enqueue(piece, (piece.Utterance, _order++));

    /// <summary>Utterances up to this one are not said any more.</summary>
    public void Cut(Instant now, int throughUtterance)
    {
        while (_pieces.TryPeek(out SessionOutput.Say? piece, out _) && piece.Utterance <= throughUtterance) { _pieces.Dequeue(); _taken = 0; }
        if (_utterance <= throughUtterance)
        {
            DropFrame();
            _utterance = 0;
        }
        line.Cut(throughUtterance);
        _playedBy = now;
    }

    /// <summary>Hands over what the line should have by now; answers when to come again.</summary>
    public Instant Fill(Instant now)
    {
        if (_playedBy < now) { _playedBy = now; }
        while (_pieces.TryPeek(out SessionOutput.Say? piece, out _) && (_utterance == 0 || piece.Utterance == _utterance))
        {
            if (_playedBy - now >= Limits.SpokenAhead) { return _playedBy + -Limits.SpokenAhead / 2; }
            if (_taken < piece.Samples.Length)
            {
                if (_frame is not null && _filled == _frame.Samples.Length && !HandOver(isLast: false)) { return now + Limits.SpokenAhead; }
                Take(piece);
                continue;
            }
            if (piece.IsLast && !HandOver(isLast: true, piece.Utterance)) { return now + Limits.SpokenAhead; }
            _pieces.Dequeue();
            _taken = 0;
        }
        return Instant.Never;
    }

    /// <summary>Nothing more is said; the frame held back goes back to the pool.</summary>
    public void Close()
    {
        _pieces.Clear();
        DropFrame();
    }

    private void Take(SessionOutput.Say piece)
    {
        _utterance = piece.Utterance;
        if (_frame is null) { (_frame, _filled) = (_pool.Rent(), 0); }
        int count = Math.Min(piece.Samples.Length - _taken, _frame.Samples.Length - _filled);
        piece.Samples.Span.Slice(_taken, count).CopyTo(_frame.Samples[_filled..]);
        _taken += count;
        _filled += count;
    }

    /// <summary>False when the line has no room or is closed; a closed one wants nothing more.</summary>
    private bool HandOver(bool isLast, int utterance = 0)
    {
        if (_frame is null) { (_frame, _filled, _utterance) = (_pool.Rent(), 0, utterance); }
        _frame.Samples[_filled..].Clear();
        if (!line.Spoken.TryWrite(new SpeechFrame(_frame, _utterance, isLast)))
        {
            if (line.Heard.Completion.IsCompleted) { Close(); }
            return false;
        }
        (_frame, _filled) = (null, 0);
        if (isLast) { _utterance = 0; }
        _playedBy += FrameLength;
        return true;
    }

    private void DropFrame()
    {
        _frame?.Return();
        (_frame, _filled) = (null, 0);
    }
}
