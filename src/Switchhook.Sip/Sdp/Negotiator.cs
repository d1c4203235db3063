namespace Switchhook.Sip.Sdp;

/// <summary>
/// Offer and answer (RFC 3264) for one audio stream. Every answer is computed from the offer it answers and from nothing
/// that was said before (L1), save that the version of our o= line grows when our description changes.
/// </summary>
public static class Negotiator
{
    /// <summary>
    /// Answers an offer: the first audio stream we can take, in the first codec of the offer that we speak; every other
    /// stream is refused with port 0, and the answer has as many m= lines as the offer, in its order (§6).
    /// </summary>
    public static SdpAnswer Answer(SessionDescription offer, AudioCapabilities ours, SdpLocal local)
    {
        SipCause? why = null;
        for (int index = 0; index < offer.Media.Count; index++)
        {
            SdpMedia media = offer.Media[index];
            if (AudioStream.TryTake(offer, media, ours, local.Rtp, out AudioStream stream, out SipCause? refusal))
            {
                return Accept(offer, index, stream, ours, local);
            }
            // "There is video, too" explains nothing where audio failed for a reason of its own.
            if (why is null || why.WarningCode == 304) { why = refusal; }
        }
        return new SdpAnswer.Refused(why ?? AudioStream.Cannot(304, "No media stream is offered"));
    }

    /// <summary>Our own offer: for calls we place, and for an INVITE that brought none.</summary>
    public static SessionDescription Offer(AudioCapabilities ours, SdpLocal local)
    {
        List<SdpFormat> formats = [.. ours.Codecs.Select(codec => Format(codec.PayloadType, codec.Encoding, codec.ClockRate, null))];
        if (ours.TelephoneEventPayloadType is { } payloadType)
        {
            formats.Add(Format(payloadType, "telephone-event", ours.Codecs[0].ClockRate, "0-15"));
        }
        SdpMedia audio = Audio(formats, local) with { PtimeMs = 20, RtcpMux = ours.RtcpMux, Direction = SdpDirection.SendReceive };
        return Versioned(Describe([audio], "0 0", local), local.Previous);
    }

    /// <summary>What the peer's answer to our offer agreed; <see cref="SdpAnswer.Accepted.Local"/> is that offer.</summary>
    public static SdpAnswer Complete(SessionDescription ourOffer, SessionDescription theirAnswer, AudioCapabilities ours, SdpLocal local)
    {
        if (theirAnswer.Media.Count == 0) { return new SdpAnswer.Refused(AudioStream.Cannot(304, "The answer has no media stream")); }
        // Our offers have one m= line; some peers answer with more, and the first is the one that answers it.
        SdpMedia media = theirAnswer.Media[0];
        if (!AudioStream.TryTake(theirAnswer, media, ours, local.Rtp, out AudioStream stream, out SipCause? refusal))
        {
            return new SdpAnswer.Refused(refusal!);
        }
        bool mux = media.RtcpMux && ourOffer.Media[0].RtcpMux;
        return new SdpAnswer.Accepted(ourOffer, stream.Facts(ours, ourOffer.DirectionOf(ourOffer.Media[0]), mux));
    }

    private static SdpAnswer.Accepted Accept(SessionDescription offer, int taken, in AudioStream stream, AudioCapabilities ours, SdpLocal local)
    {
        SdpDirection direction = AudioStream.Mirror(stream.PeerDirection);
        bool mux = offer.Media[taken].RtcpMux && ours.RtcpMux;

        // One codec in the answer: the peer has nothing to switch to in the middle of a call. Its payload numbers and
        // its fmtp are the offer's (§6.1, L17).
        List<SdpFormat> formats = [stream.Codec];
        if (stream.TelephoneEvent is not null) { formats.Add(stream.TelephoneEvent); }
        var media = new SdpMedia[offer.Media.Count];
        for (int index = 0; index < media.Length; index++)
        {
            media[index] = index == taken
                ? Audio(formats, local, mux) with { Type = offer.Media[index].Type, PtimeMs = stream.SendPtimeMs, RtcpMux = mux, Direction = direction }
                : Refused(offer.Media[index]);
        }
        SessionDescription answer = Versioned(Describe(media, offer.Timing, local), local.Previous);
        return new SdpAnswer.Accepted(answer, stream.Facts(ours, direction, mux));
    }

    private static SdpMedia Audio(IReadOnlyList<SdpFormat> formats, SdpLocal local, bool mux = false) => new()
    {
        Type = "audio",
        Port = local.Rtp.Port,
        Protocol = "RTP/AVP",
        Formats = formats,
        RtcpPort = !mux && local.RtcpPort != local.Rtp.Port + 1 ? local.RtcpPort : null,
    };

    // The formats of a refused stream mean nothing, but there must be one (RFC 3264 §6).
    private static SdpMedia Refused(SdpMedia offered) => new()
    {
        Type = offered.Type,
        Port = 0,
        Protocol = offered.Protocol,
        Formats = [.. offered.Formats.Select(format => new SdpFormat(-1, "", 0) { Token = format.Token })],
    };

    private static SdpFormat Format(int payloadType, string encoding, int clockRate, string? fmtp) =>
        new(payloadType, encoding, clockRate, 1, fmtp) { Token = payloadType.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static SessionDescription Describe(IReadOnlyList<SdpMedia> media, string timing, SdpLocal local)
    {
        string address = local.Rtp.ToIPAddress().ToString();
        return new SessionDescription
        {
            Origin = new SdpOrigin("-", local.SessionId, 1, address),
            Connection = address,
            Timing = timing,
            Media = media,
        };
    }

    private static SessionDescription Versioned(SessionDescription session, SessionDescription? previous)
    {
        if (previous is null) { return session; }
        SessionDescription same = session with { Origin = previous.Origin };
        return SdpWriter.Text(same) == SdpWriter.Text(previous)
            ? same
            : session with { Origin = session.Origin with { SessionId = previous.Origin.SessionId, Version = previous.Origin.Version + 1 } };
    }
}
