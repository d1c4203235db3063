using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// Listens to a few lessons side by side, two seconds of each at a time, and notes how each weight should change
/// (backpropagation through those two seconds). What the cells hold goes on from one passage of a lesson to the next.
/// </summary>
internal sealed class Pupil
{
    public const int PassageFrames = 100;

    private const int Seats = 8;
    private const int Rows = PassageFrames * Seats;
    private const int Cells = VoiceNet.Cells;
    private const int Gates = VoiceNet.Gates;

    private readonly VoiceNet _net;
    private readonly Queue<Lesson> _lessons = new();
    private readonly Lesson?[] _heard = new Lesson?[Seats];
    private readonly int[] _at = new int[Seats];

    // A row is a seat's frame, all seats of the first frame first. The cells have a row more: what they held before.
    private readonly float[] _measures = new float[Rows * VoiceNet.Inputs];
    private readonly float[] _sums = new float[Rows * VoiceNet.Sums], _sumErrors = new float[Rows * VoiceNet.Sums];
    private readonly float[] _fresh = new float[Rows * Gates], _freshErrors = new float[Rows * Gates];
    private readonly float[] _recalled = new float[Rows * Gates], _recalledErrors = new float[Rows * Gates];
    private readonly float[] _cells = new float[(Rows + Seats) * Cells], _cellErrors = new float[(Rows + Seats) * Cells];
    private readonly float[] _opinions = new float[Rows * VoiceNet.Opinions], _opinionErrors = new float[Rows * VoiceNet.Opinions];
    private readonly float[] _verdicts = new float[Rows], _verdictErrors = new float[Rows];

    public Pupil(VoiceNet net)
    {
        _net = net;
        Blame = [.. net.Layers.Select(layer => (new float[layer.Weights.Length], new float[layer.Added.Length]))];
    }

    /// <summary>In the order of <see cref="VoiceNet.Layers"/>, summed over what was learnt.</summary>
    public (float[] Weights, float[] Added)[] Blame { get; }

    public double Loss { get; private set; }

    public double Weight { get; private set; }

    /// <summary>Whether there is a lesson for every seat that may need one.</summary>
    public bool IsReady => _lessons.Count >= Seats;

    public void Give(Lesson lesson) => _lessons.Enqueue(lesson);

    public void Forget()
    {
        foreach ((float[] weights, float[] added) in Blame)
        {
            Array.Clear(weights);
            Array.Clear(added);
        }
        (Loss, Weight) = (0, 0);
    }

    public void Learn()
    {
        Listen();
        Judge();
        Array.Clear(_opinionErrors);
        Array.Clear(_cellErrors);
        Array.Clear(_sumErrors);
        Span<float> after = _cells.AsSpan(Seats * Cells);
        Back(4, _net.Verdict, _opinions, _verdictErrors, _opinionErrors);
        CutOff(_opinions, _opinionErrors);
        Back(3, _net.Opinion, after, _opinionErrors, _cellErrors.AsSpan(Seats * Cells));
        for (int frame = PassageFrames - 1; frame >= 0; frame--) { Unremember(frame); }
        Matrix.Blame(_cells, _recalledErrors, Blame[2].Weights, Blame[2].Added, Rows);
        Back(1, _net.Gate, _sums, _freshErrors, _sumErrors);
        CutOff(_sums, _sumErrors);
        Matrix.Blame(_measures, _sumErrors, Blame[0].Weights, Blame[0].Added, Rows);
    }

