using Switchhook.Media.Rtcp;

namespace Switchhook.Media.Tests.Rtcp;

public sealed class RtcpTests
{
    [Fact]
    public void A_compound_is_read_as_it_was_written()
    {
        var block = new ReportBlock(0x11223344, 12, -3, 70_000, 55, 0xAABBCCDD, 0x00010000);
        var sender = new SenderInfo(0x0000_0005_8000_0000, 1600, 10, 1600);
        Span<byte> bytes = stackalloc byte[RtcpWriter.BytesMax];
        var writer = new RtcpWriter(bytes);
        writer.Report(0x99, sender, block);
        writer.Name(0x99, "abcdefghijklmnop"u8);
        writer.Goodbye(0x99);
        Assert.Equal(RtcpWriter.BytesMax, writer.Length);

        var types = new List<RtcpType>();
        var reader = new RtcpReader(bytes);
        while (reader.TryRead(out RtcpPacket packet))
        {
            types.Add(packet.Type);
            if (packet.Type != RtcpType.SenderReport) { continue; }
            Assert.True(packet.TryGetSenderTime(out uint middle));
            Assert.Equal(0x0005_8000u, middle);
            Assert.True(packet.TryGetReport(0x11223344, out ReportBlock read));
            Assert.Equal(block, read);
            Assert.False(packet.TryGetReport(0x55, out _));
            Assert.Equal(0x99u, packet.Ssrc);
        }
        Assert.Equal([RtcpType.SenderReport, RtcpType.SourceDescription, RtcpType.Goodbye], types);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Chunks_of_names_end_at_a_word(int length)
    {
        Span<byte> bytes = stackalloc byte[RtcpWriter.BytesMax];
        var writer = new RtcpWriter(bytes);
        writer.Name(1, new byte[length].AsSpan());
        int end = 10 + length;
        Assert.True(writer.Length % 4 == 0 && writer.Length > end && writer.Length <= end + 4);
    }

    // Cut anywhere, a compound gives what stands whole before the cut, and never more.
    [Fact]
    public void Every_prefix_is_read_to_its_last_whole_packet()
    {
        Span<byte> bytes = stackalloc byte[RtcpWriter.BytesMax];
        var writer = new RtcpWriter(bytes);
        writer.Report(1, null, new ReportBlock(2, 0, 0, 0, 0, 0, 0));
        int report = writer.Length;
        writer.Name(1, "abc"u8);
        int name = writer.Length;
        writer.Goodbye(1);
        for (int length = 0; length <= writer.Length; length++)
        {
            int count = 0;
            var reader = new RtcpReader(bytes[..length].ToArray());
            while (reader.TryRead(out _)) { count++; }
            Assert.Equal(length < report ? 0 : length < name ? 1 : length < writer.Length ? 2 : 3, count);
        }
    }

    // RFC 3550 A.3: expected minus received, and the fraction since the last report in 256ths.
    [Fact]
    public void Loss_is_counted_by_appendix_A_3()
    {
        var reception = new ReceptionStats();
        for (ushort i = 0; i < 100; i++)
        {
            if (i % 4 != 3) { reception.Judge(i, out _); }
        }
        reception.Judge(99, out _);
        ReportBlock first = reception.Report(1, 0, 0);
        Assert.Equal((24, 24 * 256 / 100, 99u), (first.CumulativeLost, first.FractionLost, first.HighestSequence));
        for (ushort i = 100; i < 200; i++) { reception.Judge(i, out _); }
        ReportBlock second = reception.Report(1, 0, 0);
        Assert.Equal((24, 0), (second.CumulativeLost, second.FractionLost));
    }

    [Fact]
    public void Jitter_is_measured_by_appendix_A_8()
    {
        var reception = new ReceptionStats();
        for (int i = 0; i < 1000; i++)
        {
            // Every other packet is 10 ms late: each difference is 10 ms, and so is the mean of them.
            reception.Arrived(new Instant((i * 20L + i % 2 * 10) * TimeSpan.TicksPerMillisecond), (uint)(i * 160));
        }
        Assert.InRange(reception.JitterMs, 9.9, 10.1);
    }

    [Theory]
    [InlineData(40, 60)]
    [InlineData(150, 10)]
    public void The_round_trip_is_that_of_the_network(int there, int back)
    {
        var conversation = new Conversation(5);
        (conversation.AtoB.DelayMs, conversation.BtoA.DelayMs) = (there, back);
        conversation.Run(30_000);
        Assert.InRange(conversation.A.Session.Stats.RoundTripMs!.Value, there + back - 1, there + back + 1);
        Assert.InRange(conversation.B.Session.Stats.RoundTripMs!.Value, there + back - 1, there + back + 1);
        Assert.Equal(0, conversation.A.Session.Stats.RemoteLost);
    }

    [Fact]
    public void The_peer_learns_what_was_lost_of_it()
    {
        var conversation = new Conversation(6);
        conversation.AtoB.Loss = 0.1;
        conversation.Run(60_000);
        Assert.InRange(conversation.A.Session.Stats.RemoteLost!.Value, conversation.AtoB.Lost * 0.7, conversation.AtoB.Lost);
    }

    // RFC 3550 §6.2: every five seconds, from half to one and a half.
    [Fact]
    public void Reports_come_in_time_and_not_in_step()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var conversation = new Conversation(seed);
            conversation.Run(60_000);
            double[] at = [.. conversation.A.Sent.Where(s => s.Rtcp).Select(s => (s.At - default(Instant)).TotalMilliseconds)];
            Assert.InRange(at[0], 1250, 3770);
            for (int i = 1; i < at.Length; i++) { Assert.InRange(at[i] - at[i - 1], 2480, 7520); }
        }
    }

    [Theory]
    [InlineData(0, 0, 4.4, 4.5)]
    [InlineData(0, 150, 4.3, 4.4)]
    [InlineData(0, 400, 3.0, 3.7)]
    [InlineData(0.02, 50, 4.1, 4.4)]
    [InlineData(0.10, 50, 3.1, 3.7)]
    [InlineData(1, 1000, 1, 1)]
    public void Quality_falls_with_loss_and_delay(double loss, double delayMs, double least, double most) =>
        Assert.InRange(MosEstimate.Of(loss, delayMs), least, most);
}
