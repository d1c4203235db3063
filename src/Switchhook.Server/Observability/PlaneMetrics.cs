using System.Diagnostics.Metrics;
using Switchhook.Sip;
using Switchhook.Storage.Sqlite;
using Switchhook.Transport;
using Switchhook.Transport.Media;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Observability;

/// <summary>The planes as numbers. They count for themselves, on their own threads; here the counts are only read, when somebody asks.</summary>
internal static class PlaneMetrics
{
    public static void Observe(IMeterFactory meters, SipPump sip, MetricsText text)
    {
        text.Show("switchhook_sip_lateness_seconds", "How long messages and deadlines waited for the SIP loop.",
            [.. Lateness.Bounds.Select(bound => bound.TotalSeconds)], () => sip.Lateness.Read().Counts);
        Meter meter = meters.Create(MeterNames.Switchhook);
        meter.CreateObservableCounter("switchhook.sip.messages", () => new Measurement<long>[]
        {
            new(sip.Counters.Received, Label("direction", "in")), new(sip.Counters.Sent, Label("direction", "out")),
        }, "{message}", "SIP messages received and sent.");
        meter.CreateObservableCounter("switchhook.sip.dropped", () => sip.Counters.Dropped, "{message}", "Datagrams that came while the queue was full.");
        meter.CreateObservableCounter("switchhook.sip.send.failures", () => sip.Counters.SendFailures, "{message}", "SIP messages that could not be sent.");
        meter.CreateObservableCounter("switchhook.sip.rejected", () => sip.Counters.Rejected
            .Select((count, error) => new Measurement<long>(count, Label("error", Words.Of((SipError)error)))).Where(measured => measured.Value > 0),
            "{message}", "SIP messages that were refused or dropped, by what was wrong with them.");
        meter.CreateObservableCounter("switchhook.sip.faults", () => sip.Counters.Faults, "{fault}", "Mistakes of ours while handling one message.");
        meter.CreateObservableGauge("switchhook.sip.connections", () => sip.Counters.Connections, "{connection}", "TCP connections of peers.");
        meter.CreateObservableGauge("switchhook.sip.dialogs", () => sip.Counters.Dialogs, "{dialog}", "Dialogs; one stays for up to 32 s after its BYE.");
        meter.CreateObservableGauge("switchhook.sip.transactions", () => sip.Counters.Transactions, "{transaction}", "Transactions that are not over.");
    }

    public static void Observe(IMeterFactory meters, MediaPlane media, MetricsText text)
    {
        text.Show("switchhook_media_tick_lateness_seconds", "How late the turns of the 20 ms clock were.",
            [.. Lateness.Bounds.Select(bound => bound.TotalSeconds)], () => media.Lateness.Counts);
        Meter meter = meters.Create(MeterNames.Switchhook);
        meter.CreateObservableGauge("switchhook.media.sessions", () => media.Counters.Sessions, "{session}", "Phone legs with audio.");
        meter.CreateObservableGauge("switchhook.media.ports.used", () => media.PortPairsInUse, "{pair}", "Port pairs in use.");
        meter.CreateObservableGauge("switchhook.media.ports.total", () => media.PortPairs, "{pair}", "Port pairs there are.");
        meter.CreateObservableCounter("switchhook.rtp.packets.sent", () => media.Counters.DatagramsSent, "{packet}", "RTP and RTCP packets sent.");
        meter.CreateObservableCounter("switchhook.rtp.packets.received", () => media.Counters.DatagramsReceived, "{packet}", "RTP and RTCP packets received.");
        meter.CreateObservableCounter("switchhook.rtp.send.failures", () => media.Counters.SendFailures, "{packet}", "Packets that the network did not take.");
        meter.CreateObservableCounter("switchhook.media.ticks", () => media.Counters.Ticks, "{tick}", "Turns of the 20 ms clock.");
        meter.CreateObservableCounter("switchhook.media.ticks.late", () => media.Counters.LateTicks, "{tick}", "Ticks that were more than 20 ms late.");
        meter.CreateObservableCounter("switchhook.media.ticks.skipped", () => media.Counters.SkippedTicks, "{tick}", "Ticks that were not made up for.");
        meter.CreateObservableCounter("switchhook.media.faults", () => media.Counters.Faults, "{fault}", "Sessions that ended by a mistake of ours.");
    }

    public static void Observe(IMeterFactory meters, SqliteStore store)
    {
        Meter meter = meters.Create(MeterNames.Switchhook);
        meter.CreateObservableGauge("switchhook.store.queue", () => store.RowsWaiting, "{row}", "Rows that wait for the disk.");
        meter.CreateObservableCounter("switchhook.store.rows", () => store.RowsWritten, "{row}", "Rows written.");
        meter.CreateObservableCounter("switchhook.store.rows.lost", () => store.RowsLost, "{row}", "Rows that the disk refused, or for which there was no room.");
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
