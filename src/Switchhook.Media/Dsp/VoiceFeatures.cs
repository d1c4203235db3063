namespace Switchhook.Media.Dsp;

/// <summary>
/// What of 20 ms tells a voice from everything else on a phone line, as numbers of about one: how far each band stands above
/// the noise, how it moves, how periodic it is, whether it is a machine's tone or a knock, what of that has lasted,
/// and when within the frame it began.
/// </summary>
internal sealed class VoiceFeatures
{
    public const int Count = 2 * BandLevels.Bands + 20 + Fine + 2 * Blocks;

    private const int Bands = BandLevels.Bands;
    private const int Fine = 24;
    private const int Blocks = FrameSamples / BlockSamples;
    private const int FrameSamples = 160;
    private const int BlockSamples = 40;

    // A first-order mean with this share of the newest has a memory of so many frames: 0.25, 0.5 and 1.3 s.
    private const float Short = 0.08f, Middle = 0.04f, Long = 0.015f;

    // How loud a voice was is forgotten by a decibel a second (20 dB are one, a second has 50 frames), down to the weakest that can be.
    private const float LoudestDecay = 0.001f, LoudestMin = -1;

    // A first-order low-pass at about 800 Hz: most of a vowel is below it, most of a consonant above.
    private const float LowPass = 0.45f;

    private readonly float[] _history = new float[PowerSpectrum.Points];
    private readonly float[] _power = new float[PowerSpectrum.Bins];
    private readonly PowerSpectrum _spectrum = new();
    private readonly BandLevels _bands = new();
    private readonly Pitch _pitch = new();
    private readonly UsualLevels _usualFine = new(Fine);
    private readonly UsualLevels _usualHalves = new(2);
    private float _highPassIn, _highPassOut, _low;
    private float _motionShort = 0.2f, _motionLong = 0.2f;
    private float _voicedShort, _voicedLong;
    private float _above, _total, _swing, _steady, _loudest = LoudestMin;
    private int _strongest;

    /// <summary>Takes 160 samples at 8 kHz.</summary>
    public void Measure(ReadOnlySpan<short> frame, Span<float> features)
    {
        Remember(frame);
        _spectrum.Measure(_history, _power);
        _bands.Measure(_power);
        Levels(features[..(2 * Bands)]);
        Motion(features.Slice(2 * Bands, 7));
        float tracked = Voicing(features.Slice(2 * Bands + 7, 4));
        Lines(features.Slice(2 * Bands + 11, 4));
        Loudness(features.Slice(2 * Bands + 15, 4), tracked);
        features[2 * Bands + 19] = Knock();
        FineLevels(features.Slice(2 * Bands + 20, Fine));
        BlockLevels(features.Slice(2 * Bands + 20 + Fine, 2 * Blocks));
    }

    // In bins of 31.25 Hz: from 94 Hz in steps of 63, from 1 kHz in steps of a tenth.
    private static ReadOnlySpan<byte> FineEdges => [3, 5, 7, 9, 11, 13, 15, 17, 20, 23, 26, 30, 34, 38, 43, 48, 53, 59, 65, 72, 80, 88, 97, 108, 120];

    /// <summary>Narrower bands than those the noise is learnt in, above what they usually have.</summary>
    private void FineLevels(Span<float> features)
    {
        _usualFine.Next();
        for (int band = 0; band < Fine; band++)
        {
            float sum = 10;
            for (int bin = FineEdges[band]; bin < FineEdges[band + 1]; bin++) { sum += _power[bin]; }
            float level = 10 * MathF.Log10(sum);
            features[band] = Scaled(level - _usualFine.Follow(band, level));
        }
    }

    /// <summary>What of the frame is newest: each of its 5 ms, below and above 800 Hz. A word has often begun only in the last of them.</summary>
    private void BlockLevels(Span<float> features)
    {
        ReadOnlySpan<float> fresh = _history.AsSpan(PowerSpectrum.Points - FrameSamples);
        features.Clear();
        for (int i = 0; i < FrameSamples; i++)
        {
            _low += (fresh[i] - _low) * LowPass;
            float high = fresh[i] - _low;
            features[i / BlockSamples] += _low * _low;
            features[Blocks + i / BlockSamples] += high * high;
        }
        _usualHalves.Next();
        for (int half = 0; half < 2; half++)
        {
            Span<float> levels = features.Slice(half * Blocks, Blocks);
            float mean = 0;
            for (int block = 0; block < Blocks; block++) { mean += (levels[block] = 10 * MathF.Log10(levels[block] / BlockSamples + 3)) / Blocks; }
            float usual = _usualHalves.Follow(half, mean);
            for (int block = 0; block < Blocks; block++) { levels[block] = Scaled(levels[block] - usual); }
        }
    }

    private static float Scaled(float decibels) => Math.Clamp(decibels, -20, 40) / 20;

    /// <summary>Each band above the quietest it was, and above the mean of the noise.</summary>
    private void Levels(Span<float> features)
    {
        for (int band = 0; band < Bands; band++)
        {
            features[band] = Math.Min(_bands.Level[band] - _bands.Floor[band], 40) / 20;
            features[band + Bands] = Scaled(_bands.Level[band] - _bands.Mean[band]);
        }
    }

