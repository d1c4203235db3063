using System.Net;
using System.Net.Sockets;
using System.Text;
using Switchhook.Simulation;
using Switchhook.Sip;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Tests.Transport;

/// <summary>A stream as peers of every kind use it, against a real pump.</summary>
public sealed class TcpConnectionTests
{
    [Fact]
    public async Task However_a_stream_is_cut_every_request_in_it_is_answered_once()
    {
        await using SipPeer bob = new();
        string requests = "\r\n\r\n" + Options(1) + "\r\n" + Options(2) + Options(3) + "\r\n\r\n" + Options(4);
        byte[] bytes = Encoding.ASCII.GetBytes(requests);
        for (int seed = 0; seed < 30; seed++)
        {
            Random random = new(seed);
            using Socket phone = await ConnectAsync(bob);
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(bytes.Length - at, seed == 0 ? 1 : random.Next(1, 120));
                await phone.SendAsync(bytes.AsMemory(at, length), TestContext.Current.CancellationToken);
                at += length;
            }
            string answers = await ReadUntilAsync(phone, text => Count(text, "SIP/2.0 200") == 4 && Count(text, "\r\n") == Lines(text));
            Assert.True(Count(answers, "SIP/2.0 200") == 4, $"seed {seed}: {answers}");
            // Two keep-alives asked, two single CRLFs answered (RFC 5626 §4.4.1), wherever between the answers.
            Assert.Equal(Lines(answers), Count(answers, "\r\n"));
        }
    }

    [Fact]
    public async Task A_stranger_who_does_not_speak_sip_is_closed_by_the_next_sweep()
    {
        ManualClock clock = new();
        await using SipPeer bob = new(clock);
        using Socket stranger = await ConnectAsync(bob);
        await SayAsync(stranger, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters.ConnectionsFailed == 1, SipPeer.Patience));
        Assert.True(await ClosesAsync(bob, clock, stranger, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_message_that_drips_too_slowly_and_a_connection_that_says_nothing_are_closed()
    {
        ManualClock clock = new();
        await using SipPeer bob = new(clock);
        using Socket slow = await ConnectAsync(bob);
        using Socket silent = await ConnectAsync(bob);
        using Socket idle = await ConnectAsync(bob);
        await SayAsync(idle, Options(1));
        await ReadUntilAsync(idle, text => Count(text, "SIP/2.0 200") == 1);
        await SayAsync(slow, Options(2)[..100]);
        await RoundTripAsync(bob);

        Assert.True(await StaysAsync(bob, clock, slow, Limits.SipFrame - TimeSpan.FromSeconds(12)));
        Assert.True(await ClosesAsync(bob, clock, slow, TimeSpan.FromSeconds(60)));
        Assert.Equal(0, await ReceiveAsync(silent, new byte[1]));
        Assert.True(await StaysAsync(bob, clock, idle, Limits.SipConnectionIdle - TimeSpan.FromMinutes(2)));
        Assert.True(await ClosesAsync(bob, clock, idle, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task A_message_that_waits_for_the_pump_is_not_held_against_who_sent_it()
    {
        ManualClock clock = new();
        SipIntake busy = new(clock);
        for (int count = 0; count < Limits.SipInputs; count++) { busy.Offer(default, "x"u8); }
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), phone = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await phone.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        await using TcpConnection connection = new(await listener.AcceptAsync(TestContext.Current.CancellationToken), default, busy, clock, _ => { });
        connection.Start(connected: true);
        Instant later = clock.Now() + Limits.SipFrame + TimeSpan.FromSeconds(1);
        Assert.True(connection.IsOverdue(later), "who says nothing is overdue by then");

        await SayAsync(phone, Options(1));
        Assert.True(SpinWait.SpinUntil(() => busy.Received > Limits.SipInputs, SipPeer.Patience));
        Assert.False(connection.IsOverdue(later));
    }

    [Fact]
    public async Task A_connection_that_a_dialog_came_by_is_not_idle_while_the_dialog_lives()
    {
        ManualClock clock = new();
        await using SipPeer bob = new(clock);
        using Socket phone = await ConnectAsync(bob);
        string invite = SipPumpTests.Request("INVITE", "held").Replace("UDP", "TCP", StringComparison.Ordinal)
            .Replace("Content-Length: 0", "Contact: <sip:alice@127.0.0.1>\r\nContent-Length: 0", StringComparison.Ordinal);
        await SayAsync(phone, invite);
        SipEvent.IncomingCall incoming = await bob.ExpectAsync<SipEvent.IncomingCall>();
        bob.Pump.Post(new SipCommand.Answer(incoming.Dialog, Encoding.ASCII.GetBytes(SipPeer.Sdp)));
        string answer = await ReadUntilAsync(phone, text => text.Contains("SIP/2.0 200", StringComparison.Ordinal) && text.EndsWith(SipPeer.Sdp, StringComparison.Ordinal));
        string tag = answer[(answer.LastIndexOf("To: ", StringComparison.Ordinal) + 4)..].Split("\r\n")[0];
        await SayAsync(phone, invite.Replace("INVITE", "ACK", StringComparison.Ordinal).Replace("z9hG4bKheld", "z9hG4bKack", StringComparison.Ordinal)
            .Replace("To: <sip:bob@example.com>", $"To: {tag}", StringComparison.Ordinal));
        await bob.ExpectAsync<SipEvent.Established>();

        Assert.True(await StaysAsync(bob, clock, phone, Limits.SipConnectionIdle * 3));
        bob.Pump.Post(new SipCommand.HangUp(incoming.Dialog, null));
        Assert.Contains("BYE ", await ReadUntilAsync(phone, text => text.Contains("BYE ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.True(await ClosesAsync(bob, clock, phone, Limits.SipConnectionIdle * 2));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_loses_its_connection_and_holds_nothing_up()
    {
        await using SipPeer bob = new();
        using Socket deaf = await ConnectAsync(bob, receiveBufferBytes: 4096);
        byte[] options = Encoding.ASCII.GetBytes(Options(1));
        using CancellationTokenSource patience = new(SipPeer.Patience);
        try
        {
            // The same request again is answered again; nobody reads the answers.
            while (bob.Pump.Counters.ConnectionsFailed == 0) { await deaf.SendAsync(options, patience.Token); }
        }
        catch (SocketException)
        {
        }
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters is { Connections: 0, ConnectionsFailed: 1 }, SipPeer.Patience), bob.Pump.Counters.ToString());
        await RoundTripAsync(bob);
    }

    [Fact]
    public async Task A_write_that_nobody_reads_ends_before_the_queue_behind_it_is_full()
    {
        ManualClock clock = new();
        await using SipPeer bob = new(clock);
        using Socket deaf = await ConnectAsync(bob, receiveBufferBytes: 4096);
        while (bob.Pump.Counters.Connections > 0)
        {
            try { await SayAsync(deaf, LargeOptions); }
            catch (SocketException) { break; }
            await RoundTripAsync(bob);
            await PassAsync(bob, clock, Limits.SipFrame + TimeSpan.FromSeconds(20));
        }
        Assert.Equal(0, bob.Pump.Counters.ConnectionsFailed);
    }

    [Fact]
    public async Task Large_answers_that_nobody_reads_fill_the_queue_sooner()
    {
        await using SipPeer bob = new();
        using Socket deaf = await ConnectAsync(bob, receiveBufferBytes: 4096);
        using CancellationTokenSource patience = new(SipPeer.Patience);
        byte[] options = Encoding.ASCII.GetBytes(LargeOptions);
        try
        {
            while (bob.Pump.Counters.ConnectionsFailed == 0) { await deaf.SendAsync(options, patience.Token); }
        }
        catch (SocketException)
        {
        }
        // What the kernel holds, and not Limits.SipConnectionOutgoing messages of 60 KB on top of it.
        Assert.InRange(bob.Pump.Counters.Sent, 1, Limits.SipConnectionOutgoing);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_at_accept()
    {
        await using SipPeer bob = new();
        List<Socket> open = [];
        for (int count = 0; count < Limits.SipConnections; count++) { open.Add(await ConnectAsync(bob)); }
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters.Connections == Limits.SipConnections, SipPeer.Patience));
        using Socket oneTooMany = await ConnectAsync(bob);
        Assert.Equal(0, await ReceiveAsync(oneTooMany, new byte[1]));
        Assert.Equal(1, bob.Pump.Counters.ConnectionsRefused);
        open[0].Dispose();
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters.Connections < Limits.SipConnections, SipPeer.Patience));
        await RoundTripAsync(bob);
        foreach (Socket socket in open) { socket.Dispose(); }
        Assert.True(SpinWait.SpinUntil(() => bob.Pump.Counters.Connections == 0, SipPeer.Patience));
    }

    private static string LargeOptions => Options(1).Replace("From: ", $"From: \"{new string('a', 60_000)}\" ", StringComparison.Ordinal);

    private static string Options(int number) => SipPumpTests.Request("OPTIONS", $"tcp{number}").Replace("UDP", "TCP", StringComparison.Ordinal);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>Two pongs, and four answers of so many lines each.</summary>
    private static int Lines(string text) => 2 + 4 * Count(text[text.IndexOf("SIP/2.0", StringComparison.Ordinal)..].Split("\r\n\r\n")[0] + "\r\n\r\n", "\r\n");

    private static async Task<Socket> ConnectAsync(SipPeer peer, int? receiveBufferBytes = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } bytes) { socket.ReceiveBufferSize = bytes; }
        await socket.ConnectAsync(peer.Tcp.ToIPEndPoint(), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Everything that was said before on other connections has been taken by the pump when this is answered.</summary>
    private static async Task RoundTripAsync(SipPeer peer)
    {
        using Socket phone = await ConnectAsync(peer);
        await SayAsync(phone, Options(Random.Shared.Next()));
        Assert.Contains("SIP/2.0 200", await ReadUntilAsync(phone, text => text.EndsWith("\r\n\r\n", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task<string> ReadUntilAsync(Socket socket, Func<string, bool> enough)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (!enough(text.ToString()))
        {
            int length = await ReceiveAsync(socket, buffer);
            if (length == 0) { break; }
            text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }
        return text.ToString();
    }

    private static async Task SayAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    private static Task<int> ReceiveAsync(Socket socket, byte[] buffer) =>
        socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask().WaitAsync(SipPeer.Patience, TestContext.Current.CancellationToken);

    private static async Task<bool> ClosesAsync(SipPeer peer, ManualClock clock, Socket socket, TimeSpan within)
    {
        int before = peer.Pump.Counters.Connections;
        await PassAsync(peer, clock, within);
        return IsClosed(socket, SipPeer.Patience) && SpinWait.SpinUntil(() => peer.Pump.Counters.Connections < before, SipPeer.Patience);
    }

    private static async Task<bool> StaysAsync(SipPeer peer, ManualClock clock, Socket socket, TimeSpan within)
    {
        await PassAsync(peer, clock, within);
        return !IsClosed(socket, TimeSpan.FromMilliseconds(200));
    }

    /// <summary>Lets time pass sweep by sweep. The pump answers a question after each, so it has seen the hour.</summary>
    private static async Task PassAsync(SipPeer peer, ManualClock clock, TimeSpan by)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(10))
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await peer.Pump.AskAsync(endpoint => endpoint.DialogCount);
            await peer.Pump.AskAsync(endpoint => endpoint.DialogCount);
        }
    }

    private static bool IsClosed(Socket socket, TimeSpan patience) => socket.Poll(patience, SelectMode.SelectRead) && socket.Available == 0;
}
