namespace Switchhook.Media.Tests;

/// <summary>A session, everything it heard, said and told, and the driver's manners: drain after each input.</summary>
internal sealed class Party
{
    private readonly short[] _heard = new short[MediaClock.FrameSamples];
    private readonly short[] _spoken = new short[MediaClock.FrameSamples];
    private readonly byte[] _datagram = new byte[1500];

    public static readonly PeerAddress Alice = PeerAddress.FromIPv4(0xCB007101, 4000);       // 203.0.113.1
    public static readonly PeerAddress Bob = PeerAddress.FromIPv4(0xC6336402, 6000);         // 198.51.100.2

    public Party(PeerAddress self, MediaPlan plan, int seed = 1, Instant now = default)
    {
        (Self, Session) = (self, new MediaSession(now, plan, new Random(seed)));
    }

    public MediaSession Session { get; }

    /// <summary>A pool of one's own, so that what is out can be counted while other tests run.</summary>
    public FramePool Pool { get; } = new(MediaClock.SampleRate);

    public PeerAddress Self { get; }
    public List<short> Heard { get; } = [];
    public List<short> Spoken { get; } = [];
    public List<MediaEvent> Events { get; } = [];
    public List<Sent> Sent { get; } = [];
    public Queue<SpeechFrame> Speech { get; } = [];

    public IEnumerable<MediaEventKind> Kinds => Events.Select(told => told.Kind);

    public static MediaPlan Plan(PeerAddress remote) => new()
    {
        Codec = AudioCodec.Pcmu,
        PayloadType = 0,
        TelephoneEventPayloadType = 101,
        Remote = remote,
        RemoteRtcp = remote with { Port = (ushort)(remote.Port + 1) },
    };

    public void Say(int utterance, ReadOnlySpan<short> samples)
    {
        for (int at = 0; at < samples.Length; at += MediaClock.FrameSamples)
        {
            FrameLease lease = Pool.Rent();
            samples.Slice(at, MediaClock.FrameSamples).CopyTo(lease.Samples);
            Speech.Enqueue(new SpeechFrame(lease, utterance, IsLast: at + MediaClock.FrameSamples >= samples.Length));
        }
    }

    public void Tick(Instant now)
    {
        while (Session.SpeechRoom > 0 && Speech.TryDequeue(out SpeechFrame frame)) { Session.Say(frame); }
        Session.Tick(now, _heard, _spoken);
        Heard.AddRange(_heard);
        Spoken.AddRange(_spoken);
        Drain(now);
    }

    public void Receive(Instant now, PeerAddress from, ReadOnlySpan<byte> datagram, bool rtcp = false)
    {
        if (rtcp) { Session.ReceiveRtcp(now, from, datagram); }
        else { Session.ReceiveRtp(now, from, datagram); }
        Drain(now);
    }

    public void Drain(Instant now)
    {
        while (Session.TryTakePacket(_datagram, out int length, out PeerAddress to, out bool rtcp))
        {
            Sent.Add(new Sent(now, _datagram[..length], to, rtcp));
        }
        while (Session.TryTakeEvent(out MediaEvent told)) { Events.Add(told); }
    }
}

internal readonly record struct Sent(Instant At, byte[] Datagram, PeerAddress To, bool Rtcp)
{
    public bool IsAudio => !Rtcp && (Datagram[1] & 0x7F) is 0 or 8;
    public ushort Sequence => (ushort)(Datagram[2] << 8 | Datagram[3]);
    public uint Timestamp => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Datagram.AsSpan(4));
    public bool Marker => (Datagram[1] & 0x80) != 0;
}
