namespace Switchhook.Media.Dsp;

/// <summary>
/// Tells how probable speech is in each 20 ms of a phone line, at any rate frames exist in. What the last third of a second
/// measured (<see cref="VoiceFeatures"/>) is weighed by a small net (<see cref="VoiceNet"/>) that was shown thousands of calls with voices in
/// noise, and noise without; bench/Switchhook.Hearing shows how well it hears, and what it takes for a voice that is none.
/// Waiting for the end of a sentence is not done here: that belongs to turn detection, which knows how long to wait.
/// </summary>
public sealed class VoiceActivity
{
    private const int AnalysisHertz = 8000;
    private const int FrameSamples = AnalysisHertz / 50;

    // A turn that is missed costs as much as one that nobody began: so even odds would do, but noise lasts longer than speech.
    private const float EvenLogOdds = 0.8f;

    // Of a machine's tone next to nothing lies besides its two lines; of the darkest vowel on a line without noise, a ten-thousandth.
    private const float ToneBesides = -4.3f, VoiceBesides = -3.9f;

    private static readonly VoiceNet Net = VoiceWeights.Net;

    private readonly Resampler? _down;
    private readonly int _frameSamples;
    private readonly short[] _narrow = new short[FrameSamples];
    private readonly VoiceFeatures _measure = new();
    private readonly float[] _features = new float[VoiceNet.Inputs];
    private float _last;
    private readonly float[] _sums = new float[Net.Frames * Net.PerFrame];

    public VoiceActivity(int sampleRate)
    {
        _frameSamples = sampleRate / 50;
        _down = sampleRate == AnalysisHertz ? null : new Resampler(sampleRate, AnalysisHertz);
    }

    /// <summary>Takes exactly 20 ms; the answer is between 0 and 1. Allocates nothing.</summary>
    public float Hear(ReadOnlySpan<short> frame)
    {
        if (frame.Length != _frameSamples) { throw new ArgumentException("a frame is 20 ms", nameof(frame)); }
        if (_down is not null)
        {
            // All that tells a voice from noise lies below 4 kHz, so every rate is judged as a phone line.
            _down.Process(frame, _narrow);
            frame = _narrow;
        }
        _sums.AsSpan(0, _sums.Length - Net.PerFrame).CopyTo(_sums.AsSpan(Net.PerFrame));
        _measure.Measure(frame, _features);
        Net.Sum(_features, _sums);
        float voice = 1 / (1 + MathF.Exp(EvenLogOdds - Net.LogOdds(_sums)));
        // Only what has not become a voice yet is doubted: the end of a word may be as pure as a tone.
        if (_last < 0.5f) { voice *= Math.Clamp((_measure.Besides - ToneBesides) / (VoiceBesides - ToneBesides), 0, 1); }
        return _last = voice;
    }
}
