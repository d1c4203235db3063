using System.Diagnostics;
using Switchhook.Media.Dtmf;
using Switchhook.Media.Jitter;
using Switchhook.Media.Playout;
using Switchhook.Media.Rtcp;
using Switchhook.Media.Rtp;

namespace Switchhook.Media;

/// <summary>A frame of speech (<see cref="MediaSession.SampleRate"/> / 50 samples) on its way to the caller: a part of utterance <paramref name="Utterance"/> (1, 2, 3 …), the last one marked.</summary>
public readonly record struct SpeechFrame(FrameLease Audio, int Utterance, bool IsLast);

/// <summary>
/// One audio stream both ways: RTP, RTCP, jitter buffer, codec, telephone-events, playout. Synchronous; driven by
/// the thread that owns its sockets. Nothing in here allocates per packet or per tick.
/// <para>After each input the driver takes all packets and events before the next one. While it may send, a packet goes out
/// with every tick, silence where there is no speech: it opens and keeps NAT bindings, lets the peer latch
/// on to us, and keeps the media timers of carriers quiet.</para>
/// <para>The payload type and the codec are those of the plan and change with <see cref="Update"/> only (S6, O8).</para>
/// </summary>
public sealed class MediaSession
{
    private readonly MediaOutbox _outbox = new();
    private readonly JitterBuffer _jitter = new();
    private readonly ReceptionStats _reception = new();
    private readonly DigitReceiver _digitsIn = new();
    private readonly DigitSender _digitsOut = new();
    private readonly PlayoutBuffer _playout = new();
    private readonly RtpSender _sender;
    private readonly RtcpExchange _rtcp;
    private readonly PeerLatch _latch;
    private readonly SilenceWatch _silence = new();

    private MediaPlan _plan;
    private PeerAddress _rtcpSource;
    private Instant _due;
    private Instant _playoutAt = Instant.Never;
    private bool _hasTicked;
    private bool _isClosed;
    private long _dropped;

    public MediaSession(Instant now, MediaPlan plan, Random random)
    {
        Check(plan);
        _plan = plan;
        _sender = new RtpSender(random);
        _rtcp = new RtcpExchange(now, random);
        _latch = new PeerLatch(plan.Remote);
    }

    /// <summary>Samples a second of the linear audio that <see cref="Tick"/> hears and <see cref="Say"/> takes: 8,000 for G.711.</summary>
    public int SampleRate { get; } = MediaClock.SampleRate;

    public MediaStats Stats
    {
        get
        {
            double loss = _reception.Expected == 0 ? 0 : (double)(_reception.Lost + _jitter.Late) / _reception.Expected;
            double delayMs = (_rtcp.RoundTripMs ?? 0) / 2 + _jitter.DelayMs + _plan.PacketMs;
            return new MediaStats
            {
                PacketsSent = _sender.Packets,
                PacketsReceived = _reception.Received,
                PacketsLost = _reception.Lost,
                PacketsLate = _jitter.Late,
                PacketsDropped = _dropped + _jitter.Dropped,
                FramesConcealed = _jitter.FramesConcealed,
                FramesStarved = _playout.FramesStarved,
                JitterMs = _reception.JitterMs,
                DelayMs = _jitter.DelayMs,
                RoundTripMs = _rtcp.RoundTripMs,
                RemoteLost = _rtcp.RemoteLost,
                Mos = MosEstimate.Of(loss, delayMs),
            };
        }
    }

    /// <summary>New facts after a re-INVITE. What can go on goes on: SSRC, sequence, timestamps, the playout queue, and a NAT that was learned for the same address.</summary>
    public void Update(Instant now, MediaPlan plan)
    {
        Check(plan);
        if (_isClosed) { return; }
        if (plan.Codec != _plan.Codec || plan.PayloadType != _plan.PayloadType || plan.PacketMs != _plan.PacketMs) { _sender.Pause(); }
        if (plan.TelephoneEventPayloadType is null) { _digitsOut.Clear(); }
        _plan = plan;
        _latch.Agree(plan.Remote);
        _silence.Watch(now, IsSilenceWatched);
    }

