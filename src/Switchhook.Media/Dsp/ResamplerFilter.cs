using System.Collections.Concurrent;

namespace Switchhook.Media.Dsp;

/// <summary>
/// The low-pass between two rates: a Kaiser-windowed sinc that is flat to 0.85 and 70 dB down from 1.15 of half the
/// lower rate (3,400 and 4,600 Hz for a phone: the band it carries, and the first image of that band). Cut into one
/// short filter for each position an output sample can have between two input samples. Immutable and shared.
/// </summary>
internal sealed class ResamplerFilter
{
    private const int TapsAtLowerRate = 32;
    private const double KaiserBeta = 7.5;

    // The rates audio comes in here: telephone, wide-band telephone, synthesizer, Realtime, Opus. A closed set bounds the cache.
    private static ReadOnlySpan<int> Rates => [8000, 16000, 22050, 24000, 48000];

    private static readonly ConcurrentDictionary<(int From, int To), ResamplerFilter> Known = new();

    private readonly float[] _coefficients;

    private ResamplerFilter(int fromHertz, int toHertz)
    {
        int divisor = Divisor(fromHertz, toHertz);
        Up = toHertz / divisor;
        Down = fromHertz / divisor;
        // The filter spans the same time whichever side is slower; a multiple of eight fills the vector lanes.
        int taps = (int)Math.Ceiling(TapsAtLowerRate * Math.Max(1, (double)fromHertz / toHertz));
        Taps = (taps + 7) / 8 * 8;
        DelayInputSamples = Taps / 2;
        _coefficients = new float[Taps * Up];
        Design(Math.Min(fromHertz, toHertz) / 2.0 / fromHertz);
    }

    /// <summary>Outputs for <see cref="Down"/> inputs.</summary>
    public int Up { get; }

    /// <summary>Inputs for <see cref="Up"/> outputs.</summary>
    public int Down { get; }

    /// <summary>Inputs that one output is made of.</summary>
    public int Taps { get; }

    public int DelayInputSamples { get; }

    public static ResamplerFilter For(int fromHertz, int toHertz)
    {
        if (!Rates.Contains(fromHertz)) { throw new ArgumentOutOfRangeException(nameof(fromHertz), fromHertz, "not a rate of audio here"); }
        if (!Rates.Contains(toHertz)) { throw new ArgumentOutOfRangeException(nameof(toHertz), toHertz, "not a rate of audio here"); }
        return Known.GetOrAdd((fromHertz, toHertz), static rates => new ResamplerFilter(rates.From, rates.To));
    }

    /// <summary>The coefficients for an output that lies <paramref name="phase"/> / <see cref="Up"/> behind an input, oldest input first.</summary>
    public ReadOnlySpan<float> Phase(int phase) => _coefficients.AsSpan(phase * Taps, Taps);

    /// <param name="cutoff">In cycles per input sample.</param>
    private void Design(double cutoff)
    {
        double middle = Taps / 2.0;
        for (int phase = 0; phase < Up; phase++)
        {
            Span<float> coefficients = _coefficients.AsSpan(phase * Taps, Taps);
            double sum = 0;
            for (int tap = 0; tap < Taps; tap++)
            {
                // How long before the output this input lies, seen from the middle of the filter.
                double distance = Taps - 1 - tap + (double)phase / Up - middle;
                double value = Sinc(2 * cutoff * distance) * Kaiser(distance / middle);
                coefficients[tap] = (float)value;
                sum += value;
            }
            // Every phase passes a constant unchanged; otherwise the phases would hum against each other.
            foreach (ref float coefficient in coefficients) { coefficient = (float)(coefficient / sum); }
        }
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x) => Math.Abs(x) > 1 ? 0 : Bessel(KaiserBeta * Math.Sqrt(1 - x * x)) / Bessel(KaiserBeta);

    /// <summary>The modified Bessel function of order zero, by its series: 30 terms are exact to the last bit below x = 10.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; k <= 30; k++)
        {
            term *= x / 2 / k * (x / 2 / k);
            sum += term;
        }
        return sum;
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
}
