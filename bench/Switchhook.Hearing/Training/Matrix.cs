using System.Runtime.Intrinsics;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// The three products that learning is made of, for many rows at once. Rows lie one behind the other; the layer's outputs are
/// a multiple of eight, or one.
/// </summary>
internal static class Matrix
{
    private const int Lanes = 8;
    private const int Rows = 4;

    public static void Weigh(VoiceLayer layer, ReadOnlySpan<float> inputs, Span<float> outputs, int rows)
    {
        for (int row = 0; row < rows; row++) { layer.Weigh(inputs.Slice(row * layer.Inputs, layer.Inputs), outputs.Slice(row * layer.Outputs, layer.Outputs)); }
    }

    /// <summary>How the weights of a layer should change: for each row, each input times each output's error.</summary>
    public static void Blame(ReadOnlySpan<float> inputs, ReadOnlySpan<float> errors, Span<float> weights, Span<float> added, int rows)
    {
        int outputs = added.Length, width = weights.Length / outputs;
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < outputs; i++) { added[i] += errors[row * outputs + i]; }
        }
        if (outputs == 1)
        {
            for (int row = 0; row < rows; row++) { Add(weights, inputs.Slice(row * width, width), errors[row]); }
            return;
        }
        for (int input = 0; input < width; input += Rows)
        {
            for (int at = 0; at < outputs; at += Lanes)
            {
                Vector256<float> a = Of(weights, input * outputs + at), b = Of(weights, (input + 1) * outputs + at);
                Vector256<float> c = Of(weights, (input + 2) * outputs + at), d = Of(weights, (input + 3) * outputs + at);
                for (int row = 0; row < rows; row++)
                {
                    Vector256<float> error = Of(errors, row * outputs + at);
                    ReadOnlySpan<float> four = inputs.Slice(row * width + input, Rows);
                    a = Vector256.FusedMultiplyAdd(Vector256.Create(four[0]), error, a);
                    b = Vector256.FusedMultiplyAdd(Vector256.Create(four[1]), error, b);
                    c = Vector256.FusedMultiplyAdd(Vector256.Create(four[2]), error, c);
                    d = Vector256.FusedMultiplyAdd(Vector256.Create(four[3]), error, d);
                }
                a.CopyTo(weights[(input * outputs + at)..]);
                b.CopyTo(weights[((input + 1) * outputs + at)..]);
                c.CopyTo(weights[((input + 2) * outputs + at)..]);
                d.CopyTo(weights[((input + 3) * outputs + at)..]);
            }
        }
    }

    /// <summary>The errors of a layer's inputs: those of its outputs, by way of the weights. Adds to what is there.</summary>
    public static void Back(VoiceLayer layer, ReadOnlySpan<float> errors, Span<float> inputs, int rows)
    {
        int outputs = layer.Outputs, width = layer.Inputs;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> error = errors.Slice(row * outputs, outputs);
            Span<float> to = inputs.Slice(row * width, width);
            if (outputs == 1)
            {
                Add(to, layer.Weights, error[0]);
                continue;
            }
            for (int input = 0; input < width; input += Rows)
            {
                ReadOnlySpan<float> weights = layer.Weights.AsSpan(input * outputs, Rows * outputs);
                Vector256<float> a = default, b = default, c = default, d = default;
                for (int at = 0; at < outputs; at += Lanes)
                {
                    Vector256<float> eight = Of(error, at);
                    a = Vector256.FusedMultiplyAdd(Of(weights, at), eight, a);
                    b = Vector256.FusedMultiplyAdd(Of(weights, outputs + at), eight, b);
                    c = Vector256.FusedMultiplyAdd(Of(weights, 2 * outputs + at), eight, c);
                    d = Vector256.FusedMultiplyAdd(Of(weights, 3 * outputs + at), eight, d);
                }
                to[input] += Vector256.Sum(a);
                to[input + 1] += Vector256.Sum(b);
                to[input + 2] += Vector256.Sum(c);
                to[input + 3] += Vector256.Sum(d);
            }
        }
    }

    private static void Add(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        for (int i = 0; i < to.Length; i += Lanes) { (Of(to, i) + Of(from, i) * factor).CopyTo(to[i..]); }
    }

    private static Vector256<float> Of(ReadOnlySpan<float> numbers, int at) => Vector256.Create(numbers[at..]);
}
