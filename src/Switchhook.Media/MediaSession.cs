#pragma warning disable CA1822 // replaced with the real thing
namespace Switchhook.Media;

/// <summary>One 20 ms frame of speech on its way to the caller: a part of utterance <paramref name="Utterance"/> (1, 2, 3 …), the last one marked.</summary>
public readonly record struct SpeechFrame(FrameLease Audio, int Utterance, bool IsLast);

/// <summary>
/// One audio stream both ways: RTP, RTCP, jitter buffer, codec, telephone-events, playout. Synchronous; driven by
/// the thread that owns its sockets. Nothing in here allocates per packet or per tick.
/// </summary>
public sealed class MediaSession
{
    public MediaSession(Instant now, MediaPlan plan, Random random) => _ = (now, plan, random);

    /// <summary>Samples a second of the linear audio that <see cref="Tick"/> hears and <see cref="Say"/> takes: 8,000 for G.711.</summary>
    public int SampleRate => 8000;

    public MediaStats Stats => default;

    /// <summary>New facts after a re-INVITE. What can go on goes on: SSRC, sequence, timestamps, the playout queue.</summary>
    public void Update(Instant now, MediaPlan plan) => _ = (now, plan);

    /// <summary>A datagram from the RTP socket (RTCP is told apart by RFC 5761 §4 when multiplexed).</summary>
    public void ReceiveRtp(Instant now, PeerAddress source, ReadOnlySpan<byte> datagram) => _ = (now, source, datagram.Length);

    /// <summary>A datagram from the RTCP socket.</summary>
    public void ReceiveRtcp(Instant now, PeerAddress source, ReadOnlySpan<byte> datagram) => _ = (now, source, datagram.Length);

    /// <summary>Playout may begin (ACK came): at the first RTP of the caller, or <see cref="Limits.PlayoutAfterAck"/> from now (L20).</summary>
    public void Release(Instant now) => _ = now;

    /// <summary>How many frames <see cref="Say"/> would take now; the driver keeps the rest in its queue.</summary>
    public int SpeechRoom => 0;

    /// <summary>Takes the frame (and its lease). Frames of an utterance that was cut are returned to the pool unheard.</summary>
    public void Say(SpeechFrame frame) => frame.Audio.Return();

    /// <summary>Drop all speech of utterances up to and including <paramref name="throughUtterance"/>, also what is still to come. Answered by <see cref="MediaEventKind.Cut"/>.</summary>
    public void Cut(Instant now, int throughUtterance) => _ = (now, throughUtterance);

    /// <summary>
    /// Every 20 ms: one frame of the caller's voice into <paramref name="heard"/>, what is sent to the caller into
    /// <paramref name="spoken"/> (both <see cref="SampleRate"/> / 50 samples, silence where there is none), packets and
    /// events into the outbox.
    /// </summary>
    public void Tick(Instant now, Span<short> heard, Span<short> spoken) => _ = (now, heard.Length, spoken.Length);

    /// <summary>The next datagram to send, written into <paramref name="datagram"/> (1,500 bytes or more).</summary>
    public bool TryTakePacket(Span<byte> datagram, out int length, out PeerAddress destination, out bool rtcp)
    {
        (length, destination, rtcp) = (0, default, false);
        return false;
    }

    public bool TryTakeEvent(out MediaEvent mediaEvent)
    {
        mediaEvent = default;
        return false;
    }

    /// <summary>The session is over: queued speech goes back to the pool, an RTCP BYE (RFC 3550 §6.6) into the outbox.</summary>
    public void Close(Instant now) => _ = now;
}
