using Switchhook.Media.Rtp;
using Switchhook.Simulation;

namespace Switchhook.Media.Tests;

public sealed class AllocationTests
{
    // 2,000 ticks with packets, keys, losses, reports and speech in both directions: not one byte of garbage.
    [Fact]
    public void Nothing_is_allocated_per_packet_or_tick()
    {
        var session = new MediaSession(default, Party.Plan(Party.Alice), new Random(1));
        var heard = new short[MediaClock.FrameSamples];
        var spoken = new short[MediaClock.FrameSamples];
        var datagram = new byte[1500];
        session.Release(default);
        var now = new Instant(0);
        var pool = new FramePool(8000);

        Run(session, pool, ref now, 0, 500, heard, spoken, datagram);
        int tick = 500;
        Assert.Equal(0, Garbage.Of(() => Run(session, pool, ref now, tick, tick += 500, heard, spoken, datagram)));
        session.Close(now);
        Assert.Equal(0, pool.Out);
    }

    private static void Run(MediaSession session, FramePool pool, ref Instant now, int from, int to, short[] heard, short[] spoken, byte[] datagram)
    {
        ReadOnlySpan<byte> report = [0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Span<byte> audio = stackalloc byte[172];
        Span<byte> key = stackalloc byte[16];
        for (int i = from; i < to; i++, now += MediaClock.Frame)
        {
            RtpPacket.WriteHeader(audio, 0, false, (ushort)i, (uint)(i * 160), 1);
            audio[12..].Fill((byte)(0x80 + i % 100));
            if (i % 50 is > 3 or 0) { session.ReceiveRtp(now, Party.Alice, audio); }
            if (i % 200 == 2)
            {
                RtpPacket.WriteHeader(key, 101, false, (ushort)i, (uint)(i * 160), 1);
                session.ReceiveRtp(now, Party.Alice, key);
            }
            if (i % 100 == 0) { session.ReceiveRtcp(now, Party.Alice with { Port = 4001 }, report); }
            if (i % 300 == 0) { session.Cut(now, i); session.SendDigit(now, '1', 60); }
            if (session.SpeechRoom > 0) { session.Say(new SpeechFrame(pool.Rent(), i + 1, IsLast: i % 7 == 0)); }
            session.Tick(now, heard, spoken);
            while (session.TryTakePacket(datagram, out _, out _, out _)) { }
            while (session.TryTakeEvent(out _)) { }
        }
    }
}
