using System.Runtime.Intrinsics;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// Finds the weights of a <see cref="VoiceNet"/> by gradient descent on lessons drawn from seeds: the same seeds, the same weights.
/// </summary>
internal sealed class Trainer
{
    private const int Batch = 64;

    private readonly VoiceNet _net;
    private readonly Lesson[] _lessons;
    private readonly Random _random = new(1);
    private readonly float[] _sums, _hidden, _back;
    private readonly Adam[] _descents;

    public Trainer(Lesson[] lessons, int frames, int perFrame, int hidden)
    {
        _lessons = lessons;
        _net = new VoiceNet(frames, perFrame, hidden);
        Scatter(_net.First, VoiceFeatures.Count);
        Scatter(_net.Second, frames * perFrame);
        Scatter(_net.Third, hidden);
        (_sums, _back, _hidden) = (new float[frames * perFrame], new float[frames * perFrame], new float[hidden]);
        _descents = [.. _net.Named.Select(one => new Adam(one.Weights))];
    }

    public VoiceNet Train(int epochs, Action<int, double> tell)
    {
        (int Lesson, int Frame)[] order = [.. _lessons.SelectMany((lesson, l) => Enumerable.Range(0, lesson.Frames).Where(f => lesson.Weight[f] > 0).Select(f => (l, f)))];
        int steps = epochs * (order.Length / Batch), step = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            _random.Shuffle(order);
            double loss = 0;
            for (int at = 0; at + Batch <= order.Length; at += Batch)
            {
                foreach ((int lesson, int frame) in order.AsSpan(at, Batch)) { loss += Learn(_lessons[lesson], frame); }
                double rate = 0.003 * 0.5 * (1 + Math.Cos(Math.PI * step++ / steps));
                foreach (Adam descent in _descents) { descent.Step(rate); }
            }
            tell(epoch, loss / order.Length);
        }
        return _net;
    }

    /// <summary>Adds what one frame has to say to the gradients.</summary>
    private double Learn(Lesson lesson, int frame)
    {
        int per = _net.PerFrame, width = _net.Frames * per;
        for (int i = 0; i < _net.Frames; i++)
        {
            Span<float> sums = _sums.AsSpan(i * per, per);
            if (frame >= i) { _net.Sum(lesson.Of(frame - i), sums); }
            else { sums.Clear(); }
        }
        float logOdds = _net.Offset[0];
        for (int h = 0; h < _net.Hidden; h++)
        {
            _hidden[h] = Math.Max(0, _net.SecondBias[h] + VoiceNet.Product(_net.Second.AsSpan(h * width, width), _sums));
            logOdds += _net.Third[h] * _hidden[h];
        }
        double probability = 1 / (1 + Math.Exp(-logOdds));
        float truth = lesson.Truth[frame], weight = lesson.Weight[frame];
        float error = (float)((probability - truth) * weight);
        Array.Clear(_back);
        for (int h = 0; h < _net.Hidden; h++)
        {
            if (_hidden[h] <= 0) { continue; }
            _descents[4].Gradient[h] += error * _hidden[h];
            float back = error * _net.Third[h];
            _descents[3].Gradient[h] += back;
            Add(_descents[2].Gradient.AsSpan(h * width, width), _sums, back);
            Add(_back, _net.Second.AsSpan(h * width, width), back);
        }
        _descents[5].Gradient[0] += error;
        for (int i = 0; i < width; i++)
        {
            if (_sums[i] <= 0) { continue; }
            _descents[1].Gradient[i % per] += _back[i];
            Add(_descents[0].Gradient.AsSpan(i % per * VoiceNet.Inputs, VoiceNet.Inputs), lesson.Of(frame - i / per), _back[i]);
        }
        return -weight * Math.Log(Math.Max(1e-9, truth > 0 ? probability : 1 - probability));
    }

    private void Scatter(float[] weights, int inputs)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            weights[i] = (float)(normal * Math.Sqrt(1.0 / inputs));
        }
    }

    private static void Add(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        for (int i = 0; i < to.Length; i += Vector256<float>.Count)
        {
            (Vector256.Create<float>(to[i..]) + Vector256.Create(from[i..]) * factor).CopyTo(to[i..]);
        }
    }

    /// <summary>Gradient descent with a memory (Kingma and Ba, 2014).</summary>
    private sealed class Adam(float[] weights)
    {
        private readonly float[] _mean = new float[weights.Length];
        private readonly float[] _square = new float[weights.Length];
        private int _steps;

        public float[] Gradient { get; } = new float[weights.Length];

        public void Step(double rate)
        {
            _steps++;
            float r = (float)(rate / (1 - Math.Pow(0.9, _steps))), s = (float)(1 / (1 - Math.Pow(0.999, _steps)));
            for (int i = 0; i < weights.Length; i++)
            {
                float gradient = Gradient[i] / Batch;
                _mean[i] += 0.1f * (gradient - _mean[i]);
                _square[i] += 0.001f * (gradient * gradient - _square[i]);
                weights[i] -= r * _mean[i] / (MathF.Sqrt(_square[i] * s) + 1e-8f);
                Gradient[i] = 0;
            }
        }
    }
}
