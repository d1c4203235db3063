using System.Net;
using System.Net.Sockets;
using Switchhook.Transport;

namespace Switchhook.Server.Tests.Transport;

public sealed class ClocksAndNumbersTests
{
    [Theory]
    [InlineData("127.0.0.1", 5060, AddressFamily.InterNetwork)]
    [InlineData("255.254.253.252", 65535, AddressFamily.InterNetwork)]
    [InlineData("127.0.0.1", 5060, AddressFamily.InterNetworkV6)]
    [InlineData("2001:db8::1234", 1, AddressFamily.InterNetworkV6)]
    public void A_peer_survives_the_way_through_the_bytes_of_a_socket_address(string address, int port, AddressFamily family)
    {
        PeerAddress peer = PeerAddress.From(IPAddress.Parse(address), (ushort)port);
        SocketAddress bytes = new(family);
        Assert.True(bytes.TrySet(peer));
        Assert.Equal(peer, bytes.ToPeer());
        IPEndPoint expected = new(family == AddressFamily.InterNetworkV6 ? IPAddress.Parse(address).MapToIPv6() : IPAddress.Parse(address), port);
        Assert.Equal(expected.Serialize(), bytes);
    }

    [Fact]
    public void An_ipv4_socket_cannot_reach_an_ipv6_peer() =>
        Assert.False(new SocketAddress(AddressFamily.InterNetwork).TrySet(PeerAddress.From(IPAddress.IPv6Loopback, 5060)));

    [Fact]
    public void Lateness_answers_with_the_bound_of_the_bucket_and_never_more_than_the_worst()
    {
        Lateness lateness = new();
        Assert.Equal((0L, TimeSpan.Zero, TimeSpan.Zero), (lateness.Read().Count, lateness.Read().P99, lateness.Read().Max));
        for (int tick = 0; tick < 98; tick++) { lateness.Record(TimeSpan.FromMicroseconds(40)); }
        LatenessSnapshot before = lateness.Read();
        lateness.Record(TimeSpan.FromMilliseconds(6));
        lateness.Record(TimeSpan.FromSeconds(3));
        LatenessSnapshot read = lateness.Read();
        Assert.Equal((100L, TimeSpan.FromMicroseconds(50)), (read.Count, read.P50));
        Assert.Equal((TimeSpan.FromMilliseconds(7.5), TimeSpan.FromSeconds(3)), (read.P99, read.Max));
        Assert.Equal((2L, 1L), (read.Above(TimeSpan.FromMilliseconds(5)), read.Above(TimeSpan.FromMilliseconds(20))));
        Assert.Equal(2L, read.Since(before).Count);
        Assert.Equal(200L, read.Plus(read).Count);
        Assert.Equal(TimeSpan.FromMicroseconds(40), before.P99);
    }

    [Fact]
    public void Secure_numbers_stay_in_their_range_and_do_not_repeat()
    {
        SecureRandom random = new();
        HashSet<string> tokens = [];
        int[] faces = new int[6];
        for (int draw = 0; draw < 12_000; draw++)
        {
            faces[random.Next(6)]++;
            Assert.InRange(random.NextInt64(-5, 5), -5, 4);
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
            Assert.InRange(random.NextSingle(), 0, 0.99999994f);
            Assert.True(random.Next() >= 0 && random.NextInt64() >= 0);
            Assert.True(tokens.Add(Tokens.New("", random)));
        }
        Assert.Equal((0, 7, 7), (random.Next(1), random.Next(7, 7), random.Next(7, 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(2, 1));
        // Six standard deviations: fails once in a hundred million runs unless a face is favoured.
        Assert.All(faces, count => Assert.InRange(count, 1_755, 2_245));
        byte[] large = new byte[4096];
        random.NextBytes(large);
        Assert.True(large.Distinct().Count() > 200);
    }

    [Fact]
    public void The_address_towards_loopback_is_loopback()
    {
        Assert.Equal(IPAddress.Loopback, LocalAddress.Towards(IPAddress.Loopback));
        Assert.Equal(AddressFamily.InterNetwork, LocalAddress.Default().AddressFamily);
    }
}
