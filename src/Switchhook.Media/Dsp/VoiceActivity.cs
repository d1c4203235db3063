namespace Switchhook.Media.Dsp;

/// <summary>
/// Tells how probable speech is in each 20 ms of a phone line, at any rate frames exist in. Speech begins with a
/// voice: something periodic that stands out of the noise floor, is no tone of a machine and does not stand still.
/// What follows a voice without being periodic (s, f, t) stays speech for a moment while it stands out. So a hiss, a
/// knock, a dial tone or a hum starts no turn; a whisper does not either, which is the price.
/// Waiting for the end of a sentence is not done here: that belongs to turn detection, which knows how long to wait.
/// </summary>
public sealed class VoiceActivity
{
    private const int AnalysisHertz = 8000;
    private const int FrameSamples = AnalysisHertz / 50;

    // A voice must show in two frames before it is more probable than not; once heard it is believed for about 300 ms.
    private const float Attack = 0.4f;
    private const float Release = 0.05f;

    private const float Trust = 0.25f;

    // The gap between two syllables, a p or a t, is 50 to 100 ms.
    private const float Forgetting = 0.08f;

    private readonly Resampler? _down;
    private readonly int _frameSamples;
    private readonly short[] _narrow = new short[FrameSamples];
    private readonly float[] _history = new float[PowerSpectrum.Points];
    private readonly float[] _power = new float[PowerSpectrum.Bins];
    private readonly PowerSpectrum _spectrum = new();
    private readonly NoiseFloor _floor = new();
    private readonly Pitch _pitch = new();
    private float _highPassIn, _highPassOut;
    private float _natural = 1;
    private float _presence;
    private float _standsOut;

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
        Remember(frame);
        _spectrum.Measure(_history, _power);
        _floor.Measure(_power);
        float pitch = _pitch.Measure(_history.AsSpan(PowerSpectrum.Points - FrameSamples));
        float lively = Between(_floor.Flux, 0.8f, 1.6f);
        // A key that is let go sounds for two frames like anything that ends: suspicion outlasts the tone.
        float natural = _natural = Math.Min(Naturalness(), _natural + Trust);
        float voice = Between(pitch, 0.4f, 0.7f) * natural * lively;
        _standsOut = Math.Max(Between(_floor.Prominence, 1.5f, 5f), _standsOut - Forgetting);
        _floor.Follow(mayBeVoice: pitch > 0.5f && lively > 0.5f && natural > 0.5f);
        Believe(voice * Between(_floor.Prominence, 1f, 4.5f), natural);
        return _presence * _standsOut;
    }

    private void Believe(float heard, float natural)
    {
        if (heard > _presence) { _presence += (heard - _presence) * Attack; return; }
        // A dark vowel in the middle of a sentence is as pure as a tone; only what has not become a voice yet is doubted.
        float doubt = _presence < 0.5f ? Attack * (1 - natural) : 0;
        _presence = Math.Max(heard, _presence - Release - doubt);
    }

    /// <summary>The newest frame moves in, without what lies below 80 Hz: hum and the offset of a bad line card.</summary>
    private void Remember(ReadOnlySpan<short> frame)
    {
        Array.Copy(_history, FrameSamples, _history, 0, PowerSpectrum.Points - FrameSamples);
        Span<float> fresh = _history.AsSpan(PowerSpectrum.Points - FrameSamples);
        for (int i = 0; i < frame.Length; i++)
        {
            _highPassOut = 0.94f * (_highPassOut + frame[i] - _highPassIn);
            _highPassIn = frame[i];
            fresh[i] = _highPassOut;
        }
    }

    /// <summary>
    /// 0 for a dial tone, a key, a fax or a whistle, whose power lies in two lines at most, but for what the codec or
    /// the line adds. A dark vowel of a high voice comes close (99 %), but what it has besides stands out of the noise.
    /// </summary>
    private float Naturalness()
    {
        ReadOnlySpan<float> power = _power.AsSpan(NoiseFloor.FirstBin, NoiseFloor.LastBin - NoiseFloor.FirstBin);
        float all = 1;
        foreach (float bin in power) { all += bin; }
        int first = Strongest(power, -1);
        int second = Strongest(power, first);
        float lines = Line(power, first) + Line(power, second);
        float share = lines / all;
        float besides = 10 * MathF.Log10((all - lines) / _floor.Power());
        float surely = Between(share, 0.995f, 0.999f);
        float probably = Between(share, 0.96f, 0.985f) * (1 - Between(besides, 1.5f, 5));
        return 1 - Math.Max(surely, probably);
    }

    /// <summary>The strongest bin, outside of the line around <paramref name="except"/>.</summary>
    private static int Strongest(ReadOnlySpan<float> power, int except)
    {
        int strongest = except == 0 ? power.Length - 1 : 0;
        float most = -1;
        for (int bin = 0; bin < power.Length; bin++)
        {
            if (except >= 0 && Math.Abs(bin - except) <= 4) { continue; }
            if (power[bin] > most) { (most, strongest) = (power[bin], bin); }
        }
        return strongest;
    }

    /// <summary>A windowed sine covers its bin and two to either side.</summary>
    private static float Line(ReadOnlySpan<float> power, int bin)
    {
        float sum = 0;
        for (int i = Math.Max(0, bin - 2); i <= Math.Min(power.Length - 1, bin + 2); i++) { sum += power[i]; }
        return sum;
    }

    /// <summary>0 up to <paramref name="low"/>, 1 from <paramref name="high"/>, straight between.</summary>
    private static float Between(float value, float low, float high) => Math.Clamp((value - low) / (high - low), 0, 1);
}
