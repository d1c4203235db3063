using System.Runtime.Intrinsics;

namespace Switchhook.Media.Dsp;

/// <summary>Sums of numbers, each weighed: what goes in times a matrix of weights, and something added.</summary>
internal sealed class VoiceLayer(int inputs, int outputs)
{
    private const int Lanes = 8;

    public int Inputs { get; } = inputs;
    public int Outputs { get; } = outputs;

    /// <summary>A row for each input: the rows are added up, so nothing has to be summed across a row.</summary>
    public float[] Weights { get; } = new float[inputs * outputs];

    public float[] Added { get; } = new float[outputs];

    public void Weigh(ReadOnlySpan<float> input, Span<float> output)
    {
        int at = 0;
        for (; at + 4 * Lanes <= Outputs; at += 4 * Lanes) { Weigh4(input, output, at); }
        for (; at + Lanes <= Outputs; at += Lanes)
        {
            Vector256<float> sum = Of(Added, at);
            for (int i = 0; i < Inputs; i++) { sum = Vector256.FusedMultiplyAdd(Vector256.Create(input[i]), Of(Weights, i * Outputs + at), sum); }
            sum.CopyTo(output[at..]);
        }
        for (; at < Outputs; at++)
        {
            output[at] = Added[at];
            for (int i = 0; i < Inputs; i++) { output[at] += input[i] * Weights[i * Outputs + at]; }
        }
    }

    /// <summary>Four sums of eight at a time: one alone would wait for itself.</summary>
    private void Weigh4(ReadOnlySpan<float> input, Span<float> output, int at)
    {
        Vector256<float> a = Of(Added, at), b = Of(Added, at + Lanes), c = Of(Added, at + 2 * Lanes), d = Of(Added, at + 3 * Lanes);
        for (int i = 0; i < Inputs; i++)
        {
            Vector256<float> factor = Vector256.Create(input[i]);
            int row = i * Outputs + at;
            a = Vector256.FusedMultiplyAdd(factor, Of(Weights, row), a);
            b = Vector256.FusedMultiplyAdd(factor, Of(Weights, row + Lanes), b);
            c = Vector256.FusedMultiplyAdd(factor, Of(Weights, row + 2 * Lanes), c);
            d = Vector256.FusedMultiplyAdd(factor, Of(Weights, row + 3 * Lanes), d);
        }
        a.CopyTo(output[at..]);
        b.CopyTo(output[(at + Lanes)..]);
        c.CopyTo(output[(at + 2 * Lanes)..]);
        d.CopyTo(output[(at + 3 * Lanes)..]);
    }

    private static Vector256<float> Of(float[] numbers, int at) => Vector256.Create<float>(numbers.AsSpan(at, Lanes));
}
