using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests;

public sealed class SessionTests
{
    private static readonly TimeSpan Silence = Limits.MediaSilence;

    [Fact]
    public void Every_tick_sends_a_packet_in_time_and_only_the_first_is_marked()
    {
        Party party = Ticking(out Instant now, frames: 100);
        Sent[] sent = [.. party.Sent.Where(s => s.IsAudio)];
        Assert.Equal(100, sent.Length);
        for (int i = 1; i < sent.Length; i++)
        {
            Assert.Equal((ushort)(sent[i - 1].Sequence + 1), sent[i].Sequence);
            Assert.Equal(sent[i - 1].Timestamp + 160, sent[i].Timestamp);
            Assert.False(sent[i].Marker);
        }
        Assert.True(sent[0].Marker);
        Assert.All(sent, s => Assert.True(s.Datagram.AsSpan(12).IndexOfAnyExcept((byte)0xFF) < 0));
        _ = now;
    }

    // A held peer gets reports and no audio (RFC 3264 §8.4); afterwards the timestamp has gone on with time and the marker is set.
    [Fact]
    public void While_held_no_RTP_is_sent_and_RTCP_goes_on()
    {
        Party party = Ticking(out Instant now, frames: 10);
        uint last = party.Sent.Last(s => s.IsAudio).Timestamp;
        party.Session.Update(now, Party.Plan(Party.Alice) with { MaySend = false });
        party.Sent.Clear();
        for (int i = 0; i < 1000; i++, now += MediaClock.Frame) { party.Tick(now); }
        Assert.DoesNotContain(party.Sent, s => s.IsAudio);
        Assert.InRange(party.Sent.Count(s => s.Rtcp), 2, 8);

        party.Session.Update(now, Party.Plan(Party.Alice));
        party.Tick(now);
        Sent resumed = party.Sent.Last(s => s.IsAudio);
        Assert.Equal((last + 1001 * 160, true), (resumed.Timestamp, resumed.Marker));
    }

    // S6, O8, §9.13: nothing but SDP can change the codec; a re-INVITE can.
    [Fact]
    public void The_payload_type_is_that_of_SDP_and_nothing_else()
    {
        Party party = Ticking(out Instant now, frames: 10);
        for (ushort i = 0; i < 10; i++)
        {
            party.Receive(now, Party.Alice, Packet(0, (ushort)(2 * i), i * 160u));
            party.Receive(now, Party.Alice, Packet(8, (ushort)(2 * i + 1), i * 160u));      // what was not agreed cannot talk us into it
            party.Tick(now);
            now += MediaClock.Frame;
        }
        Assert.All(party.Sent.Where(s => !s.Rtcp), s => Assert.Equal(0, s.Datagram[1] & 0x7F));
        Assert.Equal(10, party.Session.Stats.PacketsDropped);

        party.Sent.Clear();
        party.Session.Update(now, Party.Plan(Party.Alice) with { Codec = AudioCodec.Pcma, PayloadType = 8 });
        party.Tick(now);
        Assert.Equal((8, 0xD5), (party.Sent[0].Datagram[1] & 0x7F, party.Sent[0].Datagram[12]));
    }

    // RFC 3389 packets are silence and no loss.
    [Fact]
    public void Comfort_noise_is_silence()
    {
        Party party = Ticking(out Instant now, frames: 1);
        for (ushort i = 0; i < 100; i++, now += MediaClock.Frame)
        {
            party.Receive(now, Party.Alice, i % 50 == 25 ? Packet(13, i, i * 160u, bytes: 1) : Packet(0, i, i * 160u));
            party.Tick(now);
        }
        Assert.Equal((100, 0, 0), (party.Session.Stats.PacketsReceived, party.Session.Stats.PacketsLost, party.Session.Stats.PacketsDropped));
        Assert.Equal(0, party.Session.Stats.FramesConcealed);
    }

