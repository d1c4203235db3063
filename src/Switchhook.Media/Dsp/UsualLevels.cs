namespace Switchhook.Media.Dsp;

/// <summary>
/// What levels usually are, in decibels: means that follow downwards in two thirds of a second and upwards in two, so that words
/// hardly lift them and a pause brings them back. The first 0.6 s are averaged as they come.
/// </summary>
internal sealed class UsualLevels(int count)
{
    private const int AveragedFrames = 30;
    private const float Rise = 0.01f, Fall = 0.03f;

    private readonly float[] _usual = new float[count];
    private int _frames;

    /// <summary>Once a frame, before any level is followed.</summary>
    public void Next()
    {
        if (_frames < AveragedFrames) { _frames++; }
    }

    /// <summary>Takes the level of this frame, and tells what is usual now.</summary>
    public float Follow(int which, float level)
    {
        float share = _frames < AveragedFrames ? 1f / _frames : level > _usual[which] ? Rise : Fall;
        return _usual[which] += (level - _usual[which]) * share;
    }
}
