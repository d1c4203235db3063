using System.Buffers.Binary;
using Switchhook.Media;

namespace Switchhook.Fuzz.Targets;

/// <summary>
/// Datagrams at both ports of a session, many variations of the input in a row: nothing throws, every tick sends its one packet of audio, the
/// delay keeps its bound, and the session owns no more speech than it said it had room for.
/// </summary>
internal sealed class MediaTarget : IFuzzTarget
{
    private const int Datagrams = 20;

    private static readonly PeerAddress Peer = PeerAddress.FromIPv4(0xCB007101, 4000);
    private static readonly PeerAddress Stranger = PeerAddress.FromIPv4(0xC6336466, 4000);

    public string Name => "media";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        Rtp(payloadType: 0, bytes: 160),
        Rtp(payloadType: 0, bytes: 480),
        Rtp(payloadType: 13, bytes: 1),
        [.. Rtp(payloadType: 101, bytes: 0), 5, 0x8A, 0x03, 0x20],
        Convert.FromHexString("B200123401020304000000510000000100000002BEDE00010102030401020302"),
        Convert.FromHexString("81C80012000000510000000580000000000006400000000A0000064000000099000000000000000000000000000000000000000081CA000300000051010361626300000081CB000100000051"),
        Convert.FromHexString("81C9000700000051000000990C00000300011170000000370000800000010000"),
    ];

    public void Run(byte[] input, Random random)
    {
        var plan = new MediaPlan { Codec = AudioCodec.Pcmu, PayloadType = 0, TelephoneEventPayloadType = 101, Remote = Peer, RemoteRtcp = Peer with { Port = 4001 } };
        var session = new MediaSession(default, plan, random);
        session.Release(default);
        Span<short> heard = stackalloc short[160], spoken = stackalloc short[160];
        var now = new Instant(0);
        for (int i = 0; i < Datagrams; i++)
        {
            byte[] datagram = [.. input];
            if (datagram.Length >= 8 && random.Next(4) != 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)(i + random.Next(3)));
                BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), (uint)(i * 160 + (random.Next(20) == 0 ? random.Next() : 0)));
            }
            PeerAddress from = random.Next(10) == 0 ? Stranger : Peer;
            if (random.Next(4) == 0) { session.ReceiveRtcp(now, from, datagram); }
            else { session.ReceiveRtp(now, from, datagram); }

            session.Tick(now, heard, spoken);
            now += TimeSpan.FromMilliseconds(20);
            LawBrokenException.Unless(Sent(session) == 1, "a tick sends one packet of audio");
            LawBrokenException.Unless(session.Stats.DelayMs <= Limits.JitterDelayMax.TotalMilliseconds + 20, "the delay keeps its bound");
        }
        LawBrokenException.Unless(session.SpeechRoom == Limits.PlayoutFrames, "the session has room for speech");
    }

    private static int Sent(MediaSession session)
    {
        Span<byte> datagram = stackalloc byte[1500];
        int sent = 0;
        while (session.TryTakePacket(datagram, out int length, out _, out bool rtcp))
        {
            LawBrokenException.Unless(length is >= 8 and <= 1500, "a datagram has a length");
            sent += rtcp ? 0 : 1;
        }
        while (session.TryTakeEvent(out _)) { }
        return sent;
    }

    private static byte[] Rtp(byte payloadType, int bytes)
    {
        var datagram = new byte[12 + bytes];
        (datagram[0], datagram[1], datagram[11]) = (0x80, payloadType, 0x51);
        datagram.AsSpan(12).Fill(0x95);
        return datagram;
    }
}
