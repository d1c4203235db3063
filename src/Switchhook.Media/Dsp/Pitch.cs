using System.Runtime.Intrinsics;

namespace Switchhook.Media.Dsp;

/// <summary>
/// How periodic the low end of a voice is. 8 kHz audio is brought down to 4 kHz, which leaves the first formant and
/// the harmonics a phone carries, and compared with itself one pitch period earlier (62 to 400 Hz).
/// </summary>
internal sealed class Pitch
{
    private const int LagMin = 10;    // 400 Hz at 4 kHz
    private const int LagMax = 64;    // 62 Hz
    private const int WindowSamples = 112;  // 28 ms: two periods of the lowest voices, and a multiple of eight
    private const int FrameSamples = 80;

    private const int Lags = LagMax - LagMin + 1;

    private readonly float[] _low = new float[LagMax + WindowSamples];
    private readonly float[] _likeness = new float[Lags];
    private readonly float[] _track = new float[Lags + 4];
    private float _a1, _a2, _b1, _b2;

    /// <summary>Takes 160 samples at 8 kHz and tells the highest normalized autocorrelation, 0 to 1: a voice has 0.7 and more.</summary>
    public (float Now, float Tracked) Measure(ReadOnlySpan<float> frame)
    {
        Array.Copy(_low, FrameSamples, _low, 0, _low.Length - FrameSamples);
        Span<float> fresh = _low.AsSpan(_low.Length - FrameSamples);
        for (int i = 0; i < frame.Length; i++)
        {
            // Two first-order low-pass sections at 1 kHz each: gentle, but enough to decimate by two for this purpose.
            float once = 0.2929f * (frame[i] + _a1) + 0.4142f * _a2;
            (_a1, _a2) = (frame[i], once);
            float twice = 0.2929f * (once + _b1) + 0.4142f * _b2;
            (_b1, _b2) = (once, twice);
            if ((i & 1) == 1) { fresh[i >> 1] = twice; }
        }
        return Strongest();
    }

    private (float, float) Strongest()
    {
        ReadOnlySpan<float> now = _low.AsSpan(LagMax);
        float energy = Energy(now);
        float earlierEnergy = Energy(_low.AsSpan(LagMax - LagMin + 1, WindowSamples));
        float best = 0;
        for (int lag = LagMin; lag <= LagMax; lag++)
        {
            // The window slides one sample into the past: one square comes in, one goes out.
            ReadOnlySpan<float> earlier = _low.AsSpan(LagMax - lag, WindowSamples);
            float entering = earlier[0], leaving = _low[LagMax - lag + WindowSamples];
            earlierEnergy += entering * entering - leaving * leaving;
            float product = Product(now, earlier);
            float likeness = _likeness[lag - LagMin] = product <= 0 ? 0 : product / MathF.Sqrt(energy * Math.Max(earlierEnergy, 0) + 1);
            best = Math.Max(best, likeness);
        }
        return (Math.Min(best, 1), Math.Min(Follow(), 1));
    }

    /// <summary>A pitch moves by a little from frame to frame; what noise resembles itself at jumps about. The best way through the lags of the last few frames.</summary>
    private float Follow()
    {
        Span<float> track = _track;
        float before2 = 0, before1 = 0, best = 0;
        for (int i = 0; i < Lags; i++)
        {
            float here = track[i + 2];
            float way = Math.Max(Math.Max(before1, before2), Math.Max(here, Math.Max(track[i + 3], track[i + 4])));
            (before2, before1) = (before1, here);
            track[i + 2] = 0.6f * way + 0.4f * _likeness[i];
            best = Math.Max(best, track[i + 2]);
        }
        return best;
    }

    /// <summary>Eight products at a time, added up in the same order on every processor: one by one they were a third of what voice activity costs.</summary>
    private static float Product(ReadOnlySpan<float> now, ReadOnlySpan<float> earlier)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < WindowSamples; i += Vector256<float>.Count) { sum += Vector256.Create(now[i..]) * Vector256.Create(earlier[i..]); }
        return Vector256.Sum(sum);
    }

    private static float Energy(ReadOnlySpan<float> samples)
    {
        float sum = 0;
        foreach (float sample in samples) { sum += sample * sample; }
        return sum;
    }
}
