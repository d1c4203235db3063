using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// Finds the weights of a <see cref="VoiceNet"/> by gradient descent (Adam; Kingma and Ba, 2014) on lessons drawn from seeds, each
/// heard once: the same seeds, the same weights. Two pupils share a step, always in the same way.
/// </summary>
internal sealed class Trainer
{
    private const int Pupils = 2;
    private const int RoundLessons = 600;
    private const double Rate = 0.003;

    private readonly Random _random = new(1);
    private readonly VoiceNet _net = new();
    private readonly Pupil[] _pupils;
    private readonly Adam[] _descents;

    public Trainer()
    {
        foreach (VoiceLayer layer in _net.Layers) { Scatter(layer); }
        // At first everything is kept for a while.
        _net.Gate.Added.AsSpan(0, VoiceNet.Cells).Fill(1);
        _pupils = [.. Enumerable.Range(0, Pupils).Select(_ => new Pupil(_net))];
        _descents = [.. _net.Layers.SelectMany((layer, i) => new[]
        {
            new Adam(layer.Weights, [.. _pupils.Select(pupil => pupil.Blame[i].Weights)]),
            new Adam(layer.Added, [.. _pupils.Select(pupil => pupil.Blame[i].Added)]),
        })];
    }

    public VoiceNet Train(int rounds, Action<int, double> tell)
    {
        for (int round = 0; round < rounds; round++)
        {
            Lesson[] lessons = new Lesson[RoundLessons];
            int first = round * RoundLessons, taken = 0;
            Parallel.For(0, RoundLessons, i => lessons[i] = Lesson.Draw(first + i));
            double loss = 0, weight = 0;
            while (true)
            {
                foreach (Pupil pupil in _pupils)
                {
                    while (!pupil.IsReady && taken < lessons.Length) { pupil.Give(lessons[taken++]); }
                }
                if (!_pupils.All(pupil => pupil.IsReady)) { break; }
                Parallel.ForEach(_pupils, pupil => pupil.Learn());
                loss += _pupils.Sum(pupil => pupil.Loss);
                weight += _pupils.Sum(pupil => pupil.Weight);
                // Slower and slower, down to nothing.
                Step(Rate * 0.5 * (1 + Math.Cos(Math.PI * (round + taken / (double)RoundLessons) / rounds)));
            }
            tell(round, loss / weight);
        }
        return _net;
    }

    private void Step(double rate)
    {
        double weight = _pupils.Sum(pupil => pupil.Weight);
        if (weight > 0)
        {
            foreach (Adam descent in _descents) { descent.Step(rate, weight); }
        }
        foreach (Pupil pupil in _pupils) { pupil.Forget(); }
    }

    private void Scatter(VoiceLayer layer)
    {
        for (int i = 0; i < layer.Weights.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            layer.Weights[i] = (float)(normal / Math.Sqrt(layer.Inputs));
        }
    }

    /// <summary>Gradient descent with a memory of the mean and the square of the gradient.</summary>
    private sealed class Adam(float[] weights, float[][] gradients)
    {
        private readonly float[] _mean = new float[weights.Length];
        private readonly float[] _square = new float[weights.Length];
        private int _steps;

        public void Step(double rate, double weight)
        {
            _steps++;
            float r = (float)(rate / (1 - Math.Pow(0.9, _steps))), s = (float)(1 / (1 - Math.Pow(0.999, _steps))), share = (float)(1 / weight);
            for (int i = 0; i < weights.Length; i++)
            {
                float gradient = 0;
                foreach (float[] one in gradients) { gradient += one[i]; }
                gradient *= share;
                _mean[i] += 0.1f * (gradient - _mean[i]);
                _square[i] += 0.001f * (gradient * gradient - _square[i]);
                weights[i] -= r * _mean[i] / (MathF.Sqrt(_square[i] * s) + 1e-8f);
            }
        }
    }
}
