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

    public void Run(int ms)
    {
        for (int i = 0; i < ms; i++)
        {
            Now += Step;
            long phase = Now.Ticks / TimeSpan.TicksPerMillisecond % MediaClock.FrameMs;
            if (phase == 0) { Tick(A, BtoA, B, AtoB); }
            if (phase == PhaseMs) { Tick(B, AtoB, A, BtoA); }
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
            while (party.Speech.TryDequeue(out SpeechFrame frame)) { party.Session.Say(frame); }
        }
    }

    private void Tick(Party party, Link incoming, Party peer, Link outgoing)
    {
        while (incoming.TryDeliver(Now, out Sent packet, out Instant at))
        {
            PeerAddress source = packet.Rtcp ? peer.Self with { Port = (ushort)(peer.Self.Port + 1) } : peer.Self;
            party.Receive(at, source, packet.Datagram, packet.Rtcp);
        }
        party.Tick(Now);
        for (; outgoing.Taken < party.Sent.Count; outgoing.Taken++) { outgoing.Send(party.Sent[outgoing.Taken]); }
    }
}
