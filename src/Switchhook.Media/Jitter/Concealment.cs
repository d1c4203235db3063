namespace Switchhook.Media.Jitter;

/// <summary>
/// Makes up speech where packets are missing, in the manner of ITU-T G.711 Appendix I: the last pitch period is repeated,
/// its seams joined, from 10 ms on ever quieter and from 60 ms on exactly silent. Other than the Appendix it adds
/// no delay (which pays for an overlap before the gap); what is not missing passes unchanged, except for the first 5 ms
/// after a gap, where the made-up speech is faded out under it.
/// </summary>
internal sealed class Concealment
{
    private const int PitchMin = 40;                     // 200 Hz
    private const int PitchMax = 120;                    // 66 Hz
    private const int ComparedSamples = 160;
    private const int HistorySamples = PitchMax + PitchMax / 4 + ComparedSamples;
    private const int FullSamples = 10 * MediaClock.SamplesPerMs;
    private const int AudibleSamples = 60 * MediaClock.SamplesPerMs;
    private const int RecoverySamples = 5 * MediaClock.SamplesPerMs;

    private readonly short[] _history = new short[HistorySamples];
    private readonly short[] _period = new short[PitchMax];
    private int _pitch = PitchMin;
    private int _step;
    private int _made;

    /// <summary>True while what <see cref="Make"/> gives can be heard.</summary>
    public bool IsAudible => _made < AudibleSamples;

    /// <summary>Speech that arrived: remembered, and joined to what was made up before it.</summary>
    public void Join(Span<short> speech)
    {
        if (_made > 0 && IsAudible)
        {
            int length = Math.Min(speech.Length, RecoverySamples);
            for (int i = 0; i < length; i++)
            {
                int made = Next(i);
                speech[i] = (short)(made + (speech[i] - made) * (i + 1) / (length + 1));
            }
        }
        _made = 0;
        Remember(speech);
    }

    /// <summary>Fills a gap.</summary>
    public void Make(Span<short> gap)
    {
        if (_made == 0) { Begin(); }
        for (int i = 0; i < gap.Length; i++)
        {
            gap[i] = Next(0);
            _made = Math.Min(_made + 1, AudibleSamples);
        }
    }

    /// <summary>Silence that the peer meant: nothing is missing.</summary>
    public void Pause(Span<short> silence)
    {
        silence.Clear();
        _made = 0;
        Remember(silence);
    }

    public void Reset()
    {
        _history.AsSpan().Clear();
        _made = 0;
    }

    private short Next(int ahead)
    {
        int at = _made + ahead;
        if (at >= AudibleSamples) { return 0; }
        int sample = _period[at % _pitch];

        // The repetition begins where the last real sample was, and gives the difference up within a quarter period.
        int seam = _pitch / 4;
        if (at < seam) { sample += _step * (seam - at) / (seam + 1); }
        sample = Math.Clamp(sample, short.MinValue, short.MaxValue);
        return (short)(at < FullSamples ? sample : sample * (AudibleSamples - at) / (AudibleSamples - FullSamples));
    }

    private void Begin()
    {
        _pitch = Pitch();
        ReadOnlySpan<short> last = _history.AsSpan(HistorySamples - _pitch);
        last.CopyTo(_period);
        _step = _history[^1] - _history[HistorySamples - _pitch - 1];

        // The end of the period fades into what came before its beginning, so that it can be followed by itself.
        int seam = _pitch / 4;
        ReadOnlySpan<short> before = _history.AsSpan(HistorySamples - _pitch - seam, seam);
        for (int i = 0; i < seam; i++)
        {
            ref short sample = ref _period[_pitch - seam + i];
            sample = (short)(sample + (before[i] - sample) * (i + 1) / (seam + 1));
        }
    }

    /// <summary>The lag at which the last 20 ms resemble themselves most (normalised cross-correlation).</summary>
    private int Pitch()
    {
        ReadOnlySpan<short> recent = _history.AsSpan(HistorySamples - ComparedSamples);
        int best = PitchMax;
        double bestLikeness = 0;
        for (int lag = PitchMin; lag <= PitchMax; lag++)
        {
            ReadOnlySpan<short> past = _history.AsSpan(HistorySamples - ComparedSamples - lag, ComparedSamples);
            long product = 0, energy = 1;
            for (int i = 0; i < past.Length; i++)
            {
                product += past[i] * recent[i];
                energy += past[i] * past[i];
            }
            double likeness = product <= 0 ? 0 : (double)product * product / energy;
            if (likeness > bestLikeness) { (best, bestLikeness) = (lag, likeness); }
        }
        return best;
    }

    private void Remember(ReadOnlySpan<short> samples)
    {
        if (samples.Length >= HistorySamples)
        {
            samples[^HistorySamples..].CopyTo(_history);
            return;
        }
        _history.AsSpan(samples.Length).CopyTo(_history);
        samples.CopyTo(_history.AsSpan(HistorySamples - samples.Length));
    }
}
