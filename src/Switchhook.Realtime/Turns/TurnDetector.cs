using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Turns;

internal enum TurnSignal : byte { None, Started, Stopped }

/// <summary>
/// When the caller begins and ends to speak (realtime-api §4.5), from frames of so much audio with so much voice in it.
/// Time is the audio's own: milliseconds of all audio heard in the session.
/// <code>
///   quiet ──voice ≥ threshold for 40 ms──► speaking ──silence_duration_ms without──► quiet
/// </code>
/// server_vad is this with its numbers. semantic_vad has no meaning to go by here: it waits longer the less eager it is
/// (high 300 ms, medium and auto 600 ms, low 1,200 ms), well inside the longest waits the contract allows it.
/// </summary>
internal sealed class TurnDetector(TurnDetection? settings)
{
    // One frame is too little: a click has as much.
    private static readonly TimeSpan Onset = TimeSpan.FromMilliseconds(40);

    private TurnDetection? _settings = settings;
    private TimeSpan _voiced;
    private TimeSpan _silent;
    private TimeSpan _bufferStart;

    /// <summary>All audio heard so far.</summary>
    public TimeSpan Clock { get; private set; }

    public bool IsSpeaking { get; private set; }

    /// <summary>Where the speech began, prefix padding included.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>Audio heard since the last commit or clear.</summary>
    public TimeSpan Buffered => Clock - _bufferStart;

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
        _silent = isVoice ? TimeSpan.Zero : _silent + length;
        if (!IsSpeaking && _voiced >= Onset)
        {
            IsSpeaking = true;
            TimeSpan padded = Clock - _voiced - Padding;
            Start = padded > _bufferStart ? padded : _bufferStart;
            return TurnSignal.Started;
        }
        if (IsSpeaking && !isVoice && _silent >= Silence)
        {
            Quiet();
            return TurnSignal.Stopped;
        }
        return TurnSignal.None;
    }

    /// <summary>What was heard so far was committed or cleared.</summary>
    public void Empty()
    {
        _bufferStart = Clock;
        Quiet();
    }

    private double Threshold => (_settings as ServerVad)?.Threshold ?? 0.5;

    private TimeSpan Padding => TimeSpan.FromMilliseconds((_settings as ServerVad)?.PrefixPaddingMs ?? 300);

    private TimeSpan Silence => TimeSpan.FromMilliseconds(_settings switch
    {
        ServerVad server => server.SilenceDurationMs,
        SemanticVad { Eagerness: "high" } => 300,
        SemanticVad { Eagerness: "low" } => 1_200,
        _ => 600,
    });

    private void Quiet()
    {
        IsSpeaking = false;
        _voiced = _silent = TimeSpan.Zero;
    }
}
