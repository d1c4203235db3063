using System.Runtime.Intrinsics;

namespace Switchhook.Media.Dsp;

/// <summary>
/// Weighs what was measured of the last frames. Each frame is summed up in a few numbers, the same way for all; those of the
/// last frames together give a few more, and these one: how probable speech is. Every sum but the last is cut off at zero. The weights are
/// found by bench/Switchhook.Hearing and stand in <see cref="VoiceWeights"/>.
/// </summary>
internal sealed class VoiceNet(int frames, int perFrame, int hidden)
{
    public const int Inputs = (VoiceFeatures.Count + 7) / 8 * 8;

    public int Frames { get; } = frames;
    public int PerFrame { get; } = perFrame;
    public int Hidden { get; } = hidden;

    public float[] First { get; init; } = new float[perFrame * Inputs];
    public float[] FirstBias { get; init; } = new float[perFrame];
    public float[] Second { get; init; } = new float[hidden * frames * perFrame];
    public float[] SecondBias { get; init; } = new float[hidden];
    public float[] Third { get; init; } = new float[hidden];
    public float[] Offset { get; init; } = new float[1];

    public IEnumerable<(string Name, float[] Weights)> Named =>
        [(nameof(First), First), (nameof(FirstBias), FirstBias), (nameof(Second), Second), (nameof(SecondBias), SecondBias), (nameof(Third), Third), (nameof(Offset), Offset)];

    public void Sum(ReadOnlySpan<float> features, Span<float> sums)
    {
        for (int i = 0; i < PerFrame; i++) { sums[i] = Math.Max(0, FirstBias[i] + Product(First.AsSpan(i * Inputs, Inputs), features)); }
    }

    /// <summary>The newest frame first.</summary>
    public float LogOdds(ReadOnlySpan<float> sums)
    {
        float odds = Offset[0];
        int width = Frames * PerFrame;
        for (int h = 0; h < Hidden; h++)
        {
            float value = SecondBias[h] + Product(Second.AsSpan(h * width, width), sums);
            if (value > 0) { odds += Third[h] * value; }
        }
        return odds;
    }

    public static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < a.Length; i += Vector256<float>.Count) { sum += Vector256.Create(a[i..]) * Vector256.Create(b[i..]); }
        return Vector256.Sum(sum);
    }
}
