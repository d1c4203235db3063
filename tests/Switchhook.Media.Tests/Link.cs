namespace Switchhook.Media.Tests;

/// <summary>What a network does to packets of one direction, from a seed.</summary>
internal sealed class Link(int seed)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Sent, (long At, long Order)> _underway = new();
    private long _order;

    public double DelayMs { get; set; } = 30;
    public double JitterMs { get; set; }
    public double Loss { get; set; }
    public double Repeat { get; set; }
    /// <summary>RTP packets that were lost; reports may be lost as well.</summary>
    public int Lost { get; private set; }

    /// <summary>How many of the sender's packets were put on the way.</summary>
    public int Taken { get; set; }

    public int Delivered { get; private set; }
    public int Repeated { get; private set; }

    public void Send(Sent packet)
    {
        if (_random.NextDouble() < Loss) { Lost += packet.Rtcp ? 0 : 1; return; }
        Enqueue(packet);
        if (_random.NextDouble() < Repeat) { Repeated++; Enqueue(packet); }
    }

    public bool TryDeliver(Instant now, out Sent packet, out Instant at)
    {
        (packet, at) = (default, default);
        if (!_underway.TryPeek(out _, out (long At, long Order) head) || head.At > now.Ticks) { return false; }
        packet = _underway.Dequeue();
        at = new Instant(head.At);
        Delivered++;
        return true;
    }

    private void Enqueue(Sent packet)
    {
        long at = (packet.At + TimeSpan.FromMilliseconds(DelayMs + _random.NextDouble() * JitterMs)).Ticks;
        _underway.Enqueue(packet, (at, _order++));
    }
}
