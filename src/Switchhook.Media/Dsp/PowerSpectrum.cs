namespace Switchhook.Media.Dsp;

/// <summary>
/// How the power of the last 32 ms of 8 kHz audio spreads over frequency: 128 bins of 31.25 Hz. A real transform of
/// 256 points done as a complex one of 128; the tables are shared, the working memory is the owner's.
/// </summary>
internal sealed class PowerSpectrum
{
    public const int Points = 256;
    public const int Bins = Points / 2;
    public const float BinHertz = 8000f / Points;

    private const int Half = Points / 2;
    private const int HalfBits = 7;

    private static readonly float[] Hann = Table(i => 0.5 - 0.5 * Math.Cos(Math.PI * (i < 200 ? (i + 0.5) / 200 : (Points - i - 0.5) / 56)));
    private static readonly float[] Cosine = Table(i => Math.Cos(2 * Math.PI * i / Points));
    private static readonly float[] Sine = Table(i => Math.Sin(2 * Math.PI * i / Points));

    private readonly float[] _real = new float[Half];
    private readonly float[] _imaginary = new float[Half];

    /// <summary>Power per bin in squared samples: the bins of white noise of variance v add up to v.</summary>
    public void Measure(ReadOnlySpan<float> samples, Span<float> power)
    {
        for (int i = 0; i < Half; i++)
        {
            // Even samples are the real part, odd ones the imaginary part, in bit-reversed order.
            int to = Reverse(i);
            _real[to] = samples[2 * i] * Hann[2 * i];
            _imaginary[to] = samples[2 * i + 1] * Hann[2 * i + 1];
        }
        Transform();
        // The window keeps 3/8 of the power; positive and negative frequencies fold onto one bin.
        const float scale = 2f / (Points * (float)Points * 0.375f);
        power[0] = 0;
        for (int k = 1; k < Half; k++)
        {
            // Taking the two interleaved transforms apart again.
            int mirror = Half - k;
            float evenReal = (_real[k] + _real[mirror]) / 2, evenImaginary = (_imaginary[k] - _imaginary[mirror]) / 2;
            float oddReal = (_imaginary[k] + _imaginary[mirror]) / 2, oddImaginary = (_real[mirror] - _real[k]) / 2;
            float real = evenReal + Cosine[k] * oddReal + Sine[k] * oddImaginary;
            float imaginary = evenImaginary + Cosine[k] * oddImaginary - Sine[k] * oddReal;
            power[k] = (real * real + imaginary * imaginary) * scale;
        }
    }

    private void Transform()
    {
        for (int size = 2; size <= Half; size *= 2)
        {
            int step = Points / size;
            for (int start = 0; start < Half; start += size)
            {
                for (int k = 0; k < size / 2; k++)
                {
                    int a = start + k, b = a + size / 2;
                    float cosine = Cosine[k * step], sine = Sine[k * step];
                    float real = _real[b] * cosine + _imaginary[b] * sine;
                    float imaginary = _imaginary[b] * cosine - _real[b] * sine;
                    _real[b] = _real[a] - real;
                    _imaginary[b] = _imaginary[a] - imaginary;
                    _real[a] += real;
                    _imaginary[a] += imaginary;
                }
            }
        }
    }

    private static int Reverse(int index)
    {
        int reversed = 0;
        for (int bit = 0; bit < HalfBits; bit++)
        {
            reversed = reversed << 1 | index & 1;
            index >>= 1;
        }
        return reversed;
    }

    private static float[] Table(Func<int, double> value)
    {
        float[] table = new float[Points];
        for (int i = 0; i < Points; i++) { table[i] = (float)value(i); }
        return table;
    }
}
