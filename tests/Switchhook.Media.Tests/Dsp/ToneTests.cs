using Switchhook.Media.Dsp;

namespace Switchhook.Media.Tests.Dsp;

public sealed class ToneTests
{
    [Fact]
    public void Blocks_of_any_length_join_without_a_click()
    {
        short[] whole = new short[8000], pieces = new short[8000];
        new Tone(8000, 440, -10, 480).Fill(whole);
        var tone = new Tone(8000, 440, -10, 480);
        var random = new Random(1);
        for (int at = 0, count; at < pieces.Length; at += count)
        {
            count = Math.Min(random.Next(1, 300), pieces.Length - at);
            tone.Fill(pieces.AsSpan(at, count));
        }
        Assert.Equal(whole, pieces);
    }

    [Theory]
    [InlineData(425, 0)]
    [InlineData(350, 440)]
    [InlineData(1336, 770)]
    public void Has_the_level_it_was_asked_for_and_nothing_but_its_lines(double low, double high)
    {
        short[] samples = new short[8000];
        new Tone(8000, low, -15, high).Fill(samples);
        Assert.Equal(-15, Level.Dbfs(samples), 0.1);
        double all = Math.Pow(Level.Rms(samples), 2);
        double lines = new Goertzel(8000, low).Power(samples) + (high > 0 ? new Goertzel(8000, high).Power(samples) : 0);
        Assert.Equal(1, lines / all, 0.001);
        Assert.True(new Goertzel(8000, 1000).Power(samples) < all / 1000);
    }

    [Fact]
    public void Sounds_as_strong_after_an_hour_as_in_the_first_second()
    {
        var tone = new Tone(8000, 425, -20);
        short[] second = new short[8000];
        for (int i = 0; i < 3600; i++) { tone.Fill(second); }
        Assert.Equal(-20, Level.Dbfs(second), 0.1);
    }

    [Fact]
    public void Rests_as_its_cadence_says()
    {
        var tone = new Tone(8000, 425, -15, soundMs: 500, restMs: 500);
        short[] half = new short[4000];
        for (int i = 0; i < 6; i++)
        {
            tone.Fill(half);
            double level = Level.Dbfs(half);
            Assert.True(i % 2 == 0 ? level > -16 : level < -90, $"half second {i}: {level:f1} dBFS");
        }
    }

    [Theory]
    [InlineData(0, -100)]
    [InlineData(32767, 0)]
    [InlineData(3277, -20)]
    public void Levels_are_decibels_below_full_scale(short value, double dbfs)
    {
        short[] samples = new short[160];
        Array.Fill(samples, value);
        Assert.Equal(dbfs, Level.Dbfs(samples), 0.01);
    }

    [Fact]
    public void Amplifying_clips_and_mixing_clips()
    {
        short[] samples = [100, -100, 30000, -30000];
        Level.Amplify(samples, 6.0206);
        Assert.Equal<short>([200, -200, 32767, -32768], samples);
        Level.Mix(samples, [1, 1, 1, -1]);
        Assert.Equal<short>([201, -199, 32767, -32768], samples);
    }
}
