namespace Switchhook.Media.Dsp;

/// <summary>
/// How loud the bands of a phone line are, in decibels, and how quiet they have been lately. The quietest moment of the last
/// second and a half is what the line sounds like when nobody speaks (minimum statistics): words have gaps in every band,
/// noise that stays has none. So a street is learnt in that time whoever speaks over it, and nothing has to decide first whether
/// somebody does. What is near that minimum is the noise itself, and gives its mean and its spread.
/// </summary>
internal sealed class BandLevels
{
    public const int Bands = 10;
    public const int FirstBin = 3;
    public const int LastBin = 120;

    // Added to every band: below this no line is quiet. The idle noise of G.711 A-law is −72 dBFS in all bands together.
    private const float QuietPower = 30;

    private const float Smoothing = 0.4f;
    private const int SliceFrames = 10;
    private const int Slices = 8;

    private readonly float[] _level = Quiet(Bands);
    private readonly float[] _before = Quiet(Bands);
    private readonly float[] _smooth = Quiet(Bands);
    private readonly float[] _minima = Quiet(Slices * Bands);
    private readonly float[] _floor = Quiet(Bands);
    private readonly float[] _lately = Quiet(Bands);
    private readonly float[] _mean = Quiet(Bands);
    private readonly float[] _spread = Filled(Bands, 2);
    private int _frame = -1;

    public ReadOnlySpan<float> Level => _level;

    /// <summary>The level one frame earlier.</summary>
    public ReadOnlySpan<float> Before => _before;

    public ReadOnlySpan<float> Floor => _floor;

    /// <summary>The quietest of the last 200 to 400 ms.</summary>
    public ReadOnlySpan<float> Lately => _lately;

    /// <summary>What the noise sounds like.</summary>
    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>How far the noise strays from its mean.</summary>
    public ReadOnlySpan<float> Spread => _spread;

    // In bins of 31.25 Hz: 94, 219, 344, 500, 688, 938, 1250, 1656, 2188, 2875 and 3750 Hz, about as the ear divides the phone band.
    private static ReadOnlySpan<byte> Edges => [FirstBin, 7, 11, 16, 22, 30, 40, 53, 70, 92, LastBin];

    public void Measure(ReadOnlySpan<float> power)
    {
        _level.CopyTo(_before, 0);
        _frame++;
        int slice = _frame / SliceFrames % Slices;
        bool isNew = _frame % SliceFrames == 0;
        Span<float> minima = _minima.AsSpan(slice * Bands, Bands);
        Span<float> last = _minima.AsSpan((slice + Slices - 1) % Slices * Bands, Bands);
        for (int band = 0; band < Bands; band++)
        {
            float sum = QuietPower;
            for (int bin = Edges[band]; bin < Edges[band + 1]; bin++) { sum += power[bin]; }
            _level[band] = 10 * MathF.Log10(sum);
            float smooth = _smooth[band] += (_level[band] - _smooth[band]) * Smoothing;
            minima[band] = isNew ? smooth : Math.Min(minima[band], smooth);
            _lately[band] = Math.Min(minima[band], last[band]);
            float floor = smooth;
            for (int i = 0; i < Slices; i++) { floor = Math.Min(floor, _minima[i * Bands + band]); }
            _floor[band] = floor;
            Learn(band);
        }
    }

    /// <summary>What is near the floor is noise; what is far above it teaches next to nothing.</summary>
    private void Learn(int band)
    {
        bool isNoise = _smooth[band] - _floor[band] < 2 + 2.5f * _spread[band];
        float rate = isNoise ? Math.Max(0.03f, 1f / (_frame + 2)) : 0.0005f;
        _mean[band] = Math.Max(_floor[band], _mean[band] + (_level[band] - _mean[band]) * rate);
        if (isNoise) { _spread[band] += (Math.Min(Math.Abs(_level[band] - _mean[band]), 8) - _spread[band]) * 0.02f; }
    }

    private static float[] Quiet(int length) => Filled(length, 10 * MathF.Log10(QuietPower));

    private static float[] Filled(int length, float value)
    {
        float[] filled = new float[length];
        Array.Fill(filled, value);
        return filled;
    }
}