    /// <summary>What the net makes of the next passage, every step of it kept.</summary>
    private void Listen()
    {
        _cells.AsSpan(Rows * Cells).CopyTo(_cells);
        for (int seat = 0; seat < Seats; seat++)
        {
            if (_heard[seat] is null || _at[seat] + 2 * PassageFrames > _heard[seat]!.Frames)
            {
                (_heard[seat], _at[seat]) = (_lessons.Dequeue(), 0);
                _cells.AsSpan(seat * Cells, Cells).Clear();
            }
            else { _at[seat] += PassageFrames; }
            for (int frame = 0; frame < PassageFrames; frame++) { _heard[seat]!.Of(_at[seat] + frame).CopyTo(_measures.AsSpan((frame * Seats + seat) * VoiceNet.Inputs)); }
        }
        Matrix.Weigh(_net.Sum, _measures, _sums, Rows);
        VoiceNet.CutOff(_sums);
        Matrix.Weigh(_net.Gate, _sums, _fresh, Rows);
        for (int row = 0; row < Rows; row++)
        {
            Span<float> before = _cells.AsSpan(row * Cells, Cells), recalled = _recalled.AsSpan(row * Gates, Gates);
            _net.Recall.Weigh(before, recalled);
            VoiceNet.Remember(_fresh.AsSpan(row * Gates, Gates), recalled, before, _cells.AsSpan((row + Seats) * Cells, Cells));
        }
        Matrix.Weigh(_net.Opinion, _cells.AsSpan(Seats * Cells), _opinions, Rows);
        VoiceNet.CutOff(_opinions);
        Matrix.Weigh(_net.Verdict, _opinions, _verdicts, Rows);
    }

    private void Judge()
    {
        for (int row = 0; row < Rows; row++)
        {
            (Lesson lesson, int frame) = (_heard[row % Seats]!, _at[row % Seats] + row / Seats);
            float weight = lesson.Weight[frame], truth = lesson.Truth[frame];
            double probability = 1 / (1 + Math.Exp(-_verdicts[row]));
            _verdictErrors[row] = (float)((probability - truth) * weight);
            Loss -= weight * Math.Log(Math.Max(1e-9, truth > 0 ? probability : 1 - probability));
            Weight += weight;
        }
    }

    /// <summary>From the cells after a frame to those before it, through the gates (see <see cref="VoiceNet.Remember"/>).</summary>
    private void Unremember(int frame)
    {
        for (int row = frame * Seats; row < (frame + 1) * Seats; row++)
        {
            ReadOnlySpan<float> errors = _cellErrors.AsSpan((row + Seats) * Cells, Cells), gates = _fresh.AsSpan(row * Gates, Gates), recalled = _recalled.AsSpan(row * Gates, Gates);
            ReadOnlySpan<float> held = _cells.AsSpan(row * Cells, Cells);
            Span<float> before = _cellErrors.AsSpan(row * Cells, Cells), fresh = _freshErrors.AsSpan(row * Gates, Gates), old = _recalledErrors.AsSpan(row * Gates, Gates);
            for (int cell = 0; cell < Cells; cell++)
            {
                float error = errors[cell], keep = gates[cell], recall = gates[Cells + cell], news = gates[2 * Cells + cell];
                float newsError = error * (1 - keep) * (1 - news * news);
                fresh[cell] = old[cell] = error * (held[cell] - news) * keep * (1 - keep);
                fresh[Cells + cell] = old[Cells + cell] = newsError * recalled[2 * Cells + cell] * recall * (1 - recall);
                fresh[2 * Cells + cell] = newsError;
                old[2 * Cells + cell] = newsError * recall;
                before[cell] += error * keep;
            }
        }
        Matrix.Back(_net.Recall, _recalledErrors.AsSpan(frame * Seats * Gates), _cellErrors.AsSpan(frame * Seats * Cells), Seats);
    }

    private void Back(int layer, VoiceLayer weighed, ReadOnlySpan<float> inputs, ReadOnlySpan<float> errors, Span<float> inputErrors)
    {
        Matrix.Blame(inputs, errors, Blame[layer].Weights, Blame[layer].Added, Rows);
        Matrix.Back(weighed, errors, inputErrors, Rows);
    }

    private static void CutOff(ReadOnlySpan<float> numbers, Span<float> errors)
    {
        for (int i = 0; i < errors.Length; i++)
        {
            if (numbers[i] <= 0) { errors[i] = 0; }
        }
    }
}