    // L10, L30, §9.36: only inbound RTP counts, nobody watches before the call stands or while held, and it is told once.
    [Fact]
    public void The_callers_silence_is_told_once()
    {
        Party party = Ticking(out Instant now, frames: 1);
        Pass(party, ref now, Silence * 2);
        Assert.Empty(party.Events);

        party.Session.Release(now);
        Pass(party, ref now, Silence - MediaClock.Frame);
        Assert.Empty(party.Events);
        Pass(party, ref now, Silence * 2);
        Assert.Equal([MediaEventKind.Silent], party.Kinds);
        Assert.InRange(party.Events[0].Ms, Silence.TotalMilliseconds, Silence.TotalMilliseconds + 40);

        party.Receive(now, Party.Alice, Packet(0, 1, 160));
        Pass(party, ref now, Silence - MediaClock.Frame);
        Assert.Equal([MediaEventKind.Silent, MediaEventKind.FirstRtp, MediaEventKind.Resumed], party.Kinds);
        Pass(party, ref now, Silence * 2);
        Assert.Equal(MediaEventKind.Silent, party.Events[^1].Kind);
        Assert.Equal(4, party.Events.Count);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Silence_is_expected_while_held(bool maySend, bool mayReceive)
    {
        Party party = Ticking(out Instant now, frames: 1);
        party.Session.Release(now);
        party.Session.Update(now, Party.Plan(Party.Alice) with { MaySend = maySend, MayReceive = mayReceive });
        Pass(party, ref now, Silence * 2);
        Assert.Empty(party.Events);

        party.Session.Update(now, Party.Plan(Party.Alice));
        Pass(party, ref now, Silence - MediaClock.Frame);
        Assert.Empty(party.Events);
        Pass(party, ref now, MediaClock.Frame * 4);
        Assert.Equal([MediaEventKind.Silent], party.Kinds);
    }

    // A driver that was late catches up; one that left ticks out finds that time has gone on without it.
    [Theory]
    [InlineData(15, 160)]
    [InlineData(150, 160)]
    [InlineData(1000, 160 * 51)]
    public void Timestamps_follow_time_and_not_lateness(int lateMs, int expected)
    {
        Party party = Ticking(out Instant now, frames: 10);
        uint last = party.Sent.Last(s => s.IsAudio).Timestamp;
        party.Tick(now + TimeSpan.FromMilliseconds(lateMs));
        Assert.Equal((uint)expected, party.Sent.Last(s => s.IsAudio).Timestamp - last);
    }

    [Fact]
    public void After_the_end_there_is_a_goodbye_and_then_nothing()
    {
        Party party = Ticking(out Instant now, frames: 10);
        party.Sent.Clear();
        party.Session.Close(now);
        party.Session.Close(now);
        party.Receive(now, Party.Alice, Packet(0, 1, 160));
        party.Session.Cut(now, 7);
        party.Tick(now);
        Assert.Equal([true], party.Sent.Select(s => s.Rtcp));
        Assert.Equal(203, party.Sent[0].Datagram[^7]);
        Assert.Empty(party.Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(70)]
    public void A_packet_length_we_cannot_send_is_our_mistake(int packetMs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MediaSession(default, Party.Plan(Party.Alice) with { PacketMs = packetMs }, new Random(1)));

    // Whatever arrives on either port: nothing is thrown, and the session still works afterwards.
    [Fact]
    public void Bytes_from_outside_never_throw()
    {
        Span<byte> bytes = stackalloc byte[1500];
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Party party = Ticking(out Instant now, frames: 1, seed);
            for (int i = 0; i < 400; i++)
            {
                int length = random.Next(random.Next(3) == 0 ? 1500 : 60);
                random.NextBytes(bytes);
                if (random.Next(4) != 0) { bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F & (random.Next(2) == 0 ? 0 : 0x3F))); }
                if (random.Next(2) == 0) { bytes[1] = (byte)(random.Next(5) switch { 0 => 0, 1 => 101, 2 => 13, 3 => 200 + random.Next(5), _ => bytes[1] }); }
                if (random.Next(2) == 0) { (bytes[2], bytes[3]) = (0, (byte)i); }
                if (random.Next(2) == 0) { bytes[8..12].Clear(); }
                party.Receive(now, random.Next(3) == 0 ? Party.Bob : Party.Alice, bytes[..length].ToArray(), rtcp: random.Next(4) == 0);
                if (random.Next(3) == 0) { party.Tick(now); now += MediaClock.Frame; }
            }
            party.Sent.Clear();
            party.Tick(now);
            Assert.True(party.Sent.Count(s => s.IsAudio) == 1, $"seed {seed}");
            _ = party.Session.Stats;
        }
    }

    private static Party Ticking(out Instant now, int frames, int seed = 1)
    {
        var party = new Party(Party.Bob, Party.Plan(Party.Alice), seed);
        now = new Instant(0);
        for (int i = 0; i < frames; i++, now += MediaClock.Frame) { party.Tick(now); }
        return party;
    }

    private static void Pass(Party party, ref Instant now, TimeSpan time)
    {
        for (Instant until = now + time; now < until; now += MediaClock.Frame) { party.Tick(now); }
    }

    private static byte[] Packet(byte payloadType, ushort sequence, uint timestamp, int bytes = 160)
    {
        var datagram = new byte[RtpPacket.HeaderBytes + bytes];
        RtpPacket.WriteHeader(datagram, payloadType, false, sequence, timestamp, 0x51);
        return datagram;
    }
}
