using Switchhook.Hearing.Training;
using Switchhook.Media.Dsp;

namespace Switchhook.Realtime.Tests.Turns;

/// <summary>A net that is taught wrong learns all the same, only worse; no table would say why.</summary>
public sealed class PupilTests
{
    private const float Nudge = 0.001f;

    [Fact]
    public void Blame_is_how_the_loss_changes_with_a_weight()
    {
        var net = new VoiceNet();
        var random = new Random(1);
        foreach (VoiceLayer layer in net.Layers) { Scatter(layer.Weights, random, (float)Math.Sqrt(1.0 / layer.Inputs)); }
        Lesson[] lessons = [.. Enumerable.Range(0, 8).Select(_ => Noted(random))];
        Pupil pupil = Taught(net, lessons);
        int at = 0;
        foreach (VoiceLayer layer in net.Layers)
        {
            (float[] weights, float[] added) = pupil.Blame[at++];
            for (int i = 0; i < 12; i++)
            {
                Changes(net, lessons, layer.Weights, random.Next(layer.Weights.Length), weights);
                Changes(net, lessons, layer.Added, random.Next(layer.Added.Length), added);
            }
        }
    }

    private static void Changes(VoiceNet net, Lesson[] lessons, float[] weights, int which, float[] blame)
    {
        float weight = weights[which];
        weights[which] = weight + Nudge;
        double more = Taught(net, lessons).Loss;
        weights[which] = weight - Nudge;
        double less = Taught(net, lessons).Loss;
        weights[which] = weight;
        double change = (more - less) / (2 * Nudge);
        Assert.True(Math.Abs(change - blame[which]) <= 0.05 + 0.05 * Math.Abs(change), $"{which} of {weights.Length}: the loss changes by {change}, blamed for {blame[which]}");
    }

    private static Pupil Taught(VoiceNet net, Lesson[] lessons)
    {
        var pupil = new Pupil(net);
        foreach (Lesson lesson in lessons) { pupil.Give(lesson); }
        pupil.Learn();
        return pupil;
    }

    private static Lesson Noted(Random random) => new()
    {
        Features = Scatter(new float[VoiceNet.Inputs * Pupil.PassageFrames], random, 1),
        Truth = [.. Enumerable.Range(0, Pupil.PassageFrames).Select(frame => (float)(frame / 20 % 2))],
        Weight = [.. Enumerable.Range(0, Pupil.PassageFrames).Select(frame => frame % 7 == 0 ? 0f : 1 + frame % 3)],
    };

    private static float[] Scatter(float[] numbers, Random random, float scale)
    {
        for (int i = 0; i < numbers.Length; i++) { numbers[i] = (float)(random.NextDouble() * 2 - 1) * scale; }
        return numbers;
    }
}
