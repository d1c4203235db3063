using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests.Rtp;

public sealed class RtpPacketTests
{
    // One row, one datagram; "-" is refused. Header: type 0, sequence 0x1234, timestamp 0x01020304, SSRC 0xAABBCCDD.
    public static TheoryData<string, string, string> Datagrams => Table.Three("""
        datagram                                          | payload | why
        8000 1234 01020304 AABBCCDD 1122                  | 1122    | plain
        8080 1234 01020304 AABBCCDD 1122                  | 1122    | marker
        8000 1234 01020304 AABBCCDD                       |         | empty
        8200 1234 01020304 AABBCCDD 00000001 00000002 55  | 55      | two CSRCs
        8200 1234 01020304 AABBCCDD 00000001 000000       | -       | second CSRC cut
        9000 1234 01020304 AABBCCDD BEDE0001 01020304 66  | 66      | extension of one word
        9000 1234 01020304 AABBCCDD BEDE0000 66           | 66      | empty extension
        9000 1234 01020304 AABBCCDD BEDE0002 01020304 66  | -       | extension longer than the datagram
        9000 1234 01020304 AABBCCDD BEDE                  | -       | extension header cut
        A000 1234 01020304 AABBCCDD 112204                | -       | padding longer by one than what is there
        A000 1234 01020304 AABBCCDD 11220003              | 11      | padding of three
        A000 1234 01020304 AABBCCDD 112202                | 11      | padding of two
        A000 1234 01020304 AABBCCDD 112200                | -       | padding of none
        A000 1234 01020304 AABBCCDD                       | -       | padding of nothing: the last byte is the SSRC's
        B100 1234 01020304 AABBCCDD 00000001 BEDE0001 01020304 7701 | 77 | everything at once
        4000 1234 01020304 AABBCCDD 1122                  | -       | version 1
        C000 1234 01020304 AABBCCDD 1122                  | -       | version 3
        8000 1234 01020304 AABBCC                         | -       | eleven bytes
        """);

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Is_a_view_of_what_the_datagram_carries(string datagram, string payload, string why)
    {
        byte[] bytes = Bytes(datagram);
        string read = RtpPacket.TryRead(bytes, out RtpPacket packet) ? Convert.ToHexString(packet.Payload) : "-";
        Assert.True(payload == read, $"{why}: {read}");
        if (read == "-") { return; }
        Assert.Equal((0x1234, 0x01020304u, 0xAABBCCDDu), (packet.Sequence, packet.Timestamp, packet.Ssrc));
        Assert.Equal((bytes[1] & 0x80) != 0, packet.Marker);
        Assert.Equal(0, packet.PayloadType);
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Never_reads_beyond_a_cut(string datagram, string payload, string why)
    {
        _ = (payload, why);
        byte[] bytes = Bytes(datagram);
        for (int length = 0; length < bytes.Length; length++)
        {
            // An exact copy, so that reading beyond it would throw.
            if (RtpPacket.TryRead(bytes.AsSpan(0, length).ToArray(), out RtpPacket packet)) { Assert.True(packet.Payload.Length <= length - RtpPacket.HeaderBytes); }
        }
    }

    [Theory]
    [InlineData(0x80, 200, true)]
    [InlineData(0x80, 204, true)]
    [InlineData(0x80, 0, false)]
    [InlineData(0x80, 101, false)]
    [InlineData(0x80, 0x80 | 101, false)]
    public void Is_told_from_RTCP_by_its_second_byte(int first, int second, bool isRtcp) =>
        Assert.Equal(isRtcp, RtpPacket.IsRtcp([(byte)first, (byte)second, 0, 0]));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