    /// <summary>Noise that stays moves little, and evenly; a word rises above what was just before, and tilts.</summary>
    private void Motion(Span<float> features)
    {
        float change = 0, motion = 0, rise = 0, tilt = 0, above = 0, spread = 0;
        for (int band = 0; band < Bands; band++)
        {
            float level = _bands.Level[band], step = level - _bands.Before[band];
            change += step;
            motion += Math.Abs(step);
            rise += Math.Min(level - _bands.Lately[band], 40);
            tilt += band < Bands / 2 ? level : -level;
            above += Math.Min(level - _bands.Floor[band], 40);
            spread += _bands.Spread[band];
        }
        motion /= 10 * Bands;
        _motionShort += (motion - _motionShort) * Short;
        _motionLong += (motion - _motionLong) * Long;
        _above += (above / (20 * Bands) - _above) * Long;
        features[0] = change / (10 * Bands);
        features[1] = motion;
        features[2] = rise / (20 * Bands);
        features[3] = tilt / (10 * Bands);
        features[4] = _motionShort * 2;
        features[5] = _motionLong * 4 - 1;
        features[6] = spread / (4 * Bands);
    }

    /// <summary>How periodic now, along a steady pitch, and lately.</summary>
    private float Voicing(Span<float> features)
    {
        (float periodic, float tracked) = _pitch.Measure(_history.AsSpan(PowerSpectrum.Points - FrameSamples));
        _voicedShort += (periodic - _voicedShort) * Short;
        _voicedLong += (periodic - _voicedLong) * Long;
        features[0] = periodic * 2 - 1;
        features[1] = tracked * 2 - 1;
        features[2] = _voicedShort * 2 - 1;
        features[3] = _voicedLong * 2 - 1;
        return tracked;
    }

    /// <summary>Tones: how little there is besides the two strongest lines, how far that rises above the floor, whether the strongest stays where it is, and how flat the rest is.</summary>
    private void Lines(Span<float> features)
    {
        ReadOnlySpan<float> power = _power.AsSpan(BandLevels.FirstBin, BandLevels.LastBin - BandLevels.FirstBin);
        float all = 1, logs = 0, floor = 0;
        foreach (float bin in power) { all += bin; }
        for (int bin = 0; bin + 3 < power.Length; bin += 4) { logs += MathF.Log2(power[bin] + power[bin + 1] + power[bin + 2] + power[bin + 3] + 10); }
        foreach (float band in _bands.Floor) { floor += MathF.Exp(band * 0.230259f); }
        int first = Strongest(power, -1);
        int second = Strongest(power, first);
        float besides = Math.Max(1, all - Line(power, first) - Line(power, second));
        _steady += ((Math.Abs(first - _strongest) <= 1 ? 1 : 0) - _steady) * 0.2f;
        _strongest = first;
        features[0] = MathF.Log10(besides / all);
        features[1] = Math.Clamp(MathF.Log10(besides / floor), -1, 4) / 2;
        features[2] = _steady;
        features[3] = logs * 4 / power.Length / 3.3219f + 1.5f - MathF.Log10(all);
    }

    /// <summary>How loud it is, how that swings, how far it has stood above the floor lately, and how far it is below the last voice.</summary>
    private void Loudness(Span<float> features, float tracked)
    {
        float all = 1;
        for (int bin = BandLevels.FirstBin; bin < BandLevels.LastBin; bin++) { all += _power[bin]; }
        float total = (MathF.Log10(all) - 5) / 2;
        _swing += (Math.Abs(total - _total) - _swing) * Middle;
        _total += (total - _total) * Middle;
        _loudest = Math.Max(_loudest - LoudestDecay, LoudestMin);
        if (tracked > 0.6f && total > _loudest) { _loudest += (total - _loudest) * 0.3f; }
        features[0] = total;
        features[1] = _swing * 3;
        features[2] = _above;
        features[3] = Math.Clamp(_loudest - total, -0.5f, 2);
    }

    /// <summary>A knock is over before the frame is: the loudest 5 ms against all 20.</summary>
    private float Knock()
    {
        ReadOnlySpan<float> fresh = _history.AsSpan(PowerSpectrum.Points - FrameSamples);
        float most = 1, sum = 4;
        for (int at = 0; at < FrameSamples; at += BlockSamples)
        {
            float energy = 1;
            foreach (float sample in fresh.Slice(at, BlockSamples)) { energy += sample * sample; }
            most = Math.Max(most, energy);
            sum += energy;
        }
        return MathF.Log10(4 * most / sum) * 2;
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

    /// <summary>The strongest bin, outside of the line around <paramref name="except"/>.</summary>
    private static int Strongest(ReadOnlySpan<float> power, int except)
    {
        int strongest = except == 0 ? power.Length - 1 : 0;
        float most = -1;
        for (int bin = 0; bin < power.Length; bin++)
        {
            if (except >= 0 && Math.Abs(bin - except) <= 2) { continue; }
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
}