    /// <summary>A datagram from the RTP socket (RTCP is told apart by RFC 5761 §4 when multiplexed).</summary>
    public void ReceiveRtp(Instant now, PeerAddress source, ReadOnlySpan<byte> datagram)
    {
        if (_isClosed) { return; }
        if (RtpPacket.IsRtcp(datagram)) { ReceiveReport(now, source, datagram, byRtcpSocket: false); }
        else if (RtpPacket.TryRead(datagram, out RtpPacket packet)) { Receive(now, source, packet); }
        else { _dropped++; }
    }

    /// <summary>A datagram from the RTCP socket.</summary>
    public void ReceiveRtcp(Instant now, PeerAddress source, ReadOnlySpan<byte> datagram)
    {
        if (_isClosed) { return; }
        if (RtpPacket.IsRtcp(datagram)) { ReceiveReport(now, source, datagram, byRtcpSocket: true); }
        else { _dropped++; }
    }

    /// <summary>Playout may begin (ACK came): at the first RTP of the caller, or <see cref="Limits.PlayoutAfterAck"/> from now (L20). From now on the caller's silence is watched.</summary>
    public void Release(Instant now)
    {
        if (_isClosed || _playoutAt != Instant.Never) { return; }
        _playoutAt = _latch.HasSource ? now : now + Limits.PlayoutAfterAck;
        _silence.Watch(now, IsSilenceWatched);
    }

    /// <summary>How many frames <see cref="Say"/> would take now; the driver keeps the rest in its queue.</summary>
    public int SpeechRoom => _playout.Room;

    /// <summary>Takes the frame (and its lease). Frames of an utterance that was cut are returned to the pool unheard.</summary>
    public void Say(SpeechFrame frame)
    {
        Debug.Assert(frame.Audio.SampleRate == SampleRate, "speech of another sample rate than the session's");
        _playout.Add(frame);
    }

    /// <summary>Drop all speech of utterances up to and including <paramref name="throughUtterance"/>, also what is still to come. Answered by <see cref="MediaEventKind.Cut"/>, which replaces <see cref="MediaEventKind.UtteranceStopped"/>.</summary>
    public void Cut(Instant now, int throughUtterance)
    {
        _ = now;
        if (!_isClosed) { _playout.Cut(throughUtterance, _outbox); }
    }

    /// <summary>
    /// Presses a key for so long (40 to 8,000 ms), after those that still wait. False when telephone-event was not agreed, the character is
    /// no key (0–9, *, #, A–D), or <see cref="Limits.DigitsToSend"/> wait. Speech waits meanwhile.
    /// </summary>
    public bool SendDigit(Instant now, char digit, int ms)
    {
        _ = now;
        return !_isClosed && _plan.TelephoneEventPayloadType is not null && _digitsOut.TryAdd(digit, ms);
    }

    /// <summary>
    /// Every 20 ms, on an absolute clock (late ticks are made up for; more than <see cref="Limits.TickBehind"/> behind, the missing ones are skipped):
    /// one frame of the caller's voice into <paramref name="heard"/>, what is sent to the caller into
    /// <paramref name="spoken"/> (both <see cref="SampleRate"/> / 50 samples, silence where there is none), packets and
    /// events into the outbox. The two frames belong to the same moment.
    /// </summary>
    public void Tick(Instant now, Span<short> heard, Span<short> spoken)
    {
        if (_isClosed)
        {
            heard.Clear();
            spoken.Clear();
            return;
        }
        Keep(now);
        _jitter.Take(_due, heard);
        Speak(now, spoken);
        _sender.Advance(MediaClock.FrameSamples);
        _due += MediaClock.Frame;

        if (_silence.HasBegun(now, out int silentMs)) { _outbox.Tell(new MediaEvent(MediaEventKind.Silent) { Ms = silentMs }); }
        if (_rtcp.IsDue(now)) { Report(now, isLeaving: false); }
    }

