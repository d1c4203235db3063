namespace Switchhook.Sip.Sdp;

/// <summary>What offer and answer agreed for the one audio stream, as facts for the media plane.</summary>
public sealed record NegotiatedAudio
{
    /// <summary>The codec's RTP name, in our own spelling.</summary>
    public required string Codec { get; init; }

    public required int ClockRate { get; init; }

    public required byte PayloadType { get; init; }

    /// <summary>Null when telephone-event was not agreed.</summary>
    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>Audio in one packet we send: 10, 20, 30, 40 or 60.</summary>
    public required int SendPtimeMs { get; init; }

    /// <summary>Where to send RTP; <see cref="PeerAddress.None"/> while the peer holds us with 0.0.0.0 (RFC 3264 §8.4).</summary>
    public required PeerAddress RemoteRtp { get; init; }

    /// <summary>Where to send RTCP: a=rtcp, or the port after RTP's, or RTP's own when they share it.</summary>
    public required PeerAddress RemoteRtcp { get; init; }

    public required bool RtcpMux { get; init; }

    /// <summary>False while the peer holds us.</summary>
    public required bool MaySend { get; init; }

    /// <summary>False when the peer said that it sends nothing.</summary>
    public required bool MayReceive { get; init; }
}

/// <summary>How a negotiation ended.</summary>
public abstract record SdpAnswer
{
    private SdpAnswer() { }

    /// <summary>Agreed. <paramref name="Local"/> is our side: the answer to be sent, or the offer that was answered.</summary>
    public sealed record Accepted(SessionDescription Local, NegotiatedAudio Audio) : SdpAnswer;

    /// <summary>Nothing in common: 488, a warning code (RFC 3261 §20.43), and the rule that was not met.</summary>
    public sealed record Refused(SipCause Cause) : SdpAnswer;
}
