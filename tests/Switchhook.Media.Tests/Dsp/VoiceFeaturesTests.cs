using Switchhook.Media.Dsp;

namespace Switchhook.Media.Tests.Dsp;

public sealed class VoiceFeaturesTests
{
    /// <summary>Whoever says nothing for ten minutes is measured, when he speaks, as after one: nothing that is remembered of a line runs away.</summary>
    [Fact]
    public void A_voice_measures_the_same_after_ten_minutes_of_silence_as_after_one()
    {
        float[][] soon = Measured(60), late = Measured(600);
        for (int frame = 0; frame < soon.Length; frame++)
        {
            for (int i = 0; i < VoiceFeatures.Count; i++) { Assert.True(Math.Abs(soon[frame][i] - late[frame][i]) < 0.01f, $"frame {frame}, feature {i}: {soon[frame][i]} and {late[frame][i]}"); }
        }
    }

    /// <summary>The last eight measures are the 5 ms of the frame, below 800 Hz and above it.</summary>
    [Theory]
    [InlineData(300, 8)]
    [InlineData(3000, 4)]
    public void What_has_begun_in_the_last_5_ms_is_measured(int hertz, int fromEnd)
    {
        var measure = new VoiceFeatures();
        float[] features = new float[VoiceNet.Inputs];
        for (int i = 0; i < 100; i++) { measure.Measure(new short[160], features); }
        short[] frame = new short[160];
        for (int i = 120; i < 160; i++) { frame[i] = (short)(5000 * Math.Sin(2 * Math.PI * hertz * i / 8000)); }
        measure.Measure(frame, features);
        float[] blocks = features[(VoiceFeatures.Count - fromEnd)..(VoiceFeatures.Count - fromEnd + 4)];
        Assert.All(blocks[..3], block => Assert.InRange(block, -0.1f, 0.1f));
        Assert.InRange(blocks[3], 1.5f, 2);
    }

    private static float[][] Measured(int silentSeconds)
    {
        var measure = new VoiceFeatures();
        float[] features = new float[VoiceNet.Inputs];
        for (int i = 0; i < 50 * silentSeconds; i++) { measure.Measure(new short[160], features); }
        return [.. Sound.Speech(8000, 1, -23, 1, 120).Chunk(160).Select(frame =>
        {
            measure.Measure(frame, features);
            return features.ToArray();
        })];
    }
}
