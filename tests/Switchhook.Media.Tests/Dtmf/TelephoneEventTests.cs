using System.Buffers.Binary;
using System.Globalization;
using Switchhook.Media.Dtmf;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests.Dtmf;

public sealed class TelephoneEventTests
{
    // L16. One word, one packet: key, timestamp, duration; "E" the end bit, "M" the marker. The right side: what is told, with ms.
    public static TheoryData<string, string, string> Stories => Table.Three("""
        packets                                                    | told       | why
        M1@1000+160 1@1000+320 1@1000+480E 1@1000+480E 1@1000+480E | 1:20       | as in the RFC
        1@1000+160 1@1000+320 1@1000+480E                          | 1:20       | no marker bit
        1@1000+320 1@1000+480E 1@1000+480E                         | 1:40       | first packet lost
        1@1000+480E                                                | 1:60       | only one packet arrived
        M1@1000+160                                                | 1:20       | all end packets lost
        M1@1000+160 M1@2000+160 1@2000+800E                        | 1:20 1:20  | twice the same key, the first end lost
        M1@1000+160 1@1000+480E M2@2000+160 2@2000+480E            | 1:20 2:20  | two keys
        1@1000+480E 2@2000+480E 1@1000+480E                        | 1:60 2:60  | a straggler
        M1@1000+160 M1@1000+160 M1@1000+320                        | 1:20       | every packet marked
        1@1000+65535 1@66535+160 1@66535+800E 1@66535+800E         | 1:8191     | a long press, continued at its very end
        1@1000+160 1@1160+320 1@1320+480 1@1320+480E               | 1:20       | a sender that moves the timestamp
        1@1000+480E 1@1600+480E                                    | 1:60 1:60  | fast dialling
        1@4294967000+160 1@4294967000+480E 2@500+160               | 1:20 2:20  | timestamps wrap
        1@1000+20 1@1000+40 1@1000+60E                             | 1:2        | duration in milliseconds
        1@1000+960 1@1000+2880E 1@2000+960                         | 1:120 1:120 | duration on a 48 kHz clock
        1@900000+160E 2@1000+160                                   | 1:20 2:20  | a new timeline
        0@1+160E *@1000+160E #@2000+160E D@3000+160E               | 0:20 *:20 #:20 D:20 | every kind of key
        f@1000+160 f@1000+320E                                     |            | flash is no key
        """);

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_press_is_told_once_and_at_once(string packets, string told, string why)
    {
        var receiver = new DigitReceiver();
        var keys = new List<string>();
        Span<byte> payload = stackalloc byte[TelephoneEvent.Bytes];
        foreach (string word in packets.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string packet = word.TrimStart('M').TrimEnd('E');
            string[] parts = packet.Split('@', '+');
            byte code = (byte)(parts[0] == "f" ? 16 : "0123456789*#ABCD".IndexOf(parts[0], StringComparison.Ordinal));
            ushort duration = ushort.Parse(parts[2], CultureInfo.InvariantCulture);
            new TelephoneEvent(code, word.EndsWith('E'), 10, duration).Write(payload);
            if (receiver.TryReceive(uint.Parse(parts[1], CultureInfo.InvariantCulture), payload, out char key, out int ms)) { keys.Add($"{key}:{ms}"); }
        }
        Assert.True(told == string.Join(' ', keys), $"{why}: {string.Join(' ', keys)}");
    }

    // Whatever the network does to its packets, a key of which one packet arrives is told exactly once.
    [Fact]
    public void Every_key_of_which_something_arrives_is_told_once()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var conversation = new Conversation(seed);
            conversation.AtoB.Loss = random.NextDouble() * 0.4;
            conversation.AtoB.JitterMs = random.NextDouble() * 60;
            conversation.AtoB.Repeat = random.NextDouble() * 0.2;
            conversation.Run(200);
            string keys = "";
            for (int i = 0; i < 8; i++)
            {
                char key = "0123456789*#ABCD"[random.Next(16)];
                Assert.True(conversation.A.Session.SendDigit(conversation.Now, key, 60 + random.Next(150)));
                keys += key;
            }
            conversation.Run(4000);

