using System.Net;
using System.Net.Sockets;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

/// <summary>Real threads, real sockets on loopback. Not beside other tests, because they count what a whole process shares.</summary>
[Collection("Alone")]
public sealed class MediaPlaneTests
{
    private const int Levels = 40;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Two_legs_hear_what_the_other_says_in_order_and_give_back_what_they_took(bool portable)
    {
        int leasesBefore = FramePool.Narrowband.Out;
        await using (MediaPlane plane = Plane(portable))
        {
            MediaPeer alice = new(plane);
            MediaPeer bob = new(plane, new RecorderTap());
            alice.Call(bob);
            Task<List<int>> hearing = bob.HearAsync(Levels + 50);
            alice.SayLevels(1, Levels);
            await bob.SaidAsync(MediaEventKind.FirstRtp);
            await alice.SaidAsync(MediaEventKind.UtteranceStarted);
            Assert.Equal((1, Levels * 20), ((await alice.SaidAsync(MediaEventKind.UtteranceStopped)).Utterance, alice.Last.Ms));
            // The engine's side of the line was told the same.
            Assert.Equal(MediaEventKind.UtteranceStarted, (await alice.Line.Events.ReadAsync(Stop)).Kind);
            Assert.Equal(MediaEventKind.UtteranceStopped, (await alice.Line.Events.ReadAsync(Stop)).Kind);

            List<int> heard = await hearing;
            Assert.True(heard.Zip(heard.Skip(1)).All(pair => pair.First <= pair.Second), string.Join(' ', heard));
            Assert.True(heard.Distinct().Count() >= Levels * 9 / 10, string.Join(' ', heard));

            alice.Leg.Press('7', 60);
            alice.Leg.Press('#', 60);
            Assert.Equal('7', (await bob.SaidAsync(MediaEventKind.Digit)).Digit);
            Assert.Equal('#', (await bob.SaidAsync(MediaEventKind.Digit)).Digit);

            await Task.WhenAll(alice.Leg.CloseAsync(), bob.Leg.CloseAsync(), bob.Leg.CloseAsync()).WaitAsync(SipPeer.Patience, Stop);
            Assert.Equal(0, plane.PortPairsInUse);
            Assert.True(alice.Leg.Stats.PacketsSent >= Levels && bob.Leg.Stats.PacketsReceived >= Levels, bob.Leg.Stats.ToString());
            Assert.True(bob.Line.Heard.Completion.IsCompleted || bob.Drain() >= 0);
            Assert.Equal((0, 0L), (plane.Counters.Sessions, plane.Counters.Faults));
            alice.Drain();
            Assert.True(bob.DrainTap() >= Levels);
        }
        Assert.Equal(leasesBefore, FramePool.Narrowband.Out);
    }

    [Fact]
    public async Task A_cut_stops_what_is_said_and_a_hold_stops_all_that_is_sent()
    {
        await using MediaPlane plane = Plane();
        MediaPeer alice = new(plane);
        MediaPeer bob = new(plane);
        alice.Call(bob);
        alice.SayLevels(1, 500);
        await alice.SaidAsync(MediaEventKind.UtteranceStarted);
        alice.Line.Cut(1);
        MediaEvent cut = await alice.SaidAsync(MediaEventKind.Cut);
        Assert.True(cut is { Utterance: 1, Ms: < 9_000 }, cut.ToString());

        alice.Leg.Update(MediaPeer.PlanFor(bob) with { MaySend = false });
        bob.Drain();
        await bob.HearAsync(40);        // from here on, and so beyond the next that is told of it
        long received = bob.Leg.Stats.PacketsReceived;
        await bob.HearAsync(60);
        Assert.InRange(bob.Leg.Stats.PacketsReceived, received, received + 2);
        await CloseAsync(alice, bob);
    }

    [Fact]
    public async Task A_running_thread_allocates_nothing()
    {
        // A pool as large as after a busy hour, or it would grow in the middle of the test.
        FrameLease[] all = [.. Enumerable.Range(0, Limits.PooledFrames).Select(_ => FramePool.Narrowband.Rent())];
        foreach (FrameLease lease in all) { lease.Return(); }
        await using MediaPlane clock = Plane(firstPort: 41_000);
        await using MediaPlane plane = Plane();
        MediaPeer tick = new(clock);
        tick.Call(tick);
        List<MediaPeer> peers = [];
        for (int pair = 0; pair < 8; pair++)
        {
            MediaPeer alice = new(plane);
            MediaPeer bob = new(plane, new RecorderTap());
            alice.Call(bob);
            alice.SayLevels(1, 200);
            bob.SayLevels(1, 200);
            peers.AddRange([alice, bob]);
        }
        await tick.HearAsync(110);
        MediaCounters before = plane.Counters;
        for (int round = 0; round < 10; round++)
        {
            await tick.HearAsync(10);
            // Empties the pipes as an engine and a recorder would, so that frames come back to the pool.
            foreach (MediaPeer peer in peers) { peer.Drain(); peer.DrainTap(); }
        }
        MediaCounters after = plane.Counters;
        Assert.True(after.Ticks - before.Ticks > 16 * 80, $"{after.Ticks - before.Ticks} ticks");
        Assert.True(after.DatagramsReceived - before.DatagramsReceived > 16 * 70, $"{after.DatagramsReceived - before.DatagramsReceived} datagrams");
        Assert.Equal(0, after.AllocatedBytes - before.AllocatedBytes);
        await CloseAsync([tick, .. peers]);
    }

