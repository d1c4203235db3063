namespace Switchhook.Media.Dsp;

/// <summary>
/// How loud the bands of a phone line are, in decibels, and how quiet they have been lately. The quietest moment of the last
/// second and a half is what the line sounds like when nobody speaks (minimum statistics): words have gaps in every band,
/// noise that stays has none. So a street is learnt in that time whoever speaks over it, and nothing has to decide first whether
/// somebody does.
/// </summary>
internal sealed class BandLevels
{
    public const int Bands = 10;

    // Edges in bins of 31.25 Hz: 94, 219, 344, 500, 688, 938, 1250, 1656, 2188, 2875 and 3750 Hz, about as the ear divides the phone band.
    private static ReadOnlySpan<byte> Edges => [3, 7, 11, 16, 22, 30, 40, 53, 70, 92, 120];

    public const int FirstBin = 3;
    public const int LastBin = 120;

    // Added to every band: below this no line is quiet. The idle noise of G.711 A-law is −72 dBFS in all bands together.
    private const float QuietPower = 30;

    private const float Smoothing = 0.4f;
    private const int SliceFrames = 10;
    private const int Slices = 8;

    private readonly float[] _level = new float[Bands];
    private readonly float[] _before = new float[Bands];
    private readonly float[] _smooth = new float[Bands];
    private readonly float[] _minima = new float[Slices * Bands];
    private readonly float[] _floor = new float[Bands];
    private readonly float[] _lately = new float[Bands];
    private int _frame = -1;

    public BandLevels()
    {
        float quiet = 10 * MathF.Log10(QuietPower);
        Array.Fill(_level, quiet);
        Array.Fill(_smooth, quiet);
        Array.Fill(_minima, quiet);
        Array.Fill(_floor, quiet);
        Array.Fill(_lately, quiet);
        Array.Fill(_mean, quiet);
        Array.Fill(_spread, 2f);
    }

    private readonly float[] _mean = new float[Bands];
    private readonly float[] _spread = new float[Bands];
    public ReadOnlySpan<float> Mean => _mean;
    public ReadOnlySpan<float> Spread => _spread;

    public ReadOnlySpan<float> Level => _level;

    public ReadOnlySpan<float> Before => _before;

    public ReadOnlySpan<float> Floor => _floor;

    /// <summary>The quietest of the last 200 to 400 ms.</summary>
    public ReadOnlySpan<float> Lately => _lately;

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
            float level = _level[band] = 10 * MathF.Log10(sum);
            float smooth = _smooth[band] += (level - _smooth[band]) * Smoothing;
            minima[band] = isNew ? smooth : Math.Min(minima[band], smooth);
            _lately[band] = Math.Min(minima[band], last[band]);
            float floor = smooth;
            for (int i = 0; i < Slices; i++) { floor = Math.Min(floor, _minima[i * Bands + band]); }
            _floor[band] = floor;
            // What is near the quietest is taken for noise, and its mean is what the line sounds like.
            bool isNoise = smooth - floor < 2 + 2.5f * _spread[band];
            float rate = isNoise ? Math.Max(0.03f, 1f / (_frame + 2)) : 0.0005f;
            _mean[band] = Math.Max(floor, _mean[band] + (level - _mean[band]) * rate);
            if (isNoise) { _spread[band] += (Math.Min(Math.Abs(level - _mean[band]), 8) - _spread[band]) * 0.02f; }
        }
    }
}
