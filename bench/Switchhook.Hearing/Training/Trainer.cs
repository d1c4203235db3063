using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// Finds the weights of a <see cref="VoiceNet"/> by gradient descent (Adam; Kingma and Ba, 2014) on lessons drawn from seeds: the same
/// seeds, the same weights. A step looks at a few short passages of different lessons; two pupils share it, always in the same way.
/// </summary>
internal sealed class Trainer
{
    private const int Passages = 16;
    private const int Pupils = 2;
    private const double Rate = 0.003;

    private readonly Lesson[] _lessons;
    private readonly Random _random = new(1);
    private readonly VoiceNet _net;
    private readonly Pupil[] _pupils;
    private readonly Adam[] _descents;

    public Trainer(Lesson[] lessons, int frames, int perFrame, int hidden)
    {
        _lessons = lessons;
        _net = new VoiceNet(frames, perFrame, hidden);
        Scatter(_net.First, VoiceFeatures.Count);
        Scatter(_net.Second, frames * perFrame);
        Scatter(_net.Third, hidden);
        _pupils = [.. Enumerable.Range(0, Pupils).Select(_ => new Pupil(_net))];
        _descents = [.. _net.Named.Select((one, i) => new Adam(one.Weights, [.. _pupils.Select(pupil => pupil.Gradients[i])]))];
    }

    public VoiceNet Train(int epochs, Action<int, double> tell)
    {
        (int Lesson, int Frame)[] order = [.. _lessons.SelectMany((lesson, l) => Enumerable.Range(0, lesson.Frames / Pupil.PassageFrames).Select(p => (l, p * Pupil.PassageFrames)))];
        int batches = order.Length / Passages, step = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            _random.Shuffle(order);
            double loss = 0;
            for (int at = 0; at + Passages <= order.Length; at += Passages)
            {
                int first = at;
                Parallel.For(0, Pupils, p =>
                {
                    foreach ((int lesson, int frame) in order.AsSpan(first + p * Passages / Pupils, Passages / Pupils)) { _pupils[p].Learn(_lessons[lesson], frame); }
                });
                double weight = _pupils.Sum(pupil => pupil.Weight);
                loss += _pupils.Sum(pupil => pupil.Loss) / weight / batches;
                double rate = Rate * 0.5 * (1 + Math.Cos(Math.PI * step++ / (epochs * batches)));
                foreach (Adam descent in _descents) { descent.Step(rate, weight); }
                foreach (Pupil pupil in _pupils) { pupil.Forget(); }
            }
            tell(epoch, loss);
        }
        return _net;
    }

    private void Scatter(float[] weights, int inputs)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            weights[i] = (float)(normal * Math.Sqrt(1.0 / inputs));
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
