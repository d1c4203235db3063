using System.Buffers;
using System.Text;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Sip;

namespace Switchhook.Calls.Timeline;

/// <summary>The facts of an entry as one JSON object: snake_case names, milliseconds, no nulls.</summary>
internal static class TimelineData
{
    public static ReadOnlyMemory<byte> Of(SipEvent.Message message) => Write(json =>
    {
        json.WriteString("start_line", message.StartLine);
        json.WriteString("cseq", message.CSeq);
        if (message.Detail is not null) { json.WriteString("detail", message.Detail); }
        json.WriteBoolean("repeated", message.Repeated);
    });

    public static ReadOnlyMemory<byte> Of(WebhookAttempt attempt) => Write(json =>
    {
        json.WriteString("id", attempt.Id);
        json.WriteString("event", attempt.EventType);
        json.WriteNumber("attempt", attempt.Attempt);
        json.WriteString("url", attempt.Url);
        json.WriteNumber("status", attempt.Status);
        if (attempt.Error is not null) { json.WriteString("error", attempt.Error); }
        json.WriteNumber("ms", Milliseconds(attempt.Took));
        json.WriteBoolean("delivered", attempt.IsDelivered);
    });

    public static string KindOf(MediaEvent heard) => heard.Kind switch
    {
        MediaEventKind.FirstRtp => "media.first_rtp",
        MediaEventKind.Latched => "media.latched",
        MediaEventKind.SourceChanged => "media.source_changed",
        MediaEventKind.Digit => "media.digit",
        MediaEventKind.UtteranceStarted => "media.utterance_started",
        MediaEventKind.UtteranceStopped => "media.utterance_stopped",
        MediaEventKind.Cut => "media.cut",
        MediaEventKind.Silent => "media.silent",
        MediaEventKind.Resumed => "media.resumed",
        MediaEventKind.Faulted => "media.faulted",
        _ => "media.event",
    };

    public static ReadOnlyMemory<byte> Of(MediaEvent heard) => Write(json =>
    {
        if (!heard.Peer.IsNone) { json.WriteString("peer", heard.Peer.ToString()); }
        if (heard.Digit != 0) { json.WriteString("digit", heard.Digit.ToString()); }
        if (heard.Utterance != 0) { json.WriteNumber("utterance", heard.Utterance); }
        if (heard.Kind is MediaEventKind.UtteranceStopped or MediaEventKind.Cut or MediaEventKind.Silent) { json.WriteNumber("ms", heard.Ms); }
        if (heard.Kind is MediaEventKind.SourceChanged) { json.WriteNumber("ssrc", heard.Number); }
    });

    public static ReadOnlyMemory<byte> Of(MediaStats stats) => Write(json =>
    {
        json.WriteNumber("packets_sent", stats.PacketsSent);
        json.WriteNumber("packets_received", stats.PacketsReceived);
        json.WriteNumber("packets_lost", stats.PacketsLost);
        json.WriteNumber("packets_late", stats.PacketsLate);
        json.WriteNumber("packets_dropped", stats.PacketsDropped);
        json.WriteNumber("frames_concealed", stats.FramesConcealed);
        json.WriteNumber("jitter_ms", Math.Round(stats.JitterMs, 2));
        json.WriteNumber("delay_ms", stats.DelayMs);
        if (stats.RoundTripMs is { } roundTrip) { json.WriteNumber("round_trip_ms", Math.Round(roundTrip, 2)); }
        if (stats.RemoteLost is { } lost) { json.WriteNumber("remote_lost", lost); }
        json.WriteNumber("mos", Math.Round(stats.Mos, 2));
    });

    public static ReadOnlyMemory<byte> Of(CallRecord record) => Write(json =>
    {
        json.WriteString("from", record.From);
        json.WriteString("to", record.To);
        json.WriteString("peer", record.Peer);
        json.WriteString("sip_call_id", record.SipCallId);
    });

    public static ReadOnlyMemory<byte> Of(MediaPlan plan, PeerAddress local) => Write(json =>
    {
        json.WriteString("codec", plan.Codec.ToString().ToUpperInvariant());
        json.WriteNumber("payload_type", plan.PayloadType);
        if (plan.TelephoneEventPayloadType is { } events) { json.WriteNumber("telephone_event", events); }
        json.WriteNumber("ptime", plan.PacketMs);
        json.WriteString("local", local.ToString());
        json.WriteString("remote", plan.Remote.ToString());
        json.WriteBoolean("may_send", plan.MaySend);
        json.WriteBoolean("may_receive", plan.MayReceive);
    });

    /// <summary>What should have been an event and is none.</summary>
    public static ReadOnlyMemory<byte> OfUnreadable(ReadOnlyMemory<byte> sent) => Write(json => json.WriteString("unreadable", Encoding.UTF8.GetString(sent.Span)));

    public static ReadOnlyMemory<byte> OfTransfer(string target) => Write(json => json.WriteString("target", target));

    public static ReadOnlyMemory<byte> Of(SipEvent.ReferAnswered answered) => Write(json =>
    {
        json.WriteNumber("sip_status", answered.Status);
        if (answered.Cause is not null) { json.WriteString("reason", answered.Cause.Text); }
        else { json.WriteBoolean("will_notify", answered.WillNotify); }
    });

    public static ReadOnlyMemory<byte> Of(SipEvent.TransferProgress progress) => Write(json =>
    {
        if (progress.Status is { } status) { json.WriteNumber("sip_status", status); }
        json.WriteBoolean("terminated", progress.IsTerminated);
        if (progress.Reason is not null) { json.WriteString("reason", progress.Reason); }
    });

    public static ReadOnlyMemory<byte> Of(TransferOutcome outcome, int? sipStatus) => Write(json =>
    {
        json.WriteString("outcome", Snake(outcome));
        if (sipStatus is { } status) { json.WriteNumber("sip_status", status); }
    });

    public static ReadOnlyMemory<byte> OfState(CallState from, CallState to) => Write(json =>
    {
        json.WriteString("from", Snake(from));
        json.WriteString("to", Snake(to));
    });

    /// <summary>An enum member as the wire spells it: <c>HungUp</c> is <c>hung_up</c>.</summary>
    public static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
