using System.Net;

namespace Switchhook.Sip.Sdp;

/// <summary>One m= line of the peer, looked at with our abilities: either all we need to talk to it, or why we cannot.</summary>
internal readonly record struct AudioStream
{
    // The packet lengths that we can send; 20 is what all telephony expects.
    private static readonly int[] PacketsMs = [10, 20, 30, 40, 60];
    private const int UsualPtimeMs = 20;

    private SdpMedia Media { get; init; }

    public SdpFormat Codec { get; private init; }

    public SdpFormat? TelephoneEvent { get; private init; }

    /// <summary>What the peer will do, an address of 0.0.0.0 counted as not receiving (RFC 3264 §8.4).</summary>
    public SdpDirection PeerDirection { get; private init; }

    public PeerAddress RemoteRtp { get; private init; }

    private PeerAddress RemoteRtcp { get; init; }

    public int SendPtimeMs { get; private init; }

    /// <summary>Looks at one stream; <paramref name="refusal"/> says what is missing when it cannot be taken.</summary>
    public static bool TryTake(SessionDescription session, SdpMedia media, AudioCapabilities ours, PeerAddress local, out AudioStream stream, out SipCause? refusal)
    {
        stream = default;
        refusal = Refusal(media, ours) ?? Address(session.ConnectionOf(media), local, out _);
        if (refusal is not null) { return false; }
        Address(session.ConnectionOf(media), local, out IPAddress host);
        bool nowhere = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any);
        SdpFormat codec = media.Formats.First(ours.Speaks);
        stream = new AudioStream
        {
            Media = media,
            Codec = codec,
            TelephoneEvent = ours.TelephoneEventPayloadType is null ? null
                : media.Formats.FirstOrDefault(format => format.Is("telephone-event", codec.ClockRate) && format.PayloadType != codec.PayloadType),
            PeerDirection = nowhere ? Deaf(session.DirectionOf(media)) : session.DirectionOf(media),
            RemoteRtp = nowhere ? PeerAddress.None : PeerAddress.From(host, media.Port),
            RemoteRtcp = nowhere ? PeerAddress.None : Rtcp(media, host),
            SendPtimeMs = Ptime(media.PtimeMs ?? UsualPtimeMs, media.MaxPtimeMs),
        };
        return true;
    }

    /// <summary>The facts, when we described our side with <paramref name="ourDirection"/>.</summary>
    public NegotiatedAudio Facts(AudioCapabilities ours, SdpDirection ourDirection, bool mux)
    {
        SdpFormat codec = Codec;
        return new NegotiatedAudio
        {
            Codec = ours.Codecs.First(one => codec.Is(one.Encoding, one.ClockRate)).Encoding,
            ClockRate = codec.ClockRate,
            PayloadType = (byte)codec.PayloadType,
            TelephoneEventPayloadType = (byte?)TelephoneEvent?.PayloadType,
            SendPtimeMs = SendPtimeMs,
            RemoteRtp = RemoteRtp,
            RemoteRtcp = mux ? RemoteRtp : RemoteRtcp,
            RtcpMux = mux,
            MaySend = Sends(ourDirection) && Receives(PeerDirection),
            MayReceive = Receives(ourDirection) && Sends(PeerDirection),
        };
    }

    /// <summary>The direction that answers another (RFC 3264 §6.1): who is not listened to, does not speak.</summary>
    public static SdpDirection Mirror(SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => SdpDirection.ReceiveOnly,
        SdpDirection.ReceiveOnly => SdpDirection.SendOnly,
        _ => direction,
    };

    public static SipCause Cannot(int warning, string text) => new(488, text, warning);

    private static bool Sends(SdpDirection direction) => direction is SdpDirection.SendReceive or SdpDirection.SendOnly;

    private static bool Receives(SdpDirection direction) => direction is SdpDirection.SendReceive or SdpDirection.ReceiveOnly;

    private static SdpDirection Deaf(SdpDirection direction) => Sends(direction) ? SdpDirection.SendOnly : SdpDirection.Inactive;

    // In the order in which a stream disappoints, so that the last stream's most telling reason can be said.
    private static SipCause? Refusal(SdpMedia media, AudioCapabilities ours)
    {
        if (!media.Type.Equals("audio", StringComparison.OrdinalIgnoreCase)) { return Cannot(304, "No audio stream is offered"); }
        if (media.Port == 0) { return Cannot(304, "The audio stream is disabled (port 0)"); }
        if (!media.Protocol.Equals("RTP/AVP", StringComparison.OrdinalIgnoreCase))
        {
            return Cannot(302, media.Protocol.Contains("SAVP", StringComparison.OrdinalIgnoreCase)
                ? $"SRTP ({media.Protocol}) is not supported yet; offer RTP/AVP"
                : $"Transport {media.Protocol} is not supported; offer RTP/AVP");
        }
        if (media.Formats.Any(ours.Speaks)) { return null; }
        IEnumerable<string> offered = media.Formats.Select(format => format.Encoding.Length > 0 ? format.Encoding : format.Token).Take(8);
        return Cannot(305, $"No common codec: offered {string.Join(", ", offered)}; supported {string.Join(", ", ours.Codecs.Select(codec => codec.Encoding))}");
    }

    private static SipCause? Address(string? text, PeerAddress local, out IPAddress host)
    {
        host = IPAddress.None;
        if (text is null) { return Cannot(307, "The audio stream has no c= line"); }
        // The parser of the platform also takes "1" and "0x7f.1" for addresses.
        bool literal = text.Contains(':', StringComparison.Ordinal) || text.Count(at => at == '.') == 3;
        if (!literal || !IPAddress.TryParse(text, out IPAddress? parsed)) { return Cannot(301, $"The c= address {text} is no IP address"); }
        PeerAddress address = PeerAddress.From(parsed, 1);
        if (address.IsIPv4 != local.IsIPv4) { return Cannot(301, local.IsIPv4 ? "IPv6 is not served on this listener" : "IPv4 is not served on this listener"); }
        if (address.IsIPv4 ? address.IPv4 >> 28 == 0xE : parsed.IsIPv6Multicast) { return Cannot(330, "Multicast is not supported"); }
        host = parsed;
        return null;
    }

    private static PeerAddress Rtcp(SdpMedia media, IPAddress host)
    {
        // An unreadable address falls back to the stream's own; port 65535 has no port after it.
        if (media.RtcpAddress is { } text && IPAddress.TryParse(text, out IPAddress? parsed)) { host = parsed; }
        return PeerAddress.From(host, media.RtcpPort ?? (ushort)Math.Min(media.Port + 1, ushort.MaxValue));
    }

    private static int Ptime(int offered, int? max)
    {
        int wanted = Array.IndexOf(PacketsMs, offered) >= 0 ? offered
            : offered > PacketsMs[^1] && offered % UsualPtimeMs == 0 ? PacketsMs[^1]
            : UsualPtimeMs;
        if (max is { } limit && wanted > limit) { wanted = PacketsMs.LastOrDefault(packet => packet <= limit, UsualPtimeMs); }
        return wanted;
    }
}
