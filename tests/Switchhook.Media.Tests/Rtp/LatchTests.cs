using System.Globalization;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests.Rtp;

/// <summary>Symmetric RTP (L8) and streams that change (O10), seen from outside: where RTP is sent and what is told.</summary>
public sealed class LatchTests
{
    private static readonly Dictionary<string, PeerAddress> Addresses = new()
    {
        ["public"] = PeerAddress.FromIPv4(0xCB007101, 4000),
        ["port"] = PeerAddress.FromIPv4(0xCB007101, 4999),       // the same host behind a NAT that changes ports
        ["private"] = PeerAddress.FromIPv4(0xC0A80105, 4000),
        ["carrier"] = PeerAddress.FromIPv4(0x647F0105, 4000),    // 100.127.1.5, behind the NAT of a mobile carrier (RFC 6598)
        ["other"] = PeerAddress.FromIPv4(0xC6336409, 5000),
        ["thief"] = PeerAddress.FromIPv4(0xC6336466, 6666),
        ["moved"] = PeerAddress.FromIPv4(0xCB007155, 4400),
        ["nat"] = PeerAddress.FromIPv4(0x0A000009, 4400),
        ["hold"] = PeerAddress.FromIPv4(0, 4000),
    };

    // "other:1*3" is three packets, 20 ms apart, from there under SSRC 1; "a/b*3" alternates; "=moved" is a new SDP; "+300" is time.
    public static TheoryData<string, string, string, string> Stories => Table.Four("""
        SDP     | script                              | sent to | told
        public  | public:1*3                          | public  | First
        public  | port:1                              | public  | First
        public  | port:1*2                            | port    | First Latched:port
        public  | other:1*50                          | public  | First
        public  | other:1*3 public:7                  | public  | First
        public  | other:1*3 public:7*2                | public  | First Changed:7
        public  | port:1*9 public:1*2                 | public  | First Latched:port Changed:1 Latched:public
        private | other:1                             | private | First
        private | other:1*2                           | other   | First Latched:other
        carrier | other:1*2                           | other   | First Latched:other
        private | private:1*2 other:1*9               | private | First
        private | private:1*2 other:1*10              | other   | First Changed:1 Latched:other
        private | other:1*5 thief:2*9                 | other   | First Latched:other
        private | other:1*5 thief:2*10                | thief   | First Latched:other Changed:2 Latched:thief
        private | other:1/thief:2*100                 | other   | First Latched:other
        private | other:1*5 +300 thief:2*4            | other   | First Latched:other
        private | other:1*5 +300 thief:2*5            | thief   | First Latched:other Changed:2 Latched:thief
        private | other:1*5 other:2                   | other   | First Latched:other
        private | other:1*5 other:2*2                 | other   | First Latched:other Changed:2
        public  | public:1*5 public:2*9 public:3*2    | public  | First Changed:2 Changed:3
        public  | public:1/public:2*50                | public  | First
        private | other:1*2 =hold                     | hold    | First Latched:other
        private | other:1*2 =hold other:1*50          | hold    | First Latched:other
        private | other:1*2 =hold =private            | other   | First Latched:other
        public  | public:1*5 =moved public:1*90       | moved   | First
        public  | public:1*5 =moved moved:1*2         | moved   | First Changed:1
        private | other:1*5 =nat                      | nat     | First Latched:other
        private | other:1*5 =nat other:1*24           | nat     | First Latched:other
        private | other:1*5 =nat other:1*25           | other   | First Latched:other Latched:other
        """);

    // L8, O10, §9.19.
    [Theory]
    [MemberData(nameof(Stories))]
    public void RTP_goes_where_the_peer_is(string sdp, string script, string sentTo, string told)
    {
        var party = new Party(Party.Bob, Party.Plan(Addresses[sdp]));
        var sequences = new Dictionary<string, ushort>();
        var now = new Instant(0);
        foreach (string word in script.Split(' '))
        {
            string[] parts = word.Split('*');
            if (word[0] == '+') { now += TimeSpan.FromMilliseconds(int.Parse(word[1..], CultureInfo.InvariantCulture)); continue; }
            if (word[0] == '=') { party.Session.Update(now, Party.Plan(Addresses[word[1..]])); continue; }
            for (int left = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1; left > 0; left--)
            {
                now += MediaClock.Frame;
                foreach (string stream in parts[0].Split('/')) { Send(party, now, stream, sequences); }
            }
        }
        party.Sent.Clear();
        party.Tick(now + MediaClock.Frame);

        string to = party.Sent.Where(sent => sent.IsAudio).Select(sent => Name(sent.To)).SingleOrDefault("hold");
        Assert.Equal((sentTo, told), (to, string.Join(' ', party.Events.Select(Tell))));
    }

    [Fact]
    public void A_stranger_is_not_heard_and_is_counted()
    {
        var party = new Party(Party.Bob, Party.Plan(Addresses["public"]));
        var sequences = new Dictionary<string, ushort>();
        var now = new Instant(0);
        for (int i = 0; i < 100; i++)
        {
            now += MediaClock.Frame;
            Send(party, now, "public:1", sequences);
            Send(party, now, "thief:2", sequences);
            party.Tick(now);
        }
        Assert.Equal(100, party.Session.Stats.PacketsDropped);
        Assert.Equal(100, party.Session.Stats.PacketsReceived);
    }

    // RTCP follows: by the same port when multiplexed, to where reports come from, or to the next port.
    [Theory]
    [InlineData(false, false, "198.51.100.9:5001")]
    [InlineData(false, true, "198.51.100.9:7777")]
    [InlineData(true, false, "198.51.100.9:5000")]
    public void RTCP_follows_the_latch(bool isMultiplexed, bool hasReported, string expected)
    {
        MediaPlan plan = Party.Plan(Addresses["private"]);
        var party = new Party(Party.Bob, isMultiplexed ? plan with { RemoteRtcp = plan.Remote } : plan);
        var sequences = new Dictionary<string, ushort>();
        var now = new Instant(0);
        for (int i = 0; i < 400; i++)
        {
            now += MediaClock.Frame;
            Send(party, now, "other:1", sequences);
            if (hasReported) { party.Receive(now, Addresses["other"] with { Port = 7777 }, [0x80, 201, 0, 1, 0, 0, 0, 1], rtcp: true); }
            party.Tick(now);
        }
        Sent report = party.Sent.Last(sent => sent.Datagram[1] is 200 or 201);
        Assert.Equal(expected, report.To.ToString());
        Assert.Equal(!isMultiplexed, report.Rtcp);
    }

    private static void Send(Party party, Instant now, string stream, Dictionary<string, ushort> sequences)
    {
        string[] parts = stream.Split(':');
        ushort sequence = sequences[stream] = (ushort)(sequences.GetValueOrDefault(stream) + 1);
        Span<byte> datagram = stackalloc byte[RtpPacket.HeaderBytes + 160];
        RtpPacket.WriteHeader(datagram, 0, false, sequence, sequence * 160u, uint.Parse(parts[1], CultureInfo.InvariantCulture));
        party.Receive(now, Addresses[parts[0]], datagram);
    }

    private static string Name(PeerAddress address) => Addresses.Single(pair => pair.Value == address).Key;

    private static string Tell(MediaEvent told) => told.Kind switch
    {
        MediaEventKind.FirstRtp => "First",
        MediaEventKind.Latched => $"Latched:{Name(told.Peer)}",
        MediaEventKind.SourceChanged => $"Changed:{told.Number}",
        _ => $"{told.Kind}",
    };
}
