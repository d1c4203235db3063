using System.Diagnostics.CodeAnalysis;
using System.Net;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;

namespace Switchhook.Calls;

/// <summary>
/// The one place where SDP meets codecs: an offer becomes an answer and the facts that media is configured with. The
/// phone leg's codec comes from here and from nothing else (S6). Each answer is computed from the offer it answers (L1).
/// </summary>
public sealed record AnswerPlan
{
    /// <summary>Samples a second between the leg and the engine. Both laws of G.711 are narrow-band.</summary>
    public const int SampleRate = 8000;

    private static readonly AudioCapabilities Ours = AudioCapabilities.G711;

    private AnswerPlan(SdpLocal end, SessionDescription local, MediaPlan? media) => (End, Local, Media) = (end, local, media);

    /// <summary>What we said last: our answer, or our offer while it waits for one.</summary>
    public SessionDescription Local { get; }

    /// <summary>What was agreed; null while an offer of ours waits for its answer.</summary>
    public MediaPlan? Media { get; }

    public byte[] Sdp => SdpWriter.Write(Local);

    private SdpLocal End { get; }

    /// <summary>Why a call with this offer can never be answered, or null. An INVITE without an offer gets ours (L3).</summary>
    public static (SipCause Cause, EndedBecause Because)? RefusalOf(ReadOnlyMemory<byte>? offer)
    {
        if (offer is null) { return null; }
        // Where audio will be received is not known yet, so either family will do; the answer itself refuses the wrong one.
        return TryAnswer(offer.Value, new SdpLocal(PeerAddress.From(IPAddress.Loopback, 9), 0), out _, out SipCause? cause)
            || TryAnswer(offer.Value, new SdpLocal(PeerAddress.From(IPAddress.IPv6Loopback, 9), 0), out _, out _)
                ? null : (cause, EndedBecause.NoCodec);
    }

    /// <summary>The first answer of a call, or the first offer when the INVITE carries none.</summary>
    public static bool TryBegin(ReadOnlyMemory<byte>? offer, PeerAddress rtp, Random random, [NotNullWhen(true)] out AnswerPlan? plan, [NotNullWhen(false)] out SipCause? cause)
    {
        var end = new SdpLocal(rtp, (ulong)random.NextInt64(1, uint.MaxValue));
        if (offer is not null) { return TryAnswer(offer.Value, end, out plan, out cause); }
        (plan, cause) = (new AnswerPlan(end, Negotiator.Offer(Ours, end), null), null);
        return true;
    }

    /// <summary>The answer to an offer within the call, or an offer of ours when the re-INVITE asks for one.</summary>
    public bool TryRenew(ReadOnlyMemory<byte>? offer, [NotNullWhen(true)] out AnswerPlan? plan, [NotNullWhen(false)] out SipCause? cause)
    {
        SdpLocal end = End with { Previous = Local };
        if (offer is not null) { return TryAnswer(offer.Value, end, out plan, out cause); }
        (plan, cause) = (new AnswerPlan(end, Negotiator.Offer(Ours, end), null), null);
        return true;
    }

    /// <summary>The peer's answer to our offer has come.</summary>
    public bool TryComplete(ReadOnlyMemory<byte> answer, [NotNullWhen(true)] out AnswerPlan? plan, [NotNullWhen(false)] out SipCause? cause)
    {
        plan = null;
        if (!TryRead(answer, out SessionDescription? theirs, out cause)) { return false; }
        return Concluded(End, Negotiator.Complete(Local, theirs, Ours, End), out plan, out cause);
    }

    private static bool TryAnswer(ReadOnlyMemory<byte> offer, SdpLocal end, [NotNullWhen(true)] out AnswerPlan? plan, [NotNullWhen(false)] out SipCause? cause)
    {
        plan = null;
        if (!TryRead(offer, out SessionDescription? theirs, out cause)) { return false; }
        return Concluded(end, Negotiator.Answer(theirs, Ours, end), out plan, out cause);
    }

    private static bool TryRead(ReadOnlyMemory<byte> sdp, [NotNullWhen(true)] out SessionDescription? description, [NotNullWhen(false)] out SipCause? cause)
    {
        bool read = SdpReader.TryRead(sdp.Span, out description, out SdpError error);
        cause = read ? null : new SipCause(488, $"The SDP cannot be read: {SdpErrors.TextFor(error)}", 399);
        return read && description is not null;
    }

    private static bool Concluded(SdpLocal end, SdpAnswer answer, [NotNullWhen(true)] out AnswerPlan? plan, [NotNullWhen(false)] out SipCause? cause)
    {
        switch (answer)
        {
            case SdpAnswer.Accepted accepted when TryPlan(accepted.Audio, out MediaPlan? media):
                (plan, cause) = (new AnswerPlan(end, accepted.Local, media), null);
                return true;
            case SdpAnswer.Refused refused:
                (plan, cause) = (null, refused.Cause);
                return false;
            default:
                (plan, cause) = (null, new SipCause(488, "No codec in common", 305));
                return false;
        }
    }

    /// <summary>What was negotiated, as media is configured with it. False when the codec is none of ours.</summary>
    public static bool TryPlan(NegotiatedAudio audio, [NotNullWhen(true)] out MediaPlan? plan)
    {
        plan = !CodecCatalog.TryFind(audio.Codec, audio.ClockRate, channels: 1, out AudioCodec codec) ? null : new MediaPlan
        {
            Codec = codec,
            PayloadType = audio.PayloadType,
            TelephoneEventPayloadType = audio.TelephoneEventPayloadType,
            PacketMs = audio.SendPtimeMs,
            Remote = audio.RemoteRtp,
            RemoteRtcp = audio.RemoteRtcp,
            MaySend = audio.MaySend,
            MayReceive = audio.MayReceive,
        };
        return plan is not null;
    }
}
