using System.Buffers.Binary;
using Switchhook.Media;
using Switchhook.Media.Codecs;

namespace Switchhook.Hearing;

/// <summary>20 ms as the server heard them, and where they stood in what the caller sent.</summary>
internal readonly record struct HeardFrame(short[] Samples, int SentMs);

/// <summary>
/// The way a caller's voice takes: G.711, RTP, a network that loses packets from a seed, our jitter buffer with its
/// concealment. Packets come evenly, so the buffer's delay is known and taken off: times count on the caller's side.
/// </summary>
internal static class PhoneLine
{
    public const int FrameMs = 20;

    private const int FrameSamples = Espeak.Rate / 1000 * FrameMs;
    private const int TailFrames = 10;

    private static readonly PeerAddress Caller = PeerAddress.FromIPv4(0xCB007101, 4000);

    /// <summary>Which packets the network does not lose; never the first.</summary>
    public static bool[] Arrives(int packets, double loss, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, packets).Select(number => number == 0 || random.NextDouble() >= loss)];
    }

    public static List<HeardFrame> Carry(short[] voice, AudioCodec codec, double loss, int seed)
    {
        MediaPlan plan = new() { Codec = codec, PayloadType = (byte)codec, Remote = Caller, RemoteRtcp = Caller with { Port = 4001 }, MaySend = false };
        var session = new MediaSession(default, plan, new Random(seed));
        byte[] packet = new byte[12 + FrameSamples];
        byte[] report = new byte[2048];
        var frames = new List<HeardFrame>();
        int count = voice.Length / FrameSamples;
        bool[] arrives = Arrives(count, loss, seed);
        for (int number = 0; number < count + TailFrames; number++)
        {
            Instant now = new(number * FrameMs * TimeSpan.TicksPerMillisecond);
            if (number < count && arrives[number])
            {
                packet[0] = 0x80;
                packet[1] = (byte)codec;
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)number);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(number * FrameSamples));
                G711.Encode(codec, voice.AsSpan(number * FrameSamples, FrameSamples), packet.AsSpan(12));
                session.ReceiveRtp(now, Caller, packet);
            }
            short[] heard = new short[FrameSamples];
            session.Tick(now, heard, new short[FrameSamples]);
            while (session.TryTakePacket(report, out _, out _, out _)) { }
            while (session.TryTakeEvent(out _)) { }
            frames.Add(new HeardFrame(heard, number * FrameMs - session.Stats.DelayMs));
        }
        return frames;
    }
}
