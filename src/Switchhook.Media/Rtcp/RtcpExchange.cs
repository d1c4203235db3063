using System.Buffers.Text;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Rtcp;

/// <summary>
/// The reports of one session, both ways. There is no wall clock in here; RFC 3550 §6.4.1 allows the NTP timestamp to be the
/// time since the session began, and the round trip needs no more than that.
/// <para>The interval is that of §6.2 for a session of two: 5 seconds, the minimum, randomised from half to one and a half so that
/// thousands of calls do not report in step; the first comes after half of it. The rest of §6.3 (scaling with the number of
/// members, reconsideration, timing out members) serves groups, and a phone call is not one.</para>
/// </summary>
internal sealed class RtcpExchange
{
    private readonly Random _random;
    private readonly Instant _begin;
    private readonly byte[] _cname;
    private Instant _next;
    private long _packetsReported;

    private uint _lastReport;
    private Instant _lastReportAt;

    public RtcpExchange(Instant now, Random random)
    {
        (_random, _begin) = (random, now);
        // RFC 7022 §4.2: a name that says nothing, 96 random bits in base64.
        Span<byte> entropy = stackalloc byte[12];
        random.NextBytes(entropy);
        _cname = new byte[Base64.GetMaxEncodedToUtf8Length(entropy.Length)];
        Base64.EncodeToUtf8(entropy, _cname, out _, out _);
        _next = now + Interval() / 2;
    }

    public double? RoundTripMs { get; private set; }

    public long? RemoteLost { get; private set; }

    public bool IsDue(Instant now) => now >= _next;

    /// <summary>Another source: what it reported last is the other one's.</summary>
    public void NewSource() => _lastReport = 0;

    public void Receive(Instant now, ReadOnlySpan<byte> datagram, uint ourSsrc)
    {
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out RtcpPacket packet))
        {
            if (packet.TryGetSenderTime(out uint middleNtp)) { (_lastReport, _lastReportAt) = (middleNtp, now); }
            if (packet.TryGetReport(ourSsrc, out ReportBlock report)) { Learn(now, report); }
        }
    }

    /// <summary>Leaves a compound in the outbox: SR or RR, SDES, and BYE when we leave.</summary>
    public void Report(Instant now, RtpSender sender, ReceptionStats reception, uint? remoteSsrc, bool isLeaving, PeerAddress destination, bool byRtcpSocket, MediaOutbox outbox)
    {
        _next = now + Interval();
        Span<byte> datagram = stackalloc byte[RtcpWriter.BytesMax];
        var writer = new RtcpWriter(datagram);

        SenderInfo? info = sender.Packets == _packetsReported
            ? null
            : new SenderInfo(Ntp(now), sender.Timestamp, (uint)sender.Packets, (uint)sender.Octets);
        _packetsReported = sender.Packets;
        uint delay = _lastReport == 0 ? 0 : (uint)Math.Min(uint.MaxValue, Units(now - _lastReportAt));
        writer.Report(sender.Ssrc, info, remoteSsrc is { } ssrc ? reception.Report(ssrc, _lastReport, delay) : null);
        writer.Name(sender.Ssrc, _cname);
        if (isLeaving) { writer.Goodbye(sender.Ssrc); }
        datagram[..writer.Length].CopyTo(outbox.Add(writer.Length, destination, byRtcpSocket));
    }

    private void Learn(Instant now, in ReportBlock report)
    {
        RemoteLost = Math.Max(0, report.CumulativeLost);
        if (report.LastReport == 0) { return; }

        // §6.4.1: A - LSR - DLSR, in 1/65536 s. A peer that counts its delay wrongly makes it negative: no answer is better than that.
        int roundTrip = (int)((uint)(Ntp(now) >> 16) - report.LastReport - report.DelaySinceLastReport);
        if (roundTrip >= 0) { RoundTripMs = roundTrip * 1000.0 / 65536; }
    }

    private TimeSpan Interval() => Limits.RtcpInterval * (0.5 + _random.NextDouble());

    /// <summary>Seconds since the session began, 32 bits before the point and 32 after it.</summary>
    private ulong Ntp(Instant now) => (ulong)(((UInt128)(ulong)(now - _begin).Ticks << 32) / TimeSpan.TicksPerSecond);

    private static long Units(TimeSpan span) => (long)(span.TotalSeconds * 65536);
}
