namespace Switchhook.Media.Dsp;

/// <summary>
/// One or two sines that sound for a while and rest for a while: dial tone, ringback, a comfort sound, a key. The
/// phase goes on from one block to the next, so blocks of any length join without a click.
/// </summary>
public sealed class Tone
{
    private readonly float _amplitude;
    private readonly Oscillator _low;
    private readonly Oscillator _high;
    private readonly int _soundSamples;
    private readonly int _restSamples;
    private readonly int _rampSamples;
    private int _position;

    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="hertz">The (first) frequency.</param>
    /// <param name="dbfs">Level of the whole sound.</param>
    /// <param name="secondHertz">A second frequency of the same strength, or 0.</param>
    /// <param name="soundMs">How long it sounds before it rests; 0: without end.</param>
    /// <param name="restMs">How long it rests before it sounds again.</param>
    public Tone(int sampleRate, double hertz, double dbfs, double secondHertz = 0, int soundMs = 0, int restMs = 0)
    {
        _low = new Oscillator(sampleRate, hertz);
        _high = new Oscillator(sampleRate, secondHertz);
        // A sine of amplitude a has the power a²/2; two of them share the level.
        double peak = 32768 * Level.Factor(dbfs) * Math.Sqrt(2);
        _amplitude = (float)(secondHertz > 0 ? peak / Math.Sqrt(2) : peak);
        _soundSamples = sampleRate / 1000 * soundMs;
        _restSamples = sampleRate / 1000 * restMs;
        _rampSamples = sampleRate / 250;
    }

    /// <summary>Writes the next samples. The edges of a cadence are ramps of 4 ms: a hard edge is a click.</summary>
    public void Fill(Span<short> samples)
    {
        foreach (ref short sample in samples)
        {
            float value = _low.Next() + _high.Next();
            sample = Level.Clip(value * _amplitude * Envelope());
        }
    }

    private float Envelope()
    {
        if (_soundSamples == 0) { return 1; }
        int at = _position;
        _position = (_position + 1) % (_soundSamples + _restSamples);
        int edge = Math.Min(at + 1, _soundSamples - at);
        return edge <= 0 ? 0 : Math.Min(1f, (float)edge / _rampSamples);
    }

    /// <summary>A rotating pointer: its imaginary part is the sine. Pulled back to length one as it goes, so it never fades or grows.</summary>
    private sealed class Oscillator
    {
        private readonly double _turnReal;
        private readonly double _turnImaginary;
        private double _real = 1;
        private double _imaginary;

        public Oscillator(int sampleRate, double hertz)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(hertz);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(hertz, sampleRate / 2.0);
            (_turnImaginary, _turnReal) = Math.SinCos(2 * Math.PI * hertz / sampleRate);
        }

        public float Next()
        {
            float value = (float)_imaginary;
            double real = _real * _turnReal - _imaginary * _turnImaginary;
            double imaginary = _real * _turnImaginary + _imaginary * _turnReal;
            // One step of Newton's method towards length one; exact enough because the error of a step is 1e-16.
            double correction = (3 - (real * real + imaginary * imaginary)) / 2;
            _real = real * correction;
            _imaginary = imaginary * correction;
            return value;
        }
    }
}
