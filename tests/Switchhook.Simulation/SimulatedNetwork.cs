namespace Switchhook.Simulation;

/// <summary>What a network does to datagrams. Chances are 0 to 1; each draw comes from the network's one seed.</summary>
public sealed record NetworkWeather
{
    /// <summary>Everything arrives, in order, at once.</summary>
    public static NetworkWeather Calm { get; } = new();

    /// <summary>The way takes at least so long.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>And up to so much longer, drawn for each datagram; datagrams overtake each other when this exceeds the gap between them.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The chance that a datagram is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The chance that a datagram arrives twice, each copy with a delay of its own.</summary>
    public double Duplication { get; init; }

    /// <summary>The chance that a datagram is held back for <see cref="Detour"/> on top, so that later ones overtake it.</summary>
    public double Reordering { get; init; }

    public TimeSpan Detour { get; init; } = TimeSpan.FromMilliseconds(50);
}

/// <summary>A datagram as it arrives.</summary>
public readonly record struct Datagram(PeerAddress From, PeerAddress To, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// A network without sockets or threads: what is sent at one time may be delivered at a later one. One seed is one
/// history, byte for byte. Datagrams whose time is the same arrive in the order in which they were sent.
/// </summary>
public sealed class SimulatedNetwork(int seed, NetworkWeather weather)
{
    // Seeds of the worlds that use a network are drawn from the same small integers; another stream keeps them apart.
    private readonly Random _random = new(unchecked(seed * 7919 + 17));
    private readonly PriorityQueue<Datagram, (Instant At, long Order)> _underWay = new();
    private long _order;

    /// <summary>May change while datagrams are under way; it applies to those sent from then on.</summary>
    public NetworkWeather Weather { get; set; } = weather;

    public int UnderWay => _underWay.Count;

    public int Lost { get; private set; }

    /// <summary>When the next datagram arrives.</summary>
    public Instant NextTimeout => _underWay.TryPeek(out _, out (Instant At, long Order) key) ? key.At : Instant.Never;

    public void Send(Instant now, PeerAddress from, PeerAddress to, ReadOnlySpan<byte> bytes)
    {
        int copies = _random.NextDouble() < Weather.Duplication ? 2 : 1;
        for (int copy = 0; copy < copies; copy++)
        {
            if (_random.NextDouble() < Weather.Loss) { Lost++; continue; }
            TimeSpan delay = Weather.Latency + _random.NextDouble() * Weather.Jitter;
            if (_random.NextDouble() < Weather.Reordering) { delay += Weather.Detour; }
            _underWay.Enqueue(new Datagram(from, to, bytes.ToArray()), (now + delay, _order++));
        }
    }

    /// <summary>Takes the next datagram whose time has come.</summary>
    public bool TryDeliver(Instant now, out Datagram datagram)
    {
        datagram = default;
        return NextTimeout <= now && _underWay.TryDequeue(out datagram, out _);
    }
}
