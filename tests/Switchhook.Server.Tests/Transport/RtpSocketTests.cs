using System.Net;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

public sealed class RtpSocketTests
{
    public static TheoryData<string, bool> Ways => new()
    {
        { "127.0.0.1", true }, { "127.0.0.1", false }, { "::1", true }, { "::1", false }, { "::", true }, { "::", false }, { "0.0.0.0", true },
    };

    [Theory, MemberData(nameof(Ways))]
    public void What_one_socket_sends_the_other_receives_with_its_address(string address, bool native)
    {
        native &= Libc.IsAvailable;
        using RtpSocket caller = RtpSocket.Bind(IPAddress.Parse(address), 0, native);
        using RtpSocket called = RtpSocket.Bind(IPAddress.Parse(address), 0, native);
        // An IPv6 socket for any address talks to IPv4 as well.
        IPAddress reached = address switch { "0.0.0.0" or "::" => IPAddress.Loopback, _ => IPAddress.Parse(address) };
        byte[] buffer = new byte[64];

        Assert.False(called.TryReceive(buffer, out _, out _));
        Assert.True(caller.TrySend("one"u8, PeerAddress.From(reached, called.Port)));
        Assert.True(caller.TrySend(new byte[65], PeerAddress.From(reached, called.Port)));
        Assert.True(caller.TrySend("two"u8, PeerAddress.From(reached, called.Port)));

        (int length, PeerAddress source) = Receive(called, buffer);
        Assert.Equal("one"u8, buffer.AsSpan(0, length));
        Assert.Equal(PeerAddress.From(reached, caller.Port), source);
        // Longer than any RTP packet: told as nothing, so that nobody reads its first half as a whole.
        (length, _) = Receive(called, buffer);
        if (native) { Assert.Equal(0, length); }
        (length, _) = Receive(called, buffer);
        Assert.Equal("two"u8, buffer.AsSpan(0, length));
        Assert.False(called.TryReceive(buffer, out _, out _));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_destination_that_cannot_be_reached_is_a_false_and_no_exception(bool native)
    {
        using RtpSocket socket = RtpSocket.Bind(IPAddress.Loopback, 0, native && Libc.IsAvailable);
        Assert.False(socket.TrySend("x"u8, PeerAddress.None));
        Assert.False(socket.TrySend("x"u8, PeerAddress.From(IPAddress.IPv6Loopback, 9)));
        Assert.False(socket.TrySend("x"u8, PeerAddress.From(IPAddress.Parse("203.0.113.1"), 0)));
        Assert.False(socket.TrySend(new byte[70_000], PeerAddress.From(IPAddress.Loopback, 9)));
    }

    [Fact]
    public void Both_pollers_tell_the_same_sockets_whatever_is_sent_and_taken()
    {
        Assert.SkipUnless(Libc.IsAvailable, "epoll is Linux");
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            using Epoll epoll = new();
            using PortablePoller portable = new();
            using RtpSocket sender = RtpSocket.Bind(IPAddress.Loopback, 0, native: true);
            RtpSocket?[] sockets = new RtpSocket?[12];
            int[] waiting = new int[sockets.Length];
            for (int step = 0; step < 200; step++)
            {
                int token = random.Next(sockets.Length);
                switch (random.Next(4))
                {
                    case 0 when sockets[token] is null:
                        sockets[token] = RtpSocket.Bind(IPAddress.Loopback, 0, native: true);
                        epoll.Add(sockets[token]!, token);
                        portable.Add(sockets[token]!, token);
                        break;
                    case 1 when sockets[token] is { } open:
                        epoll.Remove(open, token);
                        portable.Remove(open, token);
                        open.Dispose();
                        (sockets[token], waiting[token]) = (null, 0);
                        break;
                    case 2 when sockets[token] is { } full && full.TryReceive(new byte[8], out _, out _):
                        waiting[token]--;
                        break;
                    case 3 when sockets[token] is { } reached:
                        Assert.True(sender.TrySend("x"u8, PeerAddress.From(IPAddress.Loopback, reached.Port)));
                        waiting[token]++;
                        break;
                }
                string wanted = string.Join(' ', Enumerable.Range(0, sockets.Length).Where(index => waiting[index] > 0));
                Assert.True(SpinWait.SpinUntil(() => wanted == Told(epoll) && wanted == Told(portable), SipPeer.Patience), $"seed {seed}, step {step}: wanted {wanted}, epoll {Told(epoll)}, portable {Told(portable)}");
            }
            foreach (RtpSocket? socket in sockets) { socket?.Dispose(); }
        }
    }

    [Fact]
    public void A_socket_that_a_poller_refuses_can_still_be_removed()
    {
        if (!Libc.IsAvailable) { return; }
        using Epoll epoll = new();
        using RtpSocket socket = RtpSocket.Bind(IPAddress.Loopback, 0, native: true);
        epoll.Add(socket, 0);
        Assert.Throws<IOException>(() => epoll.Add(socket, 0));
        epoll.Remove(socket, 0);
        epoll.Remove(socket, 0);
        Assert.Equal(0, epoll.Poll(new int[4]));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Sockets_that_found_no_room_are_told_the_next_time(bool portable)
    {
        Assert.SkipUnless(portable || Libc.IsAvailable, "epoll is Linux");
        using IPoller poller = portable ? new PortablePoller() : new Epoll();
        using PortablePoller all = new();
        RtpSocket[] sockets = [.. Enumerable.Range(0, 7).Select(_ => RtpSocket.Bind(IPAddress.Loopback, 0, Libc.IsAvailable))];
        for (int token = 0; token < sockets.Length; token++)
        {
            poller.Add(sockets[token], token);
            all.Add(sockets[token], token);
            Assert.True(sockets[0].TrySend("x"u8, PeerAddress.From(IPAddress.Loopback, sockets[token].Port)));
        }
        Assert.True(SpinWait.SpinUntil(() => all.Poll(new int[sockets.Length]) == sockets.Length, SipPeer.Patience));      // all have arrived
        int[] readable = new int[3];
        HashSet<int> told = [];
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(3, poller.Poll(readable));
            told.UnionWith(readable);
        }
        Assert.Equal(sockets.Length, told.Count);
        foreach (RtpSocket socket in sockets) { socket.Dispose(); }
    }

    /// <summary>The next datagram, as soon as a busy system has carried it over.</summary>
    private static (int Length, PeerAddress Source) Receive(RtpSocket socket, byte[] buffer)
    {
        (int length, PeerAddress source) = (0, default);
        Assert.True(SpinWait.SpinUntil(() => socket.TryReceive(buffer, out length, out source), SipPeer.Patience));
        return (length, source);
    }

    private static string Told(IPoller poller)
    {
        int[] readable = new int[32];
        int count = poller.Poll(readable);
        return string.Join(' ', readable[..count].Order());
    }
}
