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
