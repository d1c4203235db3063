namespace Switchhook.Sip.Sdp;

/// <summary>A codec by its RTP name; <paramref name="PayloadType"/> is what we offer it as.</summary>
public sealed record AudioCapability(string Encoding, int ClockRate, byte PayloadType);

/// <summary>What we can hear and say, in names and numbers. The order is our preference when the offer is ours.</summary>
public sealed record AudioCapabilities
{
    /// <summary>The two laws of G.711, which every phone speaks.</summary>
    public static AudioCapabilities G711 { get; } = new() { Codecs = [new("PCMU", 8000, 0), new("PCMA", 8000, 8)] };

    public required IReadOnlyList<AudioCapability> Codecs { get; init; }

    /// <summary>The payload type of telephone-event in our offers (RFC 4733), or null to do without.</summary>
    public byte? TelephoneEventPayloadType { get; init; } = 101;

    /// <summary>Whether RTCP may share RTP's port when the peer asks for it (RFC 5761).</summary>
    public bool RtcpMux { get; init; } = true;

    internal bool Speaks(SdpFormat format) =>
        format.Channels == 1 && Codecs.Any(codec => format.Is(codec.Encoding, codec.ClockRate));
}

/// <summary>Our end of the stream: where we listen, and what we described before.</summary>
public sealed record SdpLocal(PeerAddress Rtp, ulong SessionId)
{
    /// <summary>Said in the SDP only where it is not the port after RTP's (RFC 3605).</summary>
    public ushort RtcpPort { get; init; } = (ushort)(Rtp.Port + 1);

    /// <summary>Our last description of this session. The version of o= grows when the new one differs (RFC 3264 §8).</summary>
    public SessionDescription? Previous { get; init; }
}
