namespace Switchhook.Media.Rtp;

internal enum SequenceVerdict : byte
{
    /// <summary>In order, reordered or repeated: it belongs to the stream.</summary>
    Valid,
    /// <summary>The source began anew: two packets in a row after an impossible jump. What came before is another stream.</summary>
    Restarted,
    /// <summary>An impossible jump, so far without a second packet that confirms it.</summary>
    Rejected,
}

/// <summary>
/// The sequence numbers of one source, extended beyond 16 bits (RFC 3550 A.1). The probation of A.1 is left out for a
/// stream that SDP has announced: its first packet counts. A stream that pushes itself in front of another has its
/// probation in <see cref="PeerLatch"/>.
/// </summary>
internal struct RtpSequence
{
    private const int DropoutMax = 3000;
    private const int MisorderMax = 100;

    private ushort? _restart;
    private long _first;

    public bool IsStarted { get; private set; }

    /// <summary>The highest number seen, extended.</summary>
    public long Highest { get; private set; }

    /// <summary>All packets that belonged, late and repeated ones too, as A.3 wants them counted.</summary>
    public long Received { get; private set; }

    public readonly long Expected => IsStarted ? Highest - _first + 1 : 0;

    public SequenceVerdict Judge(ushort sequence, out long extended)
    {
        if (!IsStarted)
        {
            Begin(sequence);
            extended = Highest;
            return SequenceVerdict.Valid;
        }

        ushort ahead = (ushort)(sequence - (ushort)Highest);
        if (ahead < DropoutMax)
        {
            Highest += ahead;
            extended = Highest;
        }
        else if (ahead > ushort.MaxValue + 1 - MisorderMax)
        {
            extended = Highest + ahead - (ushort.MaxValue + 1);
        }
        else if (_restart == sequence)
        {
            Begin(sequence);
            extended = Highest;
            return SequenceVerdict.Restarted;
        }
        else
        {
            _restart = (ushort)(sequence + 1);
            extended = 0;
            return SequenceVerdict.Rejected;
        }
        _restart = null;
        Received++;
        return SequenceVerdict.Valid;
    }

    private void Begin(ushort sequence)
    {
        IsStarted = true;
        _restart = null;
        _first = Highest = sequence;
        Received = 1;
    }
}
