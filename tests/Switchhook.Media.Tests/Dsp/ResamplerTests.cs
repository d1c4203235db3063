using System.Globalization;
using Switchhook.Media.Dsp;
using Switchhook.Simulation;

namespace Switchhook.Media.Tests.Dsp;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Directions => new()
    {
        { 8000, 24000 }, { 24000, 8000 }, { 22050, 8000 }, { 22050, 24000 }, { 16000, 8000 }, { 8000, 16000 }, { 48000, 24000 },
    };

    // L19: a stream that is resampled frame by frame must not differ from one that is resampled as a whole.
    [Theory]
    [MemberData(nameof(Directions))]
    public void However_a_stream_is_cut_up_the_samples_are_the_same(int from, int to)
    {
        short[] input = Sound.White(from, seconds: 1, dbfs: -12, seed: 1);
        short[] whole = Resample(input, from, to, _ => int.MaxValue);
        Assert.Equal(whole, Resample(input, from, to, _ => from / 50));
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            Assert.True(whole.AsSpan().SequenceEqual(Resample(input, from, to, _ => random.Next(0, 700))), $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void Twenty_milliseconds_in_are_twenty_milliseconds_out(int from, int to)
    {
        var resampler = new Resampler(from, to);
        short[] input = new short[from / 50], output = new short[to / 50];
        for (int frame = 0; frame < 500; frame++) { Assert.Equal(output.Length, resampler.Process(input, output)); }
    }

    // The phone band must pass, and what the other rate cannot carry must not come back as something else.
    [Theory]
    [MemberData(nameof(Responses))]
    public void Passes_the_band_and_stops_what_lies_beyond(int from, int to, int hertz, double least, double most)
    {
        short[] input = new short[from];
        new Tone(from, hertz, -6).Fill(input);
        short[] output = Resample(input, from, to, _ => from / 50);
        double gain = Level.Dbfs(output.AsSpan(to / 10, to / 2)) - Level.Dbfs(input);
        Assert.InRange(gain, least, most);
        if (least > -1)
        {
            // What is not the tone itself: images, noise of rounding.
            double rest = 10 * Math.Log10(1e-9 + Math.Abs(Power(output, to) - new Goertzel(to, hertz).Power(output.AsSpan(to / 10, to / 2))) / Power(output, to));
            Assert.True(rest < -50, $"distortion {rest:f1} dB");
        }
    }

    public static TheoryData<int, int, int, double, double> Responses
    {
        get
        {
            var rows = new TheoryData<int, int, int, double, double>();
            foreach (string line in """
                8000  24000 200   -0.1  0.1
                8000  24000 1000  -0.1  0.1
                8000  24000 3400  -0.2  0.1
                24000 8000  200   -0.1  0.1
                24000 8000  1000  -0.1  0.1
                24000 8000  3400  -0.2  0.1
                24000 8000  4600  -99  -60
                24000 8000  5000  -99  -65
                24000 8000  9000  -99  -65
                22050 8000  300   -0.1  0.1
                22050 8000  3400  -0.2  0.1
                22050 8000  4600  -99  -60
                22050 8000  9000  -99  -65
                22050 24000 3000  -0.1  0.1
                22050 24000 8000  -0.2  0.1
                """.Split('\n'))
            {
                double[] n = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => double.Parse(c, CultureInfo.InvariantCulture))];
                rows.Add((int)n[0], (int)n[1], (int)n[2], n[3], n[4]);
            }
            return rows;
        }
    }

    [Fact]
    public void The_end_of_a_stream_comes_out_with_the_flush()
    {
        // A click in the very last sample has not left the filter yet.
        var resampler = new Resampler(8000, 24000);
        short[] input = new short[160], output = new short[480], tail = new short[resampler.FlushSamples];
        input[^1] = 20000;
        resampler.Process(input, output);
        Assert.Equal(resampler.FlushSamples, resampler.Flush(tail));
        Assert.True(tail.Max() > 15000);
        // After a flush the resampler is as new.
        short[] again = new short[480];
        resampler.Process(new short[160], again);
        Assert.All(again, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Full_scale_is_clipped_and_does_not_wrap_around()
    {
        short[] input = new short[8000];
        for (int i = 0; i < input.Length; i++) { input[i] = i / 20 % 2 == 0 ? short.MaxValue : short.MinValue; }
        short[] output = Resample(input, 8000, 24000, _ => 160);
        for (int i = 1000; i < output.Length; i++)
        {
            Assert.False(Math.Abs(output[i] - output[i - 1]) > 40000, $"sample {i} jumps from {output[i - 1]} to {output[i]}");
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        var up = new Resampler(8000, 24000);
        var down = new Resampler(24000, 8000);
        short[] narrow = new short[160], wide = new short[480];
        up.Process(narrow, wide);
        down.Process(wide, narrow);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int frame = 0; frame < 1000; frame++) { up.Process(narrow, wide); down.Process(wide, narrow); }
        }));
    }

    private static double Power(short[] output, int rate) => Math.Pow(Level.Rms(output.AsSpan(rate / 10, rate / 2)), 2);

    private static short[] Resample(short[] input, int from, int to, Func<int, int> chunk)
    {
        var resampler = new Resampler(from, to);
        var output = new List<short>();
        int at = 0;
        while (at < input.Length)
        {
            int count = Math.Min(chunk(at), input.Length - at);
            short[] piece = new short[resampler.OutputFor(count)];
            Assert.Equal(piece.Length, resampler.Process(input.AsSpan(at, count), piece));
            output.AddRange(piece);
            at += count;
        }
        short[] tail = new short[resampler.FlushSamples];
        resampler.Flush(tail);
        output.AddRange(tail);
        return [.. output];
    }
}
