using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Switchhook.Media.Dsp;

/// <summary>
/// Weighs what was measured of a frame against all that was heard of the line before. The measures are summed up; cells remember
/// what is worth it and forget the rest, each by gates of its own (a gated recurrent unit: Cho et al., 2014); a few opinions on
/// what they hold give the verdict: how probable speech is.
/// <code>
///   measures ─Sum─► 48 ─Gate──┐
///                             ├─► 64 cells ─Opinion─► 16 ─Verdict─► log odds
///          cells before ─Recall┘
/// </code>
/// The weights are found by bench/Switchhook.Hearing and lie beside this file in voice.weights.
/// </summary>
internal sealed class VoiceNet
{
    public const int Inputs = (VoiceFeatures.Count + 7) / 8 * 8;
    public const int Sums = 48;
    public const int Cells = 64;
    public const int Opinions = 16;

    /// <summary>What the cells do with a frame: so much of what they hold they keep, so much they recall, and this is what is new.</summary>
    public const int Gates = 3 * Cells;

    private const string Resource = "Switchhook.Media.Dsp.voice.weights";

    public VoiceLayer Sum { get; } = new(Inputs, Sums);
    public VoiceLayer Gate { get; } = new(Sums, Gates);
    public VoiceLayer Recall { get; } = new(Cells, Gates);
    public VoiceLayer Opinion { get; } = new(Cells, Opinions);
    public VoiceLayer Verdict { get; } = new(Opinions, 1);

    public IEnumerable<VoiceLayer> Layers => [Sum, Gate, Recall, Opinion, Verdict];

    /// <summary>As it was taught.</summary>
    public static VoiceNet Taught()
    {
        using Stream stream = typeof(VoiceNet).Assembly.GetManifestResourceStream(Resource)!;
        return Read(stream);
    }

    /// <summary>Layer by layer its weights and what is added, as 16-bit floating-point numbers, little endian.</summary>
    public static VoiceNet Read(Stream stream)
    {
        var net = new VoiceNet();
        foreach (float[] numbers in net.Layers.SelectMany(layer => new[] { layer.Weights, layer.Added }))
        {
            Half[] halves = new Half[numbers.Length];
            stream.ReadExactly(MemoryMarshal.AsBytes(halves.AsSpan()));
            for (int i = 0; i < halves.Length; i++) { numbers[i] = (float)halves[i]; }
        }
        return net;
    }

    public void Write(Stream stream)
    {
        foreach (float[] numbers in Layers.SelectMany(layer => new[] { layer.Weights, layer.Added }))
        {
            Half[] halves = [.. numbers.Select(number => (Half)number)];
            stream.Write(MemoryMarshal.AsBytes(halves.AsSpan()));
        }
    }

    /// <summary>The log odds of speech in the frame with these measures; <paramref name="cells"/> remember it.</summary>
    public float LogOdds(ReadOnlySpan<float> measures, Span<float> cells)
    {
        Span<float> sums = stackalloc float[Sums], fresh = stackalloc float[Gates], recalled = stackalloc float[Gates], opinions = stackalloc float[Opinions], verdict = stackalloc float[1];
        Sum.Weigh(measures, sums);
        CutOff(sums);
        Gate.Weigh(sums, fresh);
        Recall.Weigh(cells, recalled);
        Remember(fresh, recalled, cells, cells);
        Opinion.Weigh(cells, opinions);
        CutOff(opinions);
        Verdict.Weigh(opinions, verdict);
        return verdict[0];
    }

    /// <summary>Below zero there is nothing.</summary>
    public static void CutOff(Span<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i += Vector256<float>.Count)
        {
            Vector256.Max(Vector256.Create<float>(numbers[i..]), Vector256<float>.Zero).CopyTo(numbers[i..]);
        }
    }

    /// <summary>What the cells hold after a frame. In <paramref name="fresh"/> stays how much each kept, how much it recalled, and what was new to it.</summary>
    public static void Remember(Span<float> fresh, ReadOnlySpan<float> recalled, ReadOnlySpan<float> before, Span<float> after)
    {
        for (int cell = 0; cell < Cells; cell += Vector256<float>.Count)
        {
            Vector256<float> keep = Share(Of(fresh, cell) + Of(recalled, cell));
            Vector256<float> recall = Share(Of(fresh, Cells + cell) + Of(recalled, Cells + cell));
            Vector256<float> news = Share((Of(fresh, 2 * Cells + cell) + recall * Of(recalled, 2 * Cells + cell)) * 2) * 2 - Vector256<float>.One;
            keep.CopyTo(fresh[cell..]);
            recall.CopyTo(fresh[(Cells + cell)..]);
            news.CopyTo(fresh[(2 * Cells + cell)..]);
            (news + keep * (Of(before, cell) - news)).CopyTo(after[cell..]);
        }
    }

    /// <summary>From log odds to a share of one. Twice that of twice as much, less one, is the hyperbolic tangent.</summary>
    private static Vector256<float> Share(Vector256<float> logOdds) => Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-logOdds));

    private static Vector256<float> Of(ReadOnlySpan<float> numbers, int at) => Vector256.Create(numbers[at..]);
}
