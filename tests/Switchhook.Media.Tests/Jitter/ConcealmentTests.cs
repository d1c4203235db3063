using Switchhook.Media.Jitter;

namespace Switchhook.Media.Tests.Jitter;

public sealed class ConcealmentTests
{
    private const int Frame = MediaClock.FrameSamples;

    [Fact]
    public void A_periodic_sound_goes_on_through_a_lost_frame()
    {
        foreach (int pitch in (int[])[70, 100, 160, 190])
        {
            short[] tone = Tone(pitch, 8 * Frame);
            var concealment = new Concealment();
            for (int frame = 0; frame < 5; frame++) { concealment.Join(tone.AsSpan(frame * Frame, Frame)); }
            var made = new short[Frame];
            concealment.Make(made);

            // For the first 10 ms the repetition is at full level and should be what was lost, nearly.
            double error = 0, energy = 0;
            for (int i = 0; i < 80; i++)
            {
                error += Math.Pow(made[i] - tone[5 * Frame + i], 2);
                energy += Math.Pow(tone[5 * Frame + i], 2);
            }
            Assert.True(error < energy * 0.1, $"{pitch} Hz: error {error / energy:0.00} of the energy");
        }
    }

    [Fact]
    public void A_gap_fades_and_is_exactly_silent_after_60_ms()
    {
        short[] tone = Tone(100, 5 * Frame);
        var concealment = new Concealment();
        concealment.Join(tone);
        var made = new short[6 * Frame];
        for (int frame = 0; frame < 6; frame++) { concealment.Make(made.AsSpan(frame * Frame, Frame)); }
        Assert.True(Loudness(made.AsSpan(0, 80)) > 0.8 * Loudness(tone));
        Assert.True(Loudness(made.AsSpan(320, 160)) < 0.3 * Loudness(tone));
        Assert.True(made.AsSpan(480).IndexOfAnyExcept((short)0) < 0);
        Assert.False(concealment.IsAudible);
    }

    [Fact]
    public void There_is_no_click_where_the_made_up_begins_or_ends()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            short[] speech = Voice.Speech(seed, frames: 12, withPauses: false);
            int steepest = Steepest(speech);
            var concealment = new Concealment();
            for (int frame = 0; frame < 12; frame++)
            {
                Span<short> at = speech.AsSpan(frame * Frame, Frame);
                if (frame is 8 or 9) { concealment.Make(at); }
                else { concealment.Join(at); }
            }
            Assert.True(Steepest(speech) <= steepest * 1.5, $"seed {seed}: a step of {Steepest(speech)} where {steepest} is usual");
        }
    }

    [Fact]
    public void What_is_not_missing_passes_unchanged()
    {
        short[] speech = Voice.Speech(1, frames: 10);
        short[] heard = [.. speech];
        var concealment = new Concealment();
        for (int frame = 0; frame < 10; frame++) { concealment.Join(heard.AsSpan(frame * Frame, Frame)); }
        Assert.Equal(speech, heard);
    }

    private static short[] Tone(int hertz, int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => (short)(5000 * Math.Sin(2 * Math.PI * hertz * i / 8000) + 2500 * Math.Sin(6 * Math.PI * hertz * i / 8000)))];

    private static double Loudness(ReadOnlySpan<short> samples)
    {
        double energy = 0;
        foreach (short sample in samples) { energy += (double)sample * sample; }
        return Math.Sqrt(energy / samples.Length);
    }

    private static int Steepest(ReadOnlySpan<short> samples)
    {
        int steepest = 0;
        for (int i = 1; i < samples.Length; i++) { steepest = Math.Max(steepest, Math.Abs(samples[i] - samples[i - 1])); }
        return steepest;
    }
}