    /// <summary>
    /// The next datagram to send, written into <paramref name="datagram"/> (1,500 bytes or more). <paramref name="rtcp"/> says from which socket: a
    /// multiplexed report leaves by that of RTP.
    /// </summary>
    public bool TryTakePacket(Span<byte> datagram, out int length, out PeerAddress destination, out bool rtcp) =>
        _outbox.TryTakePacket(datagram, out length, out destination, out rtcp);

    public bool TryTakeEvent(out MediaEvent mediaEvent) => _outbox.TryTakeEvent(out mediaEvent);

    /// <summary>The session is over: queued speech goes back to the pool, an RTCP BYE (RFC 3550 §6.6) into the outbox. Every later input is ignored, every later frame returned.</summary>
    public void Close(Instant now)
    {
        if (_isClosed) { return; }
        Report(now, isLeaving: true);
        _isClosed = true;
        _playout.Close();
    }

    /// <summary>Held means that the peer does not want to hear us, and then it often sends nothing itself (L30).</summary>
    private bool IsSilenceWatched => _playoutAt != Instant.Never && _plan is { MaySend: true, MayReceive: true };

    private bool IsMultiplexed => _plan.Remote == _plan.RemoteRtcp;

    /// <summary>RTCP follows RTP when that had to follow the peer: to where reports come from, else by convention to the next port (RFC 3550 §11).</summary>
    private PeerAddress RtcpDestination
    {
        get
        {
            if (IsMultiplexed) { return _latch.Destination; }
            if (!_latch.IsLatched) { return _plan.RemoteRtcp; }
            return _rtcpSource.Address == _latch.Destination.Address && !_rtcpSource.IsNone
                ? _rtcpSource
                : _latch.Destination with { Port = (ushort)(_latch.Destination.Port + 1) };
        }
    }

