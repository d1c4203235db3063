namespace Switchhook.Media.Tests;

/// <summary>Two sessions and the links between them, in simulated time. Their ticks are out of phase, as those of two machines are.</summary>
internal sealed class Conversation
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    public Conversation(int seed = 1, Func<MediaPlan, MediaPlan>? plan = null)
    {
        plan ??= same => same;
        A = new Party(Party.Alice, plan(Party.Plan(Party.Bob)), seed);
        B = new Party(Party.Bob, plan(Party.Plan(Party.Alice)), seed + 1000);
        AtoB = new Link(seed);
        BtoA = new Link(seed + 1);
    }

    public Party A { get; }
    public Party B { get; }
    public Link AtoB { get; }
    public Link BtoA { get; }
    public Instant Now { get; private set; }
    public int PhaseMs { get; set; } = 7;

    private int _sentA, _sentB;

    public void Run(int ms)
    {
        for (int i = 0; i < ms; i++)
        {
            Now += Step;
            long at = Now.Ticks / TimeSpan.TicksPerMillisecond;
            Deliver(AtoB, A, B);
            Deliver(BtoA, B, A);
            if (at % MediaClock.FrameMs == 0) { A.Tick(Now); }
            if (at % MediaClock.FrameMs == PhaseMs) { B.Tick(Now); }
            for (; _sentA < A.Sent.Count; _sentA++) { AtoB.Send(A.Sent[_sentA]); }
            for (; _sentB < B.Sent.Count; _sentB++) { BtoA.Send(B.Sent[_sentB]); }
        }
    }

    public void Release()
    {
        A.Session.Release(Now);
        B.Session.Release(Now);
    }

    public void Close()
    {
        A.Session.Close(Now);
        B.Session.Close(Now);
        A.Drain(Now);
        B.Drain(Now);
        foreach (Party party in (Party[])[A, B])
        {
            while (party.Speech.TryDequeue(out SpeechFrame frame)) { frame.Audio.Return(); }
        }
    }

    private void Deliver(Link link, Party from, Party to)
    {
        while (link.TryDeliver(Now, out Sent packet, out Instant at))
        {
            PeerAddress source = packet.Rtcp ? from.Self with { Port = (ushort)(from.Self.Port + 1) } : from.Self;
            to.Receive(at, source, packet.Datagram, packet.Rtcp);
        }
    }
}
