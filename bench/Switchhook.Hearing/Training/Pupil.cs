using System.Runtime.Intrinsics;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>Goes through passages of lessons and notes how each weight should change (backpropagation). What is summed up of a frame serves all the frames that look back at it.</summary>
internal sealed class Pupil
{
    public const int PassageFrames = 32;

    private readonly VoiceNet _net;
    private readonly int _rows;
    private readonly float[] _sums, _back, _hidden;
    private readonly float[] _first, _firstBias, _second, _secondBias, _third, _offset;

    public Pupil(VoiceNet net)
    {
        _net = net;
        _rows = PassageFrames + net.Frames - 1;
        (_sums, _back, _hidden) = (new float[_rows * net.PerFrame], new float[_rows * net.PerFrame], new float[net.Hidden]);
        Gradients = [.. net.Named.Select(one => new float[one.Weights.Length])];
        (_first, _firstBias, _second, _secondBias, _third, _offset) = (Gradients[0], Gradients[1], Gradients[2], Gradients[3], Gradients[4], Gradients[5]);
    }

    /// <summary>In the order of <see cref="VoiceNet.Named"/>, summed over what was learnt.</summary>
    public float[][] Gradients { get; }

    public double Loss { get; private set; }

    public double Weight { get; private set; }

    public void Forget()
    {
        foreach (float[] gradient in Gradients) { Array.Clear(gradient); }
        (Loss, Weight) = (0, 0);
    }

    public void Learn(Lesson lesson, int start)
    {
        int per = _net.PerFrame, width = _net.Frames * per;
        Array.Clear(_back);
        // The newest frame comes first, as the net wants it.
        for (int row = 0; row < _rows; row++)
        {
            int frame = start + PassageFrames - 1 - row;
            if (frame >= 0) { _net.Sum(lesson.Of(frame), _sums.AsSpan(row * per, per)); }
            else { _sums.AsSpan(row * per, per).Clear(); }
        }
        for (int row = 0; row < PassageFrames; row++)
        {
            int frame = start + PassageFrames - 1 - row;
            if (lesson.Weight[frame] > 0) { Judge(_sums.AsSpan(row * per, width), _back.AsSpan(row * per, width), lesson.Truth[frame], lesson.Weight[frame]); }
        }
        for (int row = 0; row < _rows && start + PassageFrames - 1 - row >= 0; row++)
        {
            ReadOnlySpan<float> features = lesson.Of(start + PassageFrames - 1 - row);
            for (int i = 0; i < per; i++)
            {
                float back = _back[row * per + i];
                if (back == 0 || _sums[row * per + i] <= 0) { continue; }
                _firstBias[i] += back;
                Add(_first.AsSpan(i * VoiceNet.Inputs, VoiceNet.Inputs), features, back);
            }
        }
    }

    private void Judge(ReadOnlySpan<float> sums, Span<float> backs, float truth, float weight)
    {
        int width = sums.Length;
        float logOdds = _net.Offset[0];
        for (int h = 0; h < _net.Hidden; h++)
        {
            _hidden[h] = Math.Max(0, _net.SecondBias[h] + VoiceNet.Product(_net.Second.AsSpan(h * width, width), sums));
            logOdds += _net.Third[h] * _hidden[h];
        }
        double probability = 1 / (1 + Math.Exp(-logOdds));
        float error = (float)((probability - truth) * weight);
        Loss -= weight * Math.Log(Math.Max(1e-9, truth > 0 ? probability : 1 - probability));
        Weight += weight;
        _offset[0] += error;
        for (int h = 0; h < _net.Hidden; h++)
        {
            if (_hidden[h] <= 0) { continue; }
            float back = error * _net.Third[h];
            _third[h] += error * _hidden[h];
            _secondBias[h] += back;
            Add(_second.AsSpan(h * width, width), sums, back);
            Add(backs, _net.Second.AsSpan(h * width, width), back);
        }
    }

    private static void Add(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        for (int i = 0; i < to.Length; i += Vector256<float>.Count)
        {
            (Vector256.Create<float>(to[i..]) + Vector256.Create(from[i..]) * factor).CopyTo(to[i..]);
        }
    }
}
