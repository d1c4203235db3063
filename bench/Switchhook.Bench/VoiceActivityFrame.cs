using BenchmarkDotNet.Attributes;
using Switchhook.Media.Dsp;

namespace Switchhook.Bench;

/// <summary>Is this a voice? Fifty times a second and call; four seconds of speech and pauses, round and round.</summary>
public class VoiceActivityFrame
{
    private short[] _speech = [];
    private VoiceActivity _voice = new(8000);
    private int _frame;

    [Params(8000, 24_000)]
    public int Rate { get; set; }

    [GlobalSetup]
    public void Begin() => (_speech, _voice, _frame) = (Speech.Samples(Rate, 4000), new VoiceActivity(Rate), 0);

    [Benchmark]
    public float Hear()
    {
        int samples = Rate / 50;
        _frame = (_frame + 1) % (_speech.Length / samples);
        return _voice.Hear(_speech.AsSpan(_frame * samples, samples));
    }
}
