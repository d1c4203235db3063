namespace Switchhook.Media;

/// <summary>The codecs of the phone leg. Their numbers are the static payload types of RFC 3551.</summary>
public enum AudioCodec : byte { Pcmu = 0, Pcma = 8 }

/// <summary>What SDP negotiated for one audio stream, as facts. Media never sees SDP.</summary>
public sealed record MediaPlan
{
    public required AudioCodec Codec { get; init; }

    /// <summary>The RTP payload type we send and expect for <see cref="Codec"/>.</summary>
    public required byte PayloadType { get; init; }

    /// <summary>The RTP payload type of telephone-event (RFC 4733), or null when it was not agreed.</summary>
    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>Audio in one packet we send, in milliseconds: 20, unless the peer asked by ptime for another multiple of 10 up to 60.</summary>
    public int PacketMs { get; init; } = 20;

    /// <summary>Where the peer asked to be sent RTP. <see cref="PeerAddress.None"/> with address 0.0.0.0 (the old hold): nowhere.</summary>
    public required PeerAddress Remote { get; init; }

    /// <summary>Where the peer asked to be sent RTCP: its a=rtcp, or the port after RTP; equal to <see cref="Remote"/> when multiplexed.</summary>
    public required PeerAddress RemoteRtcp { get; init; }

    /// <summary>False while the peer holds us: no RTP is sent; RTCP goes on (RFC 3264 §8.4).</summary>
    public bool MaySend { get; init; } = true;

    /// <summary>False when the peer said it will not send; then its silence is no loss.</summary>
    public bool MayReceive { get; init; } = true;
}
