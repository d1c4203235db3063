using Switchhook.Media.Rtp;

namespace Switchhook.Media.Rtcp;

/// <summary>
/// What we receive, counted as RFC 3550 counts it: loss by A.3, interarrival jitter by A.8. A new SSRC begins new counts
/// for the reports to the peer; the totals of the call go on.
/// </summary>
internal sealed class ReceptionStats
{
    private RtpSequence _sequence;
    private long _expectedBefore, _receivedBefore;
    private long _expectedPrior, _receivedPrior;
    private uint _timestamp;
    private long _arrival;
    private double _jitter;
    private bool _hasArrival;

    public bool HasSource => _sequence.IsStarted;

    public long Received => _receivedBefore + _sequence.Received;

    public long Expected => _expectedBefore + _sequence.Expected;

    /// <summary>Expected minus received; repeated packets can hide a loss, and A.3 accepts that. Never less than none.</summary>
    public long Lost => Math.Max(0, Expected - Received);

    public double JitterMs => _jitter / MediaClock.SamplesPerMs;

    public void NewSource()
    {
        _expectedBefore = Expected;
        _receivedBefore = Received;
        (_sequence, _expectedPrior, _receivedPrior, _hasArrival, _jitter) = (default, 0, 0, false, 0);
    }

    public SequenceVerdict Judge(ushort sequence, out long extended)
    {
        RtpSequence before = _sequence;
        SequenceVerdict verdict = _sequence.Judge(sequence, out extended);
        if (verdict == SequenceVerdict.Restarted)
        {
            RtpSequence anew = _sequence;
            _sequence = before;
            NewSource();
            _sequence = anew;
        }
        return verdict;
    }

    /// <summary>A packet of audio arrived. Keys do not count here: all packets of one key carry the same timestamp.</summary>
    public void Arrived(Instant now, uint timestamp)
    {
        long arrival = MediaClock.Samples(now);
        if (_hasArrival)
        {
            long difference = arrival - _arrival - (int)(timestamp - _timestamp);
            // A new timeline under the same SSRC is no jitter.
            if (Math.Abs(difference) < MediaClock.SampleRate) { _jitter += (Math.Abs(difference) - _jitter) / 16; }
        }
        (_hasArrival, _arrival, _timestamp) = (true, arrival, timestamp);
    }

    /// <summary>The block of the next report; the fraction is that since the last one (A.3).</summary>
    public ReportBlock Report(uint ssrc, uint lastReport, uint delaySinceLastReport)
    {
        long expected = _sequence.Expected - _expectedPrior;
        long lost = expected - (_sequence.Received - _receivedPrior);
        (_expectedPrior, _receivedPrior) = (_sequence.Expected, _sequence.Received);
        byte fraction = expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, lost * 256 / expected);
        long total = Math.Clamp(_sequence.Expected - _sequence.Received, -0x80_0000, 0x7F_FFFF);
        return new ReportBlock(ssrc, fraction, (int)total, (uint)_sequence.Highest, (uint)_jitter, lastReport, delaySinceLastReport);
    }
}
