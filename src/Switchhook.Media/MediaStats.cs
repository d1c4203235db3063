namespace Switchhook.Media;

/// <summary>The counters of one audio stream, as a snapshot.</summary>
public readonly record struct MediaStats
{
    public long PacketsSent { get; init; }
    public long PacketsReceived { get; init; }
    /// <summary>RFC 3550 A.3: expected minus received.</summary>
    public long PacketsLost { get; init; }
    /// <summary>Arrived after their turn to be played.</summary>
    public long PacketsLate { get; init; }
    /// <summary>Dropped: malformed, foreign source, unknown payload type, duplicate, or no room.</summary>
    public long PacketsDropped { get; init; }
    /// <summary>Frames that were made up because nothing was there to play.</summary>
    public long FramesConcealed { get; init; }
    /// <summary>Frames in the middle of an utterance for which the engine had given no speech; the caller heard silence (L19).</summary>
    public long FramesStarved { get; init; }
    /// <summary>Interarrival jitter, RFC 3550 §6.4.1, in milliseconds.</summary>
    public double JitterMs { get; init; }
    /// <summary>What the jitter buffer adds, in milliseconds.</summary>
    public int DelayMs { get; init; }
    /// <summary>Round trip from RTCP (RFC 3550 §6.4.1), in milliseconds; null until a report came back.</summary>
    public double? RoundTripMs { get; init; }
    /// <summary>What the peer reports as lost of what we sent, or null until it reported.</summary>
    public long? RemoteLost { get; init; }
    /// <summary>Estimate of listening quality, 1 to 4.5 (ITU-T G.107, simplified).</summary>
    public double Mos { get; init; }
}
