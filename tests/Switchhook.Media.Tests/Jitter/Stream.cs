using Switchhook.Media.Codecs;
using Switchhook.Media.Jitter;

namespace Switchhook.Media.Tests.Jitter;

/// <summary>A packet on its way: when it arrives, and what it is.</summary>
internal readonly record struct Arrival(double AtMs, int Number, uint Timestamp, int Ms = 20);

/// <summary>
/// Plays a list of arrivals through a jitter buffer and checks its laws after every frame: what came in is played, late,
/// dropped or still there; no packet is played twice or after a later one; the delay stays within its bounds.
/// Every packet has a level of its own, so that a frame tells which packet it came from; levels repeat after 72 packets, so a
/// story that skips more than half of them cannot know the order.
/// </summary>
internal sealed class Stream
{
    private const int Levels = 72;

    private readonly JitterBuffer _buffer = new();
    private readonly short[] _frame = new short[MediaClock.FrameSamples];
    private int _lastLevel = -1;
    private bool _knowsOrder;

    public JitterBuffer Buffer => _buffer;
    public List<int> DelaysMs { get; } = [];
    public List<int> Concealed { get; } = [];
    public int Frames { get; private set; }

    /// <summary>Frames that were one packet, unchanged.</summary>
    public int Whole { get; private set; }

    /// <summary>Frames of exact silence.</summary>
    public int Silent { get; private set; }

    public static Stream Play(IEnumerable<Arrival> arrivals, double forMs, string story, int firstSequence = 0, bool knowsOrder = true, Func<int, byte>? code = null)
    {
        var stream = new Stream { _knowsOrder = knowsOrder && code is null };
        code ??= LevelCode;
        using IEnumerator<Arrival> next = arrivals.OrderBy(arrival => arrival.AtMs).GetEnumerator();
        bool hasNext = next.MoveNext();
        Span<byte> codes = stackalloc byte[Limits.RtpPayloadBytes];
        for (double now = 3; now < forMs; now += MediaClock.FrameMs)
        {
            for (; hasNext && next.Current.AtMs <= now; hasNext = next.MoveNext())
            {
                Arrival packet = next.Current;
                codes.Fill(code(packet.Number));
                stream._buffer.Put(At(packet.AtMs), firstSequence + packet.Number, packet.Timestamp, AudioCodec.Pcmu, codes[..(packet.Ms * 8)]);
            }
            stream.Take(At(now), story);
        }
        return stream;
    }

    /// <summary>Levels in a cycle; neighbours differ. The quietest of them is still no silence to the buffer.</summary>
    public static byte LevelCode(int number) => (byte)(0x80 + number % Levels);

    private static Instant At(double ms) => new((long)(ms * TimeSpan.TicksPerMillisecond));

    private void Take(Instant now, string story)
    {
        long concealed = _buffer.FramesConcealed;
        _buffer.Take(now, _frame);
        Frames++;
        Concealed.Add((int)(_buffer.FramesConcealed - concealed));
        if (Array.TrueForAll(_frame, sample => sample == 0)) { Silent++; }

        long accounted = _buffer.Played + _buffer.Late + _buffer.Dropped + _buffer.Count;
        Assert.True(_buffer.Received == accounted, $"{story}, frame {Frames}: {_buffer.Received} came, {accounted} are accounted for");
        Assert.True(_buffer.DelayMs <= Limits.JitterDelayMax.TotalMilliseconds + MediaClock.FrameMs, $"{story}, frame {Frames}: delay of {_buffer.DelayMs} ms");
        DelaysMs.Add(_buffer.DelayMs);
        if (_frame[0] != 0 && Array.TrueForAll(_frame, sample => sample == _frame[0])) { CheckOrder(story); }
    }

    private void CheckOrder(string story)
    {
        Whole++;
        int level = Encode(_frame[0]) - 0x80;
        if (_lastLevel >= 0 && _knowsOrder)
        {
            int ahead = (level - _lastLevel + Levels) % Levels;
            Assert.True(ahead is > 0 and < Levels / 2, $"{story}, frame {Frames}: level {level} after {_lastLevel}");
        }
        _lastLevel = level;
    }

    private static int Encode(short sample)
    {
        Span<byte> code = stackalloc byte[1];
        G711.Encode(AudioCodec.Pcmu, [sample], code);
        return code[0];
    }
}
