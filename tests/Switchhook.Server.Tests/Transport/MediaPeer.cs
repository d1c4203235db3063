using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

/// <summary>One leg and the engine behind it. What it says are frames of one level each, which G.711 does not change beyond recognition.</summary>
internal sealed class MediaPeer
{
    private readonly Channel<MediaEvent> _told = Channel.CreateBounded<MediaEvent>(4096);
    private readonly RecorderTap? _tap;

    public MediaPeer(MediaPlane plane, RecorderTap? tap = null, int sampleRate = 8000)
    {
        Leg = plane.OpenLeg() ?? throw new InvalidOperationException("no port");
        Line = new VoiceLine(sampleRate);
        _tap = tap;
    }

    public MediaLeg Leg { get; }

    public VoiceLine Line { get; }

    /// <summary>The event that <see cref="SaidAsync"/> returned last.</summary>
    public MediaEvent Last { get; private set; }

    /// <summary>Called on the media thread for every event.</summary>
    public Action<MediaEvent>? Before { get; set; }

    public static MediaPlan PlanFor(MediaPeer other) => new()
    {
        Codec = AudioCodec.Pcmu,
        PayloadType = 0,
        TelephoneEventPayloadType = 101,
        Remote = other.Leg.Advertised,
        RemoteRtcp = other.Leg.Advertised with { Port = (ushort)(other.Leg.Advertised.Port + 1) },
    };

    /// <summary>Starts both; a peer may also call itself.</summary>
    public void Call(MediaPeer other)
    {
        other.Start(this);
        if (other != this) { Start(other); }
    }

    public void SayLevels(int utterance, int frames)
    {
        for (int frame = 0; frame < frames; frame++)
        {
            FrameLease lease = FramePool.Narrowband.Rent();
            lease.Samples.Fill(Level(frame % 40));
            if (!Line.Spoken.TryWrite(new SpeechFrame(lease, utterance, frame == frames - 1))) { lease.Return(); }
        }
    }

    public async Task<MediaEvent> SaidAsync(MediaEventKind kind)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(SipPeer.Patience);
        do { Last = await _told.Reader.ReadAsync(patience.Token); }
        while (Last.Kind != kind);
        return Last;
    }

    /// <summary>Listens for so many frames; the numbers of those levels that are heard cleanly.</summary>
    public async Task<List<int>> HearAsync(int frames)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(SipPeer.Patience);
        List<int> levels = [];
        for (int frame = 0; frame < frames; frame++)
        {
            FrameLease lease = await Line.Heard.ReadAsync(patience.Token);
            short level = lease.Samples[0];
            bool clean = level > 100 && !lease.Samples.ContainsAnyExcept(level);
            if (clean) { levels.Add((int)Math.Round(Math.Log(level / 200.0, 1.12))); }
            lease.Return();
        }
        return levels;
    }

    /// <summary>Returns what nobody listened to, and how much it was.</summary>
    public int Drain()
    {
        int frames = 0;
        for (; Line.Heard.TryRead(out FrameLease? lease); frames++) { lease.Return(); }
        return frames;
    }

    public int DrainTap()
    {
        int frames = 0;
        for (; _tap is not null && _tap.Frames.TryRead(out TappedFrame tapped); frames++)
        {
            tapped.Heard.Return();
            tapped.Spoken.Return();
        }
        return frames;
    }

    private static short Level(int number) => (short)(200 * Math.Pow(1.12, number));

    private void Start(MediaPeer other)
    {
        Leg.Start(PlanFor(other), Line, _tap, told =>
        {
            _told.Writer.TryWrite(told);
            Before?.Invoke(told);
        });
        Leg.Release();
    }
}
