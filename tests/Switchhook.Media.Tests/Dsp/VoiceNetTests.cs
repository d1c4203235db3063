using Switchhook.Media.Dsp;

namespace Switchhook.Media.Tests.Dsp;

/// <summary>The arithmetic of the net, against the formulas. What it was taught, HearingTests judge.</summary>
public sealed class VoiceNetTests
{
    [Theory]
    [InlineData(3, 1)]
    [InlineData(16, 1)]
    [InlineData(5, 8)]
    [InlineData(64, 16)]
    [InlineData(72, 48)]
    [InlineData(64, 192)]
    [InlineData(7, 43)]
    public void A_layer_adds_up_what_goes_in_times_its_weights(int inputs, int outputs)
    {
        var layer = new VoiceLayer(inputs, outputs);
        var random = new Random(inputs * outputs);
        Scatter(layer.Weights, random, 1);
        Scatter(layer.Added, random, 1);
        float[] input = Scatter(new float[inputs], random, 2), output = new float[outputs];
        layer.Weigh(input, output);
        for (int i = 0; i < outputs; i++)
        {
            double sum = layer.Added[i];
            for (int j = 0; j < inputs; j++) { sum += (double)input[j] * layer.Weights[j * outputs + i]; }
            Assert.Equal(sum, output[i], 1e-4);
        }
    }

    // Cho et al., 2014, with the recalled share outside of the sum: h' = (1 − z) n + z h, n = tanh(fresh + r recalled).
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Cells_keep_a_share_and_take_up_what_is_new(float scale)
    {
        var random = new Random(1);
        float[] fresh = Scatter(new float[VoiceNet.Gates], random, scale), recalled = Scatter(new float[VoiceNet.Gates], random, scale);
        float[] before = Scatter(new float[VoiceNet.Cells], random, 1), after = new float[VoiceNet.Cells], gates = [.. fresh];
        VoiceNet.Remember(gates, recalled, before, after);
        for (int cell = 0; cell < VoiceNet.Cells; cell++)
        {
            double keep = Share(fresh[cell] + recalled[cell]), recall = Share(fresh[VoiceNet.Cells + cell] + recalled[VoiceNet.Cells + cell]);
            double news = Math.Tanh(fresh[2 * VoiceNet.Cells + cell] + recall * recalled[2 * VoiceNet.Cells + cell]);
            Assert.Equal(keep, gates[cell], 1e-5);
            Assert.Equal(recall, gates[VoiceNet.Cells + cell], 1e-5);
            Assert.Equal(news, gates[2 * VoiceNet.Cells + cell], 1e-5);
            Assert.Equal((1 - keep) * news + keep * before[cell], after[cell], 1e-5);
        }
    }

    [Fact]
    public void What_was_taught_is_all_of_the_file()
    {
        using var written = new MemoryStream();
        VoiceNet.Taught().Write(written);
        using Stream file = typeof(VoiceNet).Assembly.GetManifestResourceStream("Switchhook.Media.Dsp.voice.weights")!;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        Assert.Equal(bytes, written.ToArray());
    }

    private static double Share(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static float[] Scatter(float[] numbers, Random random, float scale)
    {
        for (int i = 0; i < numbers.Length; i++) { numbers[i] = (float)(random.NextDouble() * 2 - 1) * scale; }
        return numbers;
    }
}