            string told = string.Concat(conversation.B.Events.Where(e => e.Kind == MediaEventKind.Digit).Select(e => e.Digit));
            double loss = conversation.AtoB.Loss;
            Assert.True(IsSubsequence(told, keys), $"seed {seed}: sent {keys}, told {told} (loss {loss:0.00})");
            Assert.True(told.Length >= 7 || loss > 0.2, $"seed {seed}: sent {keys}, told {told} (loss {loss:0.00})");
        }
    }

    [Fact]
    public void A_key_is_sent_as_the_RFC_wants_it()
    {
        var party = new Party(Party.Bob, Party.Plan(Party.Alice));
        var now = new Instant(0);
        for (int tick = 0; tick < 3; tick++, now += MediaClock.Frame) { party.Tick(now); }
        uint next = party.Sent[^1].Timestamp + 160;
        party.Session.SendDigit(now, '5', 100);
        party.Sent.Clear();
        for (int tick = 0; tick < 10; tick++, now += MediaClock.Frame) { party.Tick(now); }

        string[] sent = [.. party.Sent.Where(s => !s.Rtcp).Select(s => s.IsAudio
            ? $"audio{(s.Marker ? " M" : "")} {s.Timestamp - next}"
            : $"{s.Datagram[12]}{(s.Marker ? " M" : "")} {s.Timestamp - next}+{BinaryPrimitives.ReadUInt16BigEndian(s.Datagram.AsSpan(14))}{((s.Datagram[13] & 0x80) != 0 ? " E" : "")}")];
        Assert.Equal(
            ["5 M 0+160", "5 0+320", "5 0+480", "5 0+640", "5 0+800 E", "5 0+800 E", "5 0+800 E", "audio M 1280", "audio 1440"], sent);
    }

    [Theory]
    [InlineData('x', 101, false)]
    [InlineData('5', null, false)]
    [InlineData('d', 101, true)]
    public void Only_keys_that_can_be_sent_are_taken(char digit, int? payloadType, bool taken)
    {
        var party = new Party(Party.Bob, Party.Plan(Party.Alice) with { TelephoneEventPayloadType = (byte?)payloadType });
        Assert.Equal(taken, party.Session.SendDigit(new Instant(0), digit, 100));
    }

    [Fact]
    public void Keys_beyond_the_limit_are_refused()
    {
        var party = new Party(Party.Bob, Party.Plan(Party.Alice));
        for (int i = 0; i < Limits.DigitsToSend; i++) { Assert.True(party.Session.SendDigit(new Instant(0), '1', 100)); }
        Assert.False(party.Session.SendDigit(new Instant(0), '1', 100));
    }

    // Some gateways send keys under an SSRC of their own between the packets of the voice.
    [Fact]
    public void Keys_under_another_SSRC_do_not_disturb_the_voice()
    {
        var party = new Party(Party.Bob, Party.Plan(Party.Alice));
        Span<byte> voice = stackalloc byte[RtpPacket.HeaderBytes + 160];
        Span<byte> key = stackalloc byte[RtpPacket.HeaderBytes + TelephoneEvent.Bytes];
        for (ushort i = 0; i < 10; i++)
        {
            var now = new Instant(i * MediaClock.Frame.Ticks);
            RtpPacket.WriteHeader(voice, 0, false, i, i * 160u, 1);
            party.Receive(now, Party.Alice, voice);
            RtpPacket.WriteHeader(key, 101, false, (ushort)(9000 + i), 777, 2);
            new TelephoneEvent(7, false, 10, (ushort)(i * 160)).Write(key[RtpPacket.HeaderBytes..]);
            party.Receive(now, Party.Alice, key);
        }
        Assert.Equal([MediaEventKind.FirstRtp, MediaEventKind.Digit], party.Kinds);
        Assert.Equal((10, 0), (party.Session.Stats.PacketsReceived, party.Session.Stats.PacketsDropped));
    }

    private static bool IsSubsequence(string part, string whole)
    {
        int at = 0;
        foreach (char c in whole) { if (at < part.Length && part[at] == c) { at++; } }
        return at == part.Length;
    }
}
