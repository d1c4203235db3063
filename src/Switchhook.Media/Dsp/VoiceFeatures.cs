namespace Switchhook.Media.Dsp;

/// <summary>What of 20 ms tells a voice from everything else on a phone line, as numbers of about one.</summary>
internal sealed class VoiceFeatures
{
    public const int Count = 2 * BandLevels.Bands + 18;

    private const int FrameSamples = 160;
    private const int BlockSamples = 40;

    private readonly float[] _history = new float[PowerSpectrum.Points];
    private readonly float[] _power = new float[PowerSpectrum.Bins];
    private readonly PowerSpectrum _spectrum = new();
    private readonly BandLevels _bands = new();
    private readonly Pitch _pitch = new();
    private float _highPassIn, _highPassOut;
    private float _flux = 0.2f, _total, _swing, _voiced, _above, _steady;
    private int _strongest;

    /// <summary>How little there is besides the two strongest lines of the spectrum: the logarithm of its share.</summary>
    public float Besides { get; private set; }

    /// <summary>Takes 160 samples at 8 kHz.</summary>
    public void Measure(ReadOnlySpan<short> frame, Span<float> features)
    {
        Remember(frame);
        _spectrum.Measure(_history, _power);
        _bands.Measure(_power);
        ReadOnlySpan<float> level = _bands.Level, before = _bands.Before, floor = _bands.Floor, lately = _bands.Lately;
        float change = 0, motion = 0, rise = 0, above = 0, tilt = 0, sure = 0, spread = 0;
        for (int band = 0; band < BandLevels.Bands; band++)
        {
            float over = Math.Min(level[band] - floor[band], 40) / 20;
            features[band] = over;
            float excess = Math.Clamp(level[band] - _bands.Mean[band], -20, 40);
            features[band + BandLevels.Bands] = excess / 20;
            sure += excess / (20 * BandLevels.Bands);
            spread += _bands.Spread[band] / BandLevels.Bands;
            above += over / BandLevels.Bands;
            change += (level[band] - before[band]) / (10 * BandLevels.Bands);
            motion += Math.Abs(level[band] - before[band]) / (10 * BandLevels.Bands);
            rise += Math.Min(level[band] - lately[band], 40) / (20 * BandLevels.Bands);
            tilt += (band < BandLevels.Bands / 2 ? level[band] : -level[band]) / (10 * BandLevels.Bands);
        }
        Span<float> rest = features[(2 * BandLevels.Bands)..];
        _flux += (motion - _flux) * 0.08f;
        rest[0] = change;
        rest[1] = motion;
        rest[2] = rise;
        rest[3] = tilt;
        rest[4] = _flux * 2;
        (float periodic, float tracked) = _pitch.Measure(_history.AsSpan(PowerSpectrum.Points - FrameSamples));
        _voiced += (periodic - _voiced) * 0.08f;
        rest[5] = periodic * 2 - 1;
        rest[6] = tracked * 2 - 1;
        rest[7] = _voiced * 2 - 1;
        Lines(rest);
        Blocks(rest);
        float total = rest[15];
        _swing += (Math.Abs(total - _total) - _swing) * 0.04f;
        _total += (total - _total) * 0.04f;
        rest[16] = sure * 2;
        rest[17] = spread / 4;
        rest[12] = _swing * 3;
        _above += (above - _above) * 0.02f;
        rest[13] = _above;
    }

    /// <summary>Tones: how little there is besides the two strongest lines, how far that rises above the floor, and whether the strongest stays where it is.</summary>
    private void Lines(Span<float> rest)
    {
        ReadOnlySpan<float> power = _power.AsSpan(BandLevels.FirstBin, BandLevels.LastBin - BandLevels.FirstBin);
        float all = 1, logs = 0;
        foreach (float bin in power) { all += bin; }
        for (int bin = 0; bin + 3 < power.Length; bin += 4) { logs += MathF.Log2(power[bin] + power[bin + 1] + power[bin + 2] + power[bin + 3] + 10); }
        int first = Strongest(power, -1);
        int second = Strongest(power, first);
        float besides = Math.Max(1, all - Line(power, first) - Line(power, second));
        float floor = 0;
        foreach (float band in _bands.Floor) { floor += MathF.Exp(band * 0.230259f); }
        rest[8] = Besides = MathF.Log10(besides / all);
        rest[9] = Math.Clamp(MathF.Log10(besides / floor), -1, 4) / 2;
        _steady += ((Math.Abs(first - _strongest) <= 1 ? 1 : 0) - _steady) * 0.2f;
        rest[10] = _steady;
        _strongest = first;
        float total = MathF.Log10(all);
        rest[11] = logs * 4 / power.Length / 3.3219f + 1.5f - total;
        rest[15] = (total - 5) / 2;
    }

    /// <summary>A knock is over before the frame is: the loudest 5 ms against all 20.</summary>
    private void Blocks(Span<float> rest)
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
        rest[14] = MathF.Log10(4 * most / sum) * 2;
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
