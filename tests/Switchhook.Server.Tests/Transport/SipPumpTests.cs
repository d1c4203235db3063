using System.Net;
using System.Net.Sockets;
using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Simulation;
using Switchhook.Sip;
using Switchhook.Transport;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Tests.Transport;

public sealed class SipPumpTests
{
    [Theory, InlineData(SipTransport.Udp), InlineData(SipTransport.Tcp)]
    public async Task Two_pumps_call_each_other_from_ring_to_hang_up(SipTransport transport)
    {
        await using SipPeer alice = new();
        await using SipPeer bob = new();
        SipFlow flow = transport == SipTransport.Udp ? new(transport, 0, 0, bob.Udp) : new(transport, 1, 0, bob.Tcp);
        DialogHandle call = await alice.CallAsync(flow);

        SipEvent.IncomingCall incoming = await bob.ExpectAsync<SipEvent.IncomingCall>();
        Assert.Equal((transport, SipPeer.Sdp), (incoming.Flow.Transport, Encoding.ASCII.GetString(incoming.Offer!.Value.Span)));
        bob.Pump.Post(new SipCommand.Ring(incoming.Dialog));
        Assert.Equal((call, 180), await ProgressOfAsync(alice));
        bob.Pump.Post(new SipCommand.Answer(incoming.Dialog, Encoding.ASCII.GetBytes(SipPeer.Sdp)));
        await alice.ExpectAsync<SipEvent.Answered>();
        await bob.ExpectAsync<SipEvent.Established>();

        bob.Pump.Post(new SipCommand.HangUp(incoming.Dialog, new SipCause(200, "done")));
        Assert.Contains("done", (await alice.ExpectAsync<SipEvent.HungUp>()).Reason);
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters.Received == 3, SipPeer.Patience));
        Assert.Equal((0L, 0L, 0L), (alice.Pump.Counters.Faults, bob.Pump.Counters.Faults, bob.Pump.Counters.Dropped));
        Assert.True(bob.Pump.Counters is { Sent: >= 4, SendFailures: 0 }, bob.Pump.Counters.ToString());
        Assert.Equal(transport == SipTransport.Tcp ? 1 : 0, bob.Pump.Counters.Connections);
    }

    [Fact]
    public async Task A_second_call_uses_the_connection_of_the_first_again()
    {
        await using SipPeer alice = new();
        await using SipPeer bob = new();
        SipFlow flow = new(SipTransport.Tcp, 1, 0, bob.Tcp);
        await alice.CallAsync(flow);
        SipEvent.IncomingCall first = await bob.ExpectAsync<SipEvent.IncomingCall>();
        await alice.CallAsync(flow);
        SipEvent.IncomingCall second = await bob.ExpectAsync<SipEvent.IncomingCall>();
        Assert.Equal(first.Flow, second.Flow);
        Assert.Equal((1, 1), (alice.Pump.Counters.Connections, bob.Pump.Counters.Connections));
    }

    [Fact]
    public async Task A_call_to_a_port_where_nobody_listens_is_refused_by_the_transport_at_once()
    {
        await using SipPeer alice = new();
        await alice.CallAsync(new SipFlow(SipTransport.Tcp, 1, 0, PeerAddress.From(IPAddress.Loopback, (ushort)FreePorts.Next())));
        SipEvent.Refused refused = await alice.ExpectAsync<SipEvent.Refused>();
        Assert.Equal(503, refused.Cause.Status);
        Assert.Equal((0, 1L), (alice.Pump.Counters.Connections, alice.Pump.Counters.ConnectionsFailed));
    }

    [Fact]
    public async Task A_call_over_udp_that_the_network_refuses_fails_at_once_and_not_after_32_seconds()
    {
        await using SipPeer alice = new();
        // An IPv4 socket has no way to an IPv6 peer.
        await alice.CallAsync(new SipFlow(SipTransport.Udp, 0, 0, PeerAddress.From(IPAddress.IPv6Loopback, 5060)));
        Assert.Equal(503, (await alice.ExpectAsync<SipEvent.Refused>()).Cause.Status);
        Assert.Equal(1, alice.Pump.Counters.SendFailures);
    }

    [Theory, InlineData(SipTransport.Udp, "udp"), InlineData(SipTransport.Tcp, "tcp")]
    public async Task A_listener_that_cannot_be_bound_is_named_and_the_others_are_let_go(SipTransport transport, string scheme)
    {
        await using SipPeer first = new();
        IPEndPoint taken = (transport == SipTransport.Udp ? first.Udp : first.Tcp).ToIPEndPoint();
        IPEndPoint free = new(IPAddress.Loopback, FreePorts.Next());
        IOException refused = Assert.Throws<IOException>(() => Bind(new SipListen(SipTransport.Tcp, free), new SipListen(transport, taken)));
        Assert.Equal($"{scheme}://{taken} is in use", refused.Message);
        refused = Assert.Throws<IOException>(() => Bind(new SipListen(transport, new IPEndPoint(IPAddress.Parse("203.0.113.9"), 5060))));
        Assert.Equal($"{scheme}://203.0.113.9:5060 is not an address of this machine", refused.Message);
        await using SipPump again = Bind(new SipListen(SipTransport.Tcp, free));
        Assert.Equal(PeerAddress.From(free), again.Listeners[0].Local);
    }

    // L9.
    [Fact]
    public async Task What_is_advertised_is_what_was_asked_for_or_what_was_bound()
    {
        await using SipPump pump = Bind(
            new SipListen(SipTransport.Udp, new IPEndPoint(IPAddress.Loopback, 0)),
            new SipListen(SipTransport.Udp, new IPEndPoint(IPAddress.Loopback, 0)) { AdvertisedHost = "sip.example.com", AdvertisedPort = 5080 },
            new SipListen(SipTransport.Tcp, new IPEndPoint(IPAddress.Any, 0)));
        Assert.Equal(("127.0.0.1", pump.Listeners[0].Local.Port), (pump.Listeners[0].AdvertisedHost, pump.Listeners[0].AdvertisedPort));
        Assert.Equal(("sip.example.com", 5080), (pump.Listeners[1].AdvertisedHost, pump.Listeners[1].AdvertisedPort));
        Assert.Equal(LocalAddress.Default().ToString(), pump.Listeners[2].AdvertisedHost);
        Assert.NotEqual(0, pump.Listeners[2].Local.Port);
    }

    [Fact]
    public async Task Datagrams_that_find_no_room_are_dropped_and_counted_and_the_pump_goes_on()
    {
        await using SipPeer bob = new();
        using ManualResetEventSlim held = new();
        TaskCompletionSource holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bob.Before = told =>
        {
            if (told is not SipEvent.Rejected || held.IsSet) { return; }
            holding.TrySetResult();
            held.Wait(SipPeer.Patience);
        };
        using Socket flood = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        flood.Connect(bob.Udp.ToIPEndPoint());
        byte[] malformed = Encoding.ASCII.GetBytes(Request("OPTIONS", "flood").Replace("CSeq: 1 OPTIONS", "CSeq: x", StringComparison.Ordinal));
        flood.Send(malformed);
        await holding.Task.WaitAsync(SipPeer.Patience, TestContext.Current.CancellationToken);

        // Paced by what has arrived, because the kernel's buffer may be smaller than the pump's queue.
        long sent = 1;
        for (; bob.Pump.Counters.Dropped == 0 && sent < 100_000; sent++)
        {
            flood.Send(malformed);
            SpinWait.SpinUntil(() => bob.Pump.Counters.Received >= sent - 64, SipPeer.Patience);
        }
        Assert.InRange(sent, Limits.SipInputs, Limits.SipInputs + 1_000);
        bob.Before = null;
        held.Set();
        Assert.Equal(501, await OptionsAsync(bob, "BOGUS", attempts: 40));
        Assert.True(bob.Pump.Counters.Rejected.Sum() >= Limits.SipInputs, bob.Pump.Counters.ToString());
    }

    [Fact]
    public async Task A_mistake_in_a_listener_of_events_costs_that_event_and_nothing_else()
    {
        await using SipPeer bob = new();
        bob.Before = _ => throw new InvalidOperationException("planted");
        Assert.Equal(400, await OptionsAsync(bob, "OPTIONS", "CSeq: x"));
        bob.Before = null;
        Assert.Equal(200, await OptionsAsync(bob, "OPTIONS"));
        Assert.Equal((1L, "planted"), (bob.Pump.Counters.Faults, bob.Pump.FirstFault?.Message));
    }

    [Fact]
    public async Task Questions_are_answered_by_the_owner_and_refused_when_it_has_gone()
    {
        SipPeer bob = new();
        await using (bob)
        {
            Assert.Equal(0, await bob.Pump.AskAsync(endpoint => endpoint.DialogCount));
            string description = await bob.Pump.AskAsync(endpoint =>
            {
                StringWriter writer = new();
                endpoint.Describe(writer);
                return writer.ToString();
            });
            Assert.Contains("dialogs 0", description, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DivideByZeroException>(() => bob.Pump.AskAsync(endpoint => 1 / endpoint.DialogCount));
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => bob.Pump.AskAsync(endpoint => endpoint.DialogCount));
        Assert.False(bob.Pump.Post(new SipCommand.Drain(true)));
    }

    [Fact]
    public async Task An_invite_nobody_answers_is_sent_again_when_the_clock_says_so()
    {
        ManualClock clock = new();
        await using SipPeer alice = new(clock);
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await alice.CallAsync(new SipFlow(SipTransport.Udp, 0, 0, PeerAddress.From((IPEndPoint)silent.LocalEndPoint!)));
        byte[] buffer = new byte[4096];
        for (int copy = 0; copy < 4; copy++)
        {
            int length = await silent.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask().WaitAsync(SipPeer.Patience, TestContext.Current.CancellationToken);
            Assert.StartsWith("INVITE ", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
            // Timer A doubles: 0.5, 1, 2 s. The answer to a question shows that the pump is asleep again.
            await alice.Pump.AskAsync(endpoint => endpoint.TransactionCount);
            Assert.True(SpinWait.SpinUntil(() => clock.NextTimer is not null, SipPeer.Patience));
            clock.Advance(TimeSpan.FromMilliseconds(500 * (1 << copy)));
        }
        for (int step = 0; step < 64; step++)
        {
            await alice.Pump.AskAsync(endpoint => endpoint.TransactionCount);
            clock.Advance(TimeSpan.FromMilliseconds(500));
        }
        Assert.Equal(408, (await alice.ExpectAsync<SipEvent.Refused>()).Cause.Status);
    }

    internal static string Request(string method, string branch) =>
        $"{method} sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: {branch}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n";

    /// <summary>Asks from a fresh socket, and where a request may be lost again as a phone would, until there is an answer.</summary>
    private static async Task<int> OptionsAsync(SipPeer peer, string method, string? cseq = null, int attempts = 1)
    {
        using Socket phone = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        phone.Connect(peer.Udp.ToIPEndPoint());
        string request = Request(method, Guid.NewGuid().ToString("N"));
        if (cseq is not null) { request = request.Replace($"CSeq: 1 {method}", cseq, StringComparison.Ordinal); }
        byte[] buffer = new byte[4096];
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            phone.Send(Encoding.ASCII.GetBytes(request));
            if (!phone.Poll(SipPeer.Patience / attempts, SelectMode.SelectRead)) { continue; }
            await phone.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            return int.Parse(Encoding.ASCII.GetString(buffer, 8, 3));
        }
        return 0;
    }

    private static SipPump Bind(params SipListen[] listens) => SipPump.Bind(listens, TimeProvider.System, new Random(1));

    private static async Task<(DialogHandle Dialog, int Status)> ProgressOfAsync(SipPeer peer)
    {
        SipEvent.Progress progress = await peer.ExpectAsync<SipEvent.Progress>();
        return (progress.Dialog, progress.Status);
    }
}
