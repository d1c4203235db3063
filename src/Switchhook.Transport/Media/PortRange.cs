namespace Switchhook.Transport.Media;

/// <summary>
/// Pairs of an even RTP port and the odd RTCP port after it (RFC 3550 §11). Pairs are taken in a circle that begins
/// at random, so that a port rests as long as possible before another call gets it and meets the last packets of
/// the one before. Any thread may take and put back.
/// </summary>
internal sealed class PortRange
{
    private readonly int _first;
    private readonly int[] _taken;
    private uint _cursor;
    private int _inUse;

    /// <summary>Whole pairs between the two ports, both included.</summary>
    public PortRange(int first, int last, Random random)
    {
        _first = first + (first & 1);
        int pairs = (last - _first + 1) / 2;
        if (first < 1 || last > ushort.MaxValue || pairs < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(last), $"{first}-{last} holds no pair of an even port and the next one");
        }
        _taken = new int[pairs];
        _cursor = (uint)random.Next(pairs);
    }

    public int Pairs => _taken.Length;

    public int InUse => Volatile.Read(ref _inUse);

    public bool TryTake(out ushort rtpPort)
    {
        for (int asked = 0; asked < _taken.Length; asked++)
        {
            uint pair = Interlocked.Increment(ref _cursor) % (uint)_taken.Length;
            if (Interlocked.Exchange(ref _taken[pair], 1) != 0) { continue; }
            Interlocked.Increment(ref _inUse);
            rtpPort = (ushort)(_first + 2 * pair);
            return true;
        }
        rtpPort = 0;
        return false;
    }

    public void PutBack(ushort rtpPort)
    {
        if (Interlocked.Exchange(ref _taken[(rtpPort - _first) / 2], 0) != 0) { Interlocked.Decrement(ref _inUse); }
    }
}
