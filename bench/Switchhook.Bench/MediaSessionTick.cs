using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Switchhook.Media;
using Switchhook.Media.Codecs;

namespace Switchhook.Bench;

/// <summary>All that a call costs its media thread in 20 ms, but the system calls: a packet in, a tick, speech taken, a packet out.</summary>
public class MediaSessionTick
{
    private static readonly PeerAddress s_peer = PeerAddress.FromIPv4(0xCB007101, 4000);

    private readonly byte[] _packet = new byte[172];
    private readonly byte[] _datagram = new byte[2048];
    private readonly short[] _speech = Speech.Samples(8000, 20);
    private readonly short[] _heard = new short[160];
    private readonly short[] _spoken = new short[160];
    private readonly MediaSession _session;
    private int _count;

    public MediaSessionTick()
    {
        G711.Encode(AudioCodec.Pcmu, _speech, _packet.AsSpan(12));
        _packet[0] = 0x80;
        _packet[8] = 1;
        MediaPlan plan = new() { Codec = AudioCodec.Pcmu, PayloadType = 0, Remote = s_peer, RemoteRtcp = s_peer with { Port = 4001 } };
        _session = new MediaSession(default, plan, new Random(1));
        _session.Release(default);
    }

    [Benchmark]
    public int BothWays()
    {
        Instant now = new(++_count * TimeSpan.TicksPerMillisecond * 20);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)_count);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), (uint)_count * 160);
        _session.ReceiveRtp(now, s_peer, _packet);
        FrameLease frame = FramePool.Narrowband.Rent();
        _speech.CopyTo(frame.Samples);
        _session.Say(new SpeechFrame(frame, 1, IsLast: false));
        _session.Tick(now, _heard, _spoken);
        int sent = 0;
        while (_session.TryTakePacket(_datagram, out _, out _, out _)) { sent++; }
        while (_session.TryTakeEvent(out _)) { }
        return sent;
    }
}
