namespace Switchhook.Transport.Media;

/// <summary>What one media thread, or all of them, have done since the start.</summary>
public readonly record struct MediaCounters
{
    /// <summary>Sessions running now.</summary>
    public int Sessions { get; init; }
    public long DatagramsReceived { get; init; }
    public long DatagramsSent { get; init; }
    /// <summary>Datagrams that the network did not take.</summary>
    public long SendFailures { get; init; }
    public long Ticks { get; init; }
    /// <summary>Ticks more than <see cref="Limits.LateTick"/> after their time.</summary>
    public long LateTicks { get; init; }
    /// <summary>Ticks that were not made up for, because the thread had been away too long.</summary>
    public long SkippedTicks { get; init; }
    /// <summary>Sessions that ended by a mistake of ours.</summary>
    public long Faults { get; init; }
    /// <summary>Bytes that the threads have allocated: it stands still while calls run.</summary>
    public long AllocatedBytes { get; init; }

    public MediaCounters Plus(in MediaCounters other) => new()
    {
        Sessions = Sessions + other.Sessions,
        DatagramsReceived = DatagramsReceived + other.DatagramsReceived,
        DatagramsSent = DatagramsSent + other.DatagramsSent,
        SendFailures = SendFailures + other.SendFailures,
        Ticks = Ticks + other.Ticks,
        LateTicks = LateTicks + other.LateTicks,
        SkippedTicks = SkippedTicks + other.SkippedTicks,
        Faults = Faults + other.Faults,
        AllocatedBytes = AllocatedBytes + other.AllocatedBytes,
    };
}
