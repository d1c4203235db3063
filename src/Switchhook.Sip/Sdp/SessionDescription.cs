namespace Switchhook.Sip.Sdp;

/// <summary>Who may send (RFC 4566 §6), from the describer's point of view.</summary>
public enum SdpDirection : byte { SendReceive, SendOnly, ReceiveOnly, Inactive }

/// <summary>The <c>o=</c> line: who describes, which session, and its version, which grows with every change (RFC 3264 §8).</summary>
public sealed record SdpOrigin(string Username, ulong SessionId, ulong Version, string Address);

/// <summary>One attribute as it stood: <c>a=name</c> or <c>a=name:value</c>.</summary>
public readonly record struct SdpAttribute(string Name, string? Value);

/// <summary>
/// One payload type of a stream. <paramref name="Encoding"/> is empty where neither an rtpmap nor the static table of
/// RFC 3551 names it, or where the stream is no RTP and the format is only a word (<see cref="Token"/>).
/// </summary>
public sealed record SdpFormat(int PayloadType, string Encoding, int ClockRate, int Channels = 1, string? Fmtp = null)
{
    /// <summary>The format as it stood on the m= line.</summary>
    public required string Token { get; init; }

    public bool Is(string encoding, int clockRate) =>
        ClockRate == clockRate && string.Equals(Encoding, encoding, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One <c>m=</c> line and what follows it.</summary>
public sealed record SdpMedia
{
    /// <summary>audio, video, image…</summary>
    public required string Type { get; init; }

    /// <summary>0 means: this stream is refused, or over (RFC 3264 §5.1, §6).</summary>
    public required ushort Port { get; init; }

    /// <summary>RTP/AVP, RTP/SAVP, udptl…</summary>
    public required string Protocol { get; init; }

    public required IReadOnlyList<SdpFormat> Formats { get; init; }

    /// <summary>The stream's own <c>c=</c> address, or null where the session's holds.</summary>
    public string? Connection { get; init; }

    public SdpDirection? Direction { get; init; }

    public int? PtimeMs { get; init; }

    public int? MaxPtimeMs { get; init; }

    /// <summary>The <c>a=rtcp</c> port (RFC 3605), where RTCP is not on the port after RTP's.</summary>
    public ushort? RtcpPort { get; init; }

    public string? RtcpAddress { get; init; }

    /// <summary>RTCP on RTP's own port (RFC 5761).</summary>
    public bool RtcpMux { get; init; }

    /// <summary>All attributes, in order, also those that the members above were read from.</summary>
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public bool Has(string attribute) => Attributes.Any(one => one.Name.Equals(attribute, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A session as RFC 4566 describes it, as far as telephony uses it.</summary>
public sealed record SessionDescription
{
    public required SdpOrigin Origin { get; init; }

    public string Name { get; init; } = "-";

    /// <summary>The <c>t=</c> line; an answer repeats the offer's (RFC 3264 §6).</summary>
    public string Timing { get; init; } = "0 0";

    /// <summary>The session's <c>c=</c> address, or null where each stream has its own.</summary>
    public string? Connection { get; init; }

    public SdpDirection? Direction { get; init; }

    public required IReadOnlyList<SdpMedia> Media { get; init; }

    /// <summary>The attributes of the session.</summary>
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>The address that holds for a stream; null when nobody said one.</summary>
    public string? ConnectionOf(SdpMedia media) => media.Connection ?? Connection;

    public SdpDirection DirectionOf(SdpMedia media) => media.Direction ?? Direction ?? SdpDirection.SendReceive;
}
