namespace Switchhook.Media.Dsp;

/// <summary>
/// How much of one frequency is in a block of audio: a Fourier transform of a single line, at the price of one
/// multiplication a sample. What DTMF and progress tones are told apart with.
/// </summary>
public readonly struct Goertzel
{
    private readonly double _coefficient;

    public Goertzel(int sampleRate, double hertz)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hertz);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(hertz, sampleRate / 2.0);
        _coefficient = 2 * Math.Cos(2 * Math.PI * hertz / sampleRate);
    }

    /// <summary>The mean power of the frequency in the block, in squared samples: a steady sine of amplitude a measures a²/2.</summary>
    public double Power(ReadOnlySpan<short> block)
    {
        if (block.IsEmpty) { return 0; }
        double last = 0, beforeLast = 0;   // a float would drift over a second of audio
        foreach (short sample in block)
        {
            double next = sample + _coefficient * last - beforeLast;
            beforeLast = last;
            last = next;
        }
        double squared = last * last + beforeLast * beforeLast - _coefficient * last * beforeLast;
        return Math.Max(0, 2 * squared / ((double)block.Length * block.Length));
    }
}
