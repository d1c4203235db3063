using System.Buffers.Binary;

namespace Switchhook.Load;

/// <summary>
/// One call of the load: its milestones, written by whoever reaches them, and its audio, which belongs to
/// <see cref="RtpThread"/>. What arrives is judged by its sequence number and the kernel's time stamp, not decoded.
/// </summary>
internal sealed class LoadCall(int index)
{
    public const int PacketBytes = 172;
    private const int HeaderBytes = 12;
    private const int SamplesPerPacket = 160;
    private const long PacketNs = 20_000_000;
    private const long SampleNs = 125_000;
    /// <summary>A phone with an ordinary jitter buffer of 60 ms could not have played what comes later than that.</summary>
    private const long LateNs = 60_000_000;

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ushort _sequence = (ushort)index;
    private uint _timestamp = (uint)index * 7919;
    private int _spoken = index * 7919;
    private bool _hasHeard;
    private ushort _lastSequence;
    private uint _lastTimestamp;
    private long _lastArrivedNs;
    private long _mediaNs;
    private long _earliestNs = long.MaxValue;

    public int Index { get; } = index;

    /// <summary>Told in From, so that the application knows which call a webhook is about.</summary>
    public string User { get; } = $"load-{index}";

    public Task Answered => _answered.Task;
    public Task Over => _over.Task;
    public string? Failure { get; private set; }
    public long InvitedNs { get; set; }
    public long AnnouncedNs { get; set; }
    public long AcceptingNs { get; set; }
    public long AnsweredNs { get; private set; }
    public bool IsHangingUp { get; set; }
    public double SetUpMs => (AnsweredNs - InvitedNs) / 1e6;
    /// <summary>Set-up without the time between the webhook's arrival at the application and its accept.</summary>
    public double OverheadMs => (AnsweredNs - InvitedNs - (AcceptingNs - AnnouncedNs)) / 1e6;

    public ushort ServerPort { get; private set; }
    public long Sent { get; private set; }
    public long Received { get; private set; }
    public long Lost { get; private set; }
    public long Late { get; private set; }
    public long WithVoice { get; private set; }

    public void Answer(ushort serverPort)
    {
        ServerPort = serverPort;
        AnsweredNs = Libc.MonotonicNs;
        _answered.TrySetResult();
    }

    /// <summary>The first failure counts.</summary>
    public void Fail(string why)
    {
        Failure ??= why;
        _answered.TrySetResult();
        _over.TrySetResult();
    }

    public void End() => _over.TrySetResult();

    /// <summary>The next 20 ms of the caller's words, round and round, everybody at another place of them.</summary>
    public void Write(Span<byte> packet, ReadOnlySpan<byte> words)
    {
        packet[0] = 0x80;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], 0x10AD0000u + (uint)Index);
        int at = _spoken * SamplesPerPacket % words.Length;
        words.Slice(at, SamplesPerPacket).CopyTo(packet[HeaderBytes..]);
        _timestamp += SamplesPerPacket;
        _spoken = (_spoken + 1) % (words.Length / SamplesPerPacket);
        Sent++;
    }

    /// <summary>Deviations of the interval between two packets from 20 ms go into <paramref name="deviations"/>, when there are any to be kept.</summary>
    public void Receive(ReadOnlySpan<byte> packet, long arrivedNs, Distribution? deviations)
    {
        if (packet.Length < HeaderBytes || (packet[1] & 0x7F) != 0) { return; }
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        uint timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        Received++;
        if (packet[HeaderBytes..].ContainsAnyExcept((byte)0xFF, (byte)0x7F)) { WithVoice++; }
        int step = _hasHeard ? (short)(sequence - _lastSequence) : 1;
        if (_hasHeard)
        {
            // Nothing overtakes on one machine: a gap is a loss.
            if (step > 1) { Lost += step - 1; }
            if (step == 1) { deviations?.Record(Math.Abs(arrivedNs - _lastArrivedNs - PacketNs)); }
            _mediaNs += (int)(timestamp - _lastTimestamp) * SampleNs;
        }
        long offset = arrivedNs - _mediaNs;
        _earliestNs = Math.Min(_earliestNs, offset);
        if (offset - _earliestNs > LateNs) { Late++; }
        (_hasHeard, _lastSequence, _lastTimestamp, _lastArrivedNs) = (true, sequence, timestamp, arrivedNs);
    }
}
