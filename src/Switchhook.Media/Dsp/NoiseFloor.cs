namespace Switchhook.Media.Dsp;

/// <summary>
/// What the line sounds like when nobody speaks, in decibels per band. It falls quickly to whatever is quieter; it
/// rises quickly only on frames that cannot be a voice, and so slowly on the others that a long sentence without a
/// pause is not swallowed, while a hum that stays is.
/// </summary>
internal sealed class NoiseFloor
{
    public const int Bands = 8;

    // One frame is 20 ms: 25 dB/s down, 25 dB/s up on noise, 0.75 dB/s up on what may be a voice.
    private const float Fall = 0.5f;
    private const float RiseOnNoise = 0.5f;
    private const float RiseOnVoice = 0.015f;

    /// <summary>Below this no line is quiet: the idle noise of G.711 A-law is −72 dBFS in all bands together.</summary>
    private const float QuietDb = 15f;

    // Edges in bins of 31.25 Hz: 94, 250, 500, 812, 1188, 1688, 2312, 3062 and 3750 Hz, about as the ear divides the phone band.
    private static ReadOnlySpan<byte> Edges => [3, 8, 16, 26, 38, 54, 74, 98, 120];

    public const int FirstBin = 3;
    public const int LastBin = 120;

    private readonly float[] _floor = new float[Bands];
    private readonly float[] _level = new float[Bands];

    public NoiseFloor() => Array.Fill(_floor, QuietDb);

    /// <summary>The mean change of level from one frame to the next, in decibels: 2 to 8 for speech, under 1 for a machine's hum.</summary>
    public float Flux { get; private set; } = 4;

    /// <summary>How far the loudest four bands rise above the floor, in decibels, on average.</summary>
    public float Prominence { get; private set; }

    /// <summary>Measures one frame against the floor as it is.</summary>
    public void Measure(ReadOnlySpan<float> power)
    {
        float change = 0;
        Span<float> rises = stackalloc float[Bands];
        for (int band = 0; band < Bands; band++)
        {
            float sum = 0;
            for (int bin = Edges[band]; bin < Edges[band + 1]; bin++) { sum += power[bin]; }
            float level = 10 * MathF.Log10(sum + 1);
            change += Math.Abs(level - _level[band]);
            _level[band] = level;
            rises[band] = Math.Clamp(level - _floor[band], 0, 30);
        }
        // The most prominent four, not all: a vowel leaves half of the bands to the noise.
        rises.Sort();
        Prominence = (rises[7] + rises[6] + rises[5] + rises[4]) / 4;
        Flux += (change / Bands - Flux) * 0.08f;
    }

    /// <summary>The power of the floor in all bands together, in squared samples.</summary>
    public float Power()
    {
        float sum = 0;
        foreach (float band in _floor) { sum += MathF.Pow(10, band / 10); }
        return sum;
    }

    /// <summary>Lets the floor follow the frame that was measured last.</summary>
    public void Follow(bool mayBeVoice)
    {
        float rise = mayBeVoice ? RiseOnVoice : RiseOnNoise;
        for (int band = 0; band < Bands; band++)
        {
            float difference = _level[band] - _floor[band];
            _floor[band] = Math.Max(QuietDb, _floor[band] + Math.Clamp(difference * 0.25f, -Fall, rise));
        }
    }
}