    [Fact]
    public async Task A_thread_that_is_held_up_counts_its_late_ticks_makes_them_up_and_skips_what_is_too_old()
    {
        SteadyClock clock = new();
        await using MediaPlane plane = Plane(clock: clock);
        MediaPeer alice = new(plane);
        MediaPeer bob = new(plane);
        TimeSpan holdUp = TimeSpan.FromMilliseconds(60);
        bob.Before = told => { if (told.Kind is MediaEventKind.FirstRtp or MediaEventKind.Digit) { clock.Leap(holdUp); } };
        alice.Call(bob);
        await bob.SaidAsync(MediaEventKind.FirstRtp);
        await alice.HearAsync(25);
        Assert.True(plane.Counters is { LateTicks: > 0, SkippedTicks: 0 }, plane.Counters.ToString());
        Assert.True(plane.Lateness.Max >= TimeSpan.FromMilliseconds(40), plane.Lateness.Max.ToString());
        Assert.Equal(plane.Counters.LateTicks, plane.Lateness.Above(Limits.LateTick), 10d);

        holdUp = TimeSpan.FromMilliseconds(400);
        alice.Leg.Press('5', 60);
        await bob.SaidAsync(MediaEventKind.Digit);
        await alice.HearAsync(25);
        Assert.InRange(plane.Counters.SkippedTicks, 2 * 200 / 20, 2 * 500 / 20);
        await CloseAsync(alice, bob);
    }

    [Fact]
    public async Task A_mistake_in_one_session_ends_that_session_and_no_other()
    {
        await using MediaPlane plane = Plane();
        MediaPeer alice = new(plane);
        MediaPeer bob = new(plane);
        MediaPeer mallory = new(plane);
        mallory.Before = told => { if (told.Kind == MediaEventKind.FirstRtp) { throw new InvalidOperationException("planted"); } };
        mallory.Call(mallory);
        await mallory.SaidAsync(MediaEventKind.Faulted);
        Assert.False(await mallory.Line.Heard.WaitToReadAsync(Stop) && mallory.Drain() < 0);
        alice.Call(bob);
        await bob.HearAsync(10);
        Assert.Equal((1L, 2, "planted"), (plane.Counters.Faults, plane.Counters.Sessions, plane.FirstFault?.Message));

        MediaPeer wide = new(plane, sampleRate: 24_000);
        wide.Call(wide);
        await wide.SaidAsync(MediaEventKind.Faulted);
        Assert.Equal(4, plane.PortPairsInUse);
        await CloseAsync(alice, bob, mallory, wide);
        Assert.Equal(0, plane.PortPairsInUse);
    }

    [Fact]
    public async Task Ports_that_others_hold_are_stepped_over_and_all_come_back()
    {
        int first = FreePorts.Next(8);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, first + 3));
        await using MediaPlane plane = new(new MediaPlaneOptions { Address = IPAddress.Loopback, Advertised = IPAddress.Parse("198.51.100.7"), FirstPort = first, LastPort = first + 7, Threads = 2 }, TimeProvider.System, new Random(5));
        for (int round = 0; round < 3; round++)
        {
            MediaLeg[] legs = [plane.OpenLeg()!, plane.OpenLeg()!, plane.OpenLeg()!];
            Assert.Equal([first, first + 4, first + 6], legs.Select(leg => (int)leg.Advertised.Port).Order());
            Assert.All(legs, leg => Assert.Equal(IPAddress.Parse("198.51.100.7"), leg.Advertised.ToIPAddress()));
            Assert.Null(plane.OpenLeg());
            Assert.Equal(3, plane.PortPairsInUse);
            // Never started: their ports come back all the same.
            await Task.WhenAll(legs.Select(leg => leg.CloseAsync())).WaitAsync(SipPeer.Patience, Stop);
            Assert.Equal(0, plane.PortPairsInUse);
        }
    }

    [Fact]
    public async Task A_plane_that_ends_completes_every_line_and_close_still_answers()
    {
        MediaPlane plane = Plane();
        MediaPeer alice = new(plane);
        MediaPeer bob = new(plane);
        MediaLeg unused = plane.OpenLeg()!;
        alice.Call(bob);
        await bob.HearAsync(5);
        await plane.DisposeAsync();
        bob.Drain();
        Assert.False(await bob.Line.Heard.WaitToReadAsync(Stop));
        await Task.WhenAll(alice.Leg.CloseAsync(), bob.Leg.CloseAsync(), unused.CloseAsync()).WaitAsync(SipPeer.Patience, Stop);
        Assert.Equal(0, plane.PortPairsInUse);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_at_the_start()
    {
        IOException refused = Assert.Throws<IOException>(() => new MediaPlane(new MediaPlaneOptions { Address = IPAddress.Parse("203.0.113.9") }, TimeProvider.System, new Random(1)));
        Assert.StartsWith("RTP sockets cannot be bound to 203.0.113.9", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MediaPlane(new MediaPlaneOptions { Address = IPAddress.Loopback, FirstPort = 9, LastPort = 9 }, TimeProvider.System, new Random(1)));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static MediaPlane Plane(bool portable = false, int firstPort = 40_000, SteadyClock? clock = null) =>
        new(new MediaPlaneOptions { Address = IPAddress.Loopback, FirstPort = firstPort, LastPort = firstPort + 999, Threads = 1, Portable = portable }, clock ?? new SteadyClock(), new Random(7));

    private static Task CloseAsync(params MediaPeer[] peers) =>
        Task.WhenAll(peers.Select(peer => peer.Leg.CloseAsync())).WaitAsync(SipPeer.Patience, Stop);
}
