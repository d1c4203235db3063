namespace Switchhook.Media.Dsp;

/// <summary>
/// Tells how probable speech is in each 20 ms of a phone line, at any rate frames exist in. What is measured of them
/// (<see cref="VoiceFeatures"/>) is weighed by a small net that remembers (<see cref="VoiceNet"/>) and was shown thousands of calls with voices in
/// noise, and noise without; bench/Switchhook.Hearing shows how well it hears, and what it takes for a voice that is none.
/// Waiting for the end of a sentence is not done here: that belongs to turn detection, which knows how long to wait.
/// </summary>
public sealed class VoiceActivity
{
    /// <summary>What a line sounds like must be heard before a voice can stand out from it.</summary>
    internal const int FramesUnjudged = 5;

    private const int AnalysisHertz = 8000;
    private const int FrameSamples = AnalysisHertz / 50;

    private static readonly VoiceNet Net = VoiceNet.Taught();

    private readonly Resampler? _down;
    private readonly int _frameSamples;
    private readonly short[] _narrow = new short[FrameSamples];
    private readonly VoiceFeatures _measure = new();
    private readonly float[] _features = new float[VoiceNet.Inputs];
    private readonly float[] _cells = new float[VoiceNet.Cells];
    private int _unjudged = FramesUnjudged;

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
        _measure.Measure(frame, _features);
        float logOdds = Net.LogOdds(_features, _cells);
        if (_unjudged > 0)
        {
            _unjudged--;
            return 0;
        }
        return 1 / (1 + MathF.Exp(-logOdds));
    }
}
