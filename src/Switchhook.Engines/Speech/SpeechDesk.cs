using System.Collections.Concurrent;

namespace Switchhook.Engines.Speech;

/// <summary>
/// Where engines have lines spoken: by espeak-ng where it is installed, else by tones, so a caller always hears
/// something. A line is synthesized once and then kept; what was used longest ago makes room.
/// </summary>
public sealed class SpeechDesk
{
    /// <summary>What a line costs beside its sound; so that lines without any make room for others too.</summary>
    internal const int EntryBytes = 512;

    private readonly ConcurrentDictionary<SpeechRequest, Kept> _kept = new();
    private readonly IVoice? _voice;
    private readonly IEngineObserver _observer;
    private readonly long _bytesMax;
    private long _bytes;
    private long _uses;

    internal SpeechDesk(IVoice? voice, IEngineObserver observer, long bytesMax = Limits.SpeechCacheBytes)
    {
        _voice = voice;
        _observer = observer;
        _bytesMax = bytesMax;
    }

    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Finds out whether <paramref name="program"/> speaks, and says so when it does not.</summary>
    public static async Task<SpeechDesk> OpenAsync(IEngineObserver observer, string program = "espeak-ng", CancellationToken cancellation = default)
    {
        EspeakVoice? voice = await EspeakVoice.ProbeAsync(program, cancellation);
        if (voice is null) { observer.SpeaksTonesOnly(program); }
        return new SpeechDesk(voice, observer);
    }

    /// <summary>The line as it is heard. Does not fail: what cannot be spoken is toned.</summary>
    public async Task<SpokenLine> SpeakAsync(SpeechRequest request, CancellationToken cancellation)
    {
        Kept kept = _kept.GetOrAdd(request, static (request, desk) => new Kept(() => desk.SynthesizeAsync(request)), this);
        Interlocked.Exchange(ref kept.LastUse, Interlocked.Increment(ref _uses));
        // All who wait for the same line share one synthesis, so none of them may cancel it.
        return await kept.Line.Value.WaitAsync(cancellation);
    }

    private async Task<SpokenLine> SynthesizeAsync(SpeechRequest request)
    {
        SpokenLine? line = null;
        if (_voice is not null)
        {
            try { line = await _voice.SpeakAsync(request, CancellationToken.None); }
            catch (Exception exception) { _observer.SpeechFailed(exception.Message); }      // whatever it was: a fault must not be kept in place of a line
        }
        bool keep = line is not null || _voice is null;
        line ??= ToneVoice.Speak(request);
        if (keep) { Keep(request, line); }
        else { _kept.TryRemove(request, out _); }   // the next caller may have better luck
        return line;
    }

    private void Keep(SpeechRequest request, SpokenLine line)
    {
        if (!_kept.TryGetValue(request, out Kept? kept)) { return; }
        kept.Bytes = line.Samples * sizeof(short) + EntryBytes;
        long bytes = Interlocked.Add(ref _bytes, kept.Bytes);
        while (bytes > _bytesMax)
        {
            KeyValuePair<SpeechRequest, Kept> oldest = _kept.Where(pair => pair.Value.Bytes > 0).MinBy(pair => Interlocked.Read(ref pair.Value.LastUse));
            if (oldest.Value is null) { return; }
            bytes = _kept.TryRemove(oldest) ? Interlocked.Add(ref _bytes, -oldest.Value.Bytes) : Bytes;
        }
    }

    private sealed class Kept(Func<Task<SpokenLine>> synthesize)
    {
        public Lazy<Task<SpokenLine>> Line { get; } = new(synthesize);
        public long LastUse;
        public long Bytes;
    }
}
