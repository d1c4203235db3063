using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Turns;

internal enum TurnSignal : byte { None, Started, Paused, Stopped }

/// <summary>
/// When the caller begins and ends to speak (realtime-api §4.5), from frames of so much audio with so much voice in it.
/// Time is the audio's own: milliseconds of all audio heard in the session.
/// <code>
///   quiet ──40 ms of voice ≥ threshold, or a frame that is surer──► speaking ──so long without 40 ms of voice──► quiet
/// </code>
/// server_vad is this with its numbers. semantic_vad asks at 200 ms of silence how the words sound (<see cref="Judge"/>)
/// and waits by the answer; without one it waits by its eagerness alone:
/// <code>
///   eagerness       finished   unknown   open
///   high              200 ms    300 ms   2 s
///   medium, auto      300 ms    600 ms   4 s
///   low               600 ms  1,200 ms   8 s
/// </code>
/// </summary>
internal sealed class TurnDetector(TurnDetection? settings)
{
    // One frame is too little to begin or to go on with: a click has as much.
    private static readonly TimeSpan Onset = TimeSpan.FromMilliseconds(40);

    // Unless it leaves but this share of the doubt that the threshold allows: then a turn begins 20 ms sooner. At 0.5 that is a probability of 0.9.
    private const double SureDoubt = 0.2;

    // Longer than the gap before a p or a t, as long as the shortest wait.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private TurnDetection? _settings = settings;
    private TimeSpan _voiced;
    private TimeSpan _silent;
    private TimeSpan _bufferStart;
    private bool _isPausing;
    private Ending _ending;

    /// <summary>All audio heard so far.</summary>
    public TimeSpan Clock { get; private set; }

    public bool IsSpeaking { get; private set; }

    /// <summary>Where the speech began, prefix padding included.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>Which pause <see cref="TurnSignal.Paused"/> told of last.</summary>
    public int Pauses { get; private set; }

    /// <summary>Audio heard since the last commit or clear.</summary>
    public TimeSpan Buffered => Clock - _bufferStart;

    /// <summary>How much of what was heard last a turn may still be made of: the one under way, or what one that begins now would reach back to.</summary>
    public TimeSpan Pending
    {
        get
        {
            if (IsSpeaking) { return Clock - Start; }
            TimeSpan reach = Padding + _voiced;
            return _settings is null || Buffered < reach ? Buffered : reach;
        }
    }

    /// <summary>Other settings; speech under way goes on where they detect speech at all.</summary>
    public void Configure(TurnDetection? settings)
    {
        _settings = settings;
        if (settings is null) { Quiet(); }
    }

    public TurnSignal Hear(TimeSpan length, float voice)
    {
        if (length <= TimeSpan.Zero) { return TurnSignal.None; }
        Clock += length;
        if (_settings is null) { return TurnSignal.None; }
        bool isVoice = voice >= Threshold;
        _voiced = isVoice ? _voiced + length : TimeSpan.Zero;
        _silent += length;
        if (_voiced >= Onset || (!IsSpeaking && voice >= Sure))
        {
            (_silent, _isPausing, _ending) = (TimeSpan.Zero, false, Ending.Unknown);
            if (IsSpeaking) { return TurnSignal.None; }
            IsSpeaking = true;
            TimeSpan padded = Clock - _voiced - Padding;
            Start = padded > _bufferStart ? padded : _bufferStart;
            return TurnSignal.Started;
        }
        // What has begun to sound may be the voice again; what follows tells.
        if (!IsSpeaking || isVoice) { return TurnSignal.None; }
        if (_silent >= Silence)
        {
            Quiet();
            return TurnSignal.Stopped;
        }
        if (_settings is not SemanticVad || _isPausing || _silent < Pause) { return TurnSignal.None; }
        _isPausing = true;
        Pauses++;
        return TurnSignal.Paused;
    }

    /// <summary>How the words up to a pause sound. Too late when the caller has gone on meanwhile.</summary>
    public void Judge(int pause, Ending ending)
    {
        if (_isPausing && pause == Pauses) { _ending = ending; }
    }

    /// <summary>What was heard so far was committed or cleared.</summary>
    public void Empty()
    {
        _bufferStart = Clock;
        Quiet();
    }

    private double Threshold => (_settings as ServerVad)?.Threshold ?? 0.5;

    private double Sure => 1 - (1 - Threshold) * SureDoubt;

    private TimeSpan Padding => TimeSpan.FromMilliseconds((_settings as ServerVad)?.PrefixPaddingMs ?? 300);

    private TimeSpan Silence => TimeSpan.FromMilliseconds(_settings switch
    {
        ServerVad server => server.SilenceDurationMs,
        SemanticVad { Eagerness: "high" } => Wait(200, 300, 2_000),
        SemanticVad { Eagerness: "low" } => Wait(600, 1_200, 8_000),
        _ => Wait(300, 600, 4_000),
    });

    private int Wait(int finishedMs, int unknownMs, int openMs) => _ending switch
    {
        Ending.Finished => finishedMs,
        Ending.Open => openMs,
        _ => unknownMs,
    };

    private void Quiet()
    {
        IsSpeaking = false;
        _voiced = _silent = TimeSpan.Zero;
    }
}