    private static void Check(MediaPlan plan)
    {
        if (plan.PacketMs is not (>= 10 and <= 60) || plan.PacketMs % 10 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(plan), plan.PacketMs, "a packet holds 10, 20, 30, 40, 50 or 60 ms");
        }
    }

    private void Receive(Instant now, PeerAddress source, in RtpPacket packet)
    {
        bool isKey = packet.PayloadType == _plan.TelephoneEventPayloadType;
        bool isAudio = packet.PayloadType == _plan.PayloadType;
        bool isAgreed = isKey || isAudio || packet.PayloadType == ComfortNoise;
        if (!isAgreed && (source != _latch.Source || packet.Ssrc != _latch.Ssrc))
        {
            _dropped++;                         // only what was agreed can open a stream
            return;
        }
        switch (_latch.Judge(now, source, packet, isKey))
        {
            case SourceVerdict.Foreign:
                _dropped++;
                return;
            case SourceVerdict.KeysOnly:
                ReceiveKey(packet);
                return;
            case SourceVerdict.NewStream:
                BeginStream(now, source, packet.Ssrc);
                break;
        }

        SequenceVerdict verdict = _reception.Judge(packet.Sequence, out long sequence);
        if (verdict == SequenceVerdict.Rejected) { _dropped++; return; }
        if (verdict == SequenceVerdict.Restarted) { ForgetStream(); }
        if (_silence.Heard(now)) { _outbox.Tell(new MediaEvent(MediaEventKind.Resumed) { Peer = source }); }
        if (_latch.TryLatch()) { _outbox.Tell(new MediaEvent(MediaEventKind.Latched) { Peer = _latch.Destination }); }

        if (isAudio) { ReceiveAudio(now, sequence, packet); return; }
        _jitter.PutNonAudio(sequence);
        if (isKey) { ReceiveKey(packet); }
        else if (!isAgreed) { _dropped++; }
    }

    /// <summary>RFC 3389: the peer tells what its silence sounds like. We are content with silence.</summary>
    private const byte ComfortNoise = 13;

    private void ReceiveAudio(Instant now, long sequence, in RtpPacket packet)
    {
        if (packet.Payload.Length > Limits.RtpPayloadBytes)
        {
            _dropped++;
            return;
        }
        _reception.Arrived(now, packet.Timestamp);
        if (packet.Payload.IsEmpty) { _jitter.PutNonAudio(sequence); }
        else { _jitter.Put(now, sequence, packet.Timestamp, _plan.Codec, packet.Payload); }
    }

    private void ReceiveKey(in RtpPacket packet)
    {
        if (_digitsIn.TryReceive(packet.Timestamp, packet.Payload, out char key, out int ms))
        {
            _outbox.Tell(new MediaEvent(MediaEventKind.Digit) { Digit = key, Ms = ms });
        }
    }

    private void BeginStream(Instant now, PeerAddress source, uint ssrc)
    {
        if (!_reception.HasSource)
        {
            if (_playoutAt != Instant.Never) { _playoutAt = Instant.Earlier(_playoutAt, now); }
            _outbox.Tell(new MediaEvent(MediaEventKind.FirstRtp) { Peer = source, Number = ssrc });
        }
        else
        {
            _outbox.Tell(new MediaEvent(MediaEventKind.SourceChanged) { Peer = source, Number = ssrc });
        }
        _reception.NewSource();
        _rtcp.NewSource();
        ForgetStream();
    }

    private void ForgetStream()
    {
        _jitter.Reset();
        _digitsIn.NewSource();
    }

    /// <summary>Reports are believed from where the peer's RTP comes from and from where SDP said they would.</summary>
    private void ReceiveReport(Instant now, PeerAddress source, ReadOnlySpan<byte> datagram, bool byRtcpSocket)
    {
        bool isKnown = source.Address == _plan.RemoteRtcp.Address || (_latch.HasSource && source.Address == _latch.Source.Address);
        if (!isKnown)
        {
            _dropped++;
            return;
        }
        if (byRtcpSocket) { _rtcpSource = source; }
        _rtcp.Receive(now, datagram, _sender.Ssrc);
    }

    /// <summary>
    /// The clock of both streams counts ticks and not their lateness. A tick that is early moves it back, so that it
    /// settles on the driver's clock and not on the delay of the first tick.
    /// </summary>
    private void Keep(Instant now)
    {
        if (!_hasTicked || now < _due) { _due = now; }
        _hasTicked = true;
        if (now - _due < Limits.TickBehind) { return; }
        long missed = (now - _due).Ticks / MediaClock.Frame.Ticks;
        _due += MediaClock.Frame * missed;
        _sender.Pause();
        _sender.Advance(missed * MediaClock.FrameSamples);
    }

    private void Speak(Instant now, Span<short> spoken)
    {
        if (!_plan.MaySend || PeerLatch.IsNowhere(_latch.Destination))
        {
            spoken.Clear();
            _sender.Pause();
            return;
        }
        if (_digitsOut.IsBusy && _plan.TelephoneEventPayloadType is { } payloadType)
        {
            spoken.Clear();
            _sender.Pause();
            _digitsOut.Tick(_sender, payloadType, _latch.Destination, _outbox);
            return;
        }
        if (now >= _playoutAt) { _playout.Play(spoken, _outbox); }
        else { spoken.Clear(); }
        _sender.Send(spoken, _plan, _latch.Destination, _outbox);
    }

    private void Report(Instant now, bool isLeaving)
    {
        PeerAddress destination = RtcpDestination;
        if (PeerLatch.IsNowhere(destination)) { return; }
        _rtcp.Report(now, _sender, _reception, _latch.HasSource ? _latch.Ssrc : null, isLeaving, destination, !IsMultiplexed, _outbox);
    }
}
