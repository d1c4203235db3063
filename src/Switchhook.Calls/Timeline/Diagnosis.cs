using System.Globalization;
using System.Net;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Calls.Timeline;

/// <summary>
/// What stands out in a call, and where to look. Each rule sees the whole call and says one thing or nothing; a rule
/// claims only what the timeline shows.
/// </summary>
internal static class Diagnosis
{
    private const double PoorMos = 3.6;
    private const double PoorLossPercent = 3;

    private delegate string? Rule(CallRecord call, IReadOnlyList<EntryFacts> facts);

    private static readonly Rule[] Rules =
    [
        NoWebhook, NoDecision, CallerGaveUp, RefusedRequest, EngineFailed, NotAcknowledged, TransferFailed, NoCodec, NoTools,
        NoRtp, NothingSaid, PoorAudio, RecordingFailed, Gap,
    ];

    public static IReadOnlyList<string> Of(CallRecord call, IReadOnlyList<EntryFacts> facts) =>
        [.. Rules.Select(rule => rule(call, facts)).OfType<string>().Select(Quoted.OneLine)];

    private static string? NoWebhook(CallRecord call, IReadOnlyList<EntryFacts> facts) =>
        facts.Any(fact => fact.Kind == "webhook.none")
            ? $"Nobody was told of the call: {call.Project} has no webhook. Configure projects[].webhook." : null;

    private static string? NoDecision(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        if (call.Ended?.Because != EndedBecause.NoDecision || Attempts(facts) is not { Length: > 0 } attempts) { return null; }
        return attempts.Any(attempt => attempt.IsTrue("delivered"))
            ? "No decision in time: the webhook was delivered, but no accept and no reject was granted before the time was up. Look at the application, or raise decision_timeout_ms."
            : $"No decision in time: the webhook never arrived, it was {Outcomes(attempts)}. Look at {attempts[0].Text("url")}.";
    }

    private static string? CallerGaveUp(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        if (call.Ended?.Because != EndedBecause.Cancelled || call.EndedAt is not { } ended) { return null; }
        string rang = string.Create(CultureInfo.InvariantCulture, $"The caller waited {(ended - call.CreatedAt).TotalSeconds:0.0} s and gave up");
        EntryFacts[] attempts = Attempts(facts);
        return call.AcceptedAt is not null ? $"{rang} while the accepted call was being opened."
            : attempts.Length > 0 && !attempts.Any(attempt => attempt.IsTrue("delivered")) ? $"{rang}; the webhook had not arrived, it was {Outcomes(attempts)}. Look at {attempts[0].Text("url")}."
            : $"{rang}; the application had not decided yet.";
    }

    private static string? RefusedRequest(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts refused = facts.LastOrDefault(fact => fact.Kind == "api.request" && fact.Number("status") >= 400);
        if (refused.Entry is null) { return null; }
        string path = refused.Text("path");
        string action = path[(path.LastIndexOf('/') + 1)..];
        return refused.Number("status") == 499 ? $"The application went away before its {action} was answered."
            : $"The application's {action} was refused with {refused.Number("status")}: {(refused.Text("error") is { Length: > 0 } error ? error : refused.Entry.Text)}";
    }

    private static string? EngineFailed(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts failed = facts.LastOrDefault(fact => fact.Kind == "engine.failed");
        return failed.Entry is not null ? $"Accepted, but the model {call.Model} did not open: {failed.Entry.Text}"
            : call.Ended?.Because == EndedBecause.EngineFailed ? $"Accepted, but the model {call.Model} was not open yet when the time to decide was up. Look at the model, or raise decision_timeout_ms."
            : null;
    }

    private static string? NotAcknowledged(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        if (call.Ended?.Because != EndedBecause.NotAcknowledged) { return null; }
        int sent = facts.Count(fact => fact.Kind == "sip.sent" && fact.Text("start_line").StartsWith("SIP/2.0 200", StringComparison.Ordinal) && fact.Text("cseq").EndsWith("INVITE", StringComparison.Ordinal));
        return $"Our 200 OK was sent {Times(sent)} and no ACK came: the caller's side cannot reach the address in our Contact. Look at sip.advertise, NAT and firewall.";
    }

    private static string? TransferFailed(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts ended = facts.LastOrDefault(fact => fact.Kind == "transfer.ended");
        string target = facts.LastOrDefault(fact => fact.Kind == "transfer.requested") is { Entry: not null } asked ? $" to {asked.Text("target")}" : "";
        return ended.Text("outcome") switch
        {
            "refused" => $"The caller's side does not transfer{target}: it refused REFER with {ended.Number("sip_status")}. Is call transfer switched on at the carrier?",
            "failed" => $"The transfer{target} failed: the target answered {ended.Number("sip_status")}. The call went on.",
            "unknown" => $"Nobody told how the transfer{target} ended: the caller's side does not follow it, and did not hang up.",
            "timed_out" => $"The transfer{target} had no outcome: the caller's side took it and told nothing more.",
            _ => null,
        };
    }

    private static string? NoCodec(CallRecord call, IReadOnlyList<EntryFacts> facts) =>
        call.Ended?.Because == EndedBecause.NoCodec ? "The offer has no audio codec in common with us (PCMU and PCMA are spoken), or asks for encryption. The Warning in our answer names the rule." : null;

    private static string? NoTools(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts list = facts.LastOrDefault(fact => fact.Kind == "conversation.item.done" && fact.Text("item", "type") == "mcp_list_tools" && fact.Text("item", "error").Length > 0);
        return list.Entry is null ? null : $"The model had no tools of the MCP server {list.Text("item", "server_label")}: {list.Text("item", "error")}";
    }

    /// <summary>The most frequent trouble of all: a call that is up and hears nothing (L10).</summary>
    private static string? NoRtp(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts plan = facts.LastOrDefault(fact => fact.Kind == "media.plan");
        bool isHeard = facts.Any(fact => fact.Kind == "media.first_rtp") || call.Media is { PacketsReceived: > 0 };
        if (call.AnsweredAt is null || plan.Entry is null || isHeard) { return null; }
        string local = plan.Text("local");
        string advice = IsPrivate(local) && !IsPrivate(plan.Text("remote"))
            ? "that is a private address, which the caller cannot reach from outside: set media.address to the public one"
            : "check that UDP to it is open in every firewall between";
        return $"No RTP ever came from the caller. We told the caller to send to {local}: {advice}.";
    }

    private static string? NothingSaid(CallRecord call, IReadOnlyList<EntryFacts> facts) =>
        call.AnsweredAt is not null && call.EndedAt is not null && call.Media is not null && !facts.Any(fact => fact.Kind == "media.utterance_started")
            ? "The model never said anything: nothing was played to the caller. Did the application send response.create?" : null;

    private static string? PoorAudio(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        if (call.Media is not MediaStats { PacketsReceived: > 0 } media) { return null; }
        double lost = 100.0 * Math.Max(0, media.PacketsLost) / (media.PacketsReceived + Math.Max(0, media.PacketsLost));
        double remote = media is { RemoteLost: > 0, PacketsSent: > 0 } ? 100.0 * media.RemoteLost.Value / media.PacketsSent : 0;
        if (lost < PoorLossPercent && remote < PoorLossPercent && (media.Mos >= PoorMos || media.Mos < 1)) { return null; }
        return string.Create(CultureInfo.InvariantCulture, $"The audio was poor: MOS {media.Mos:0.0}, {lost:0.0} % lost on the way here, {remote:0.0} % on the way to the caller, jitter {media.JitterMs:0.0} ms. Look at the network.");
    }

    private static string? RecordingFailed(CallRecord call, IReadOnlyList<EntryFacts> facts)
    {
        EntryFacts failed = facts.LastOrDefault(fact => fact.Kind == "recording.failed");
        return failed.Entry is null ? null : $"The call was not recorded: {failed.Entry.Text}";
    }

    private static string? Gap(CallRecord call, IReadOnlyList<EntryFacts> facts) =>
        call.TimelineGap > 0 ? $"{call.TimelineGap} entries of this timeline are missing: the disk could not keep up." : null;

    private static EntryFacts[] Attempts(IReadOnlyList<EntryFacts> facts) =>
        [.. facts.Where(fact => fact.Kind == "webhook.attempt" && fact.Text("event") == "realtime.call.incoming")];

    /// <summary>Such as "answered 500 three times, then: no answer within 15 s (once)".</summary>
    private static string Outcomes(EntryFacts[] attempts) => string.Join(", then: ", attempts
        .GroupBy(attempt => attempt.Text("error") is { Length: > 0 } error ? error : $"answered {attempt.Number("status")}")
        .Select(same => $"{same.Key} {Times(same.Count())}"));

    private static string Times(int count) => count switch
    {
        1 => "once",
        2 => "twice",
        3 => "three times",
        4 => "four times",
        5 => "five times",
        _ => $"{count} times",
    };

    private static bool IsPrivate(string endPoint) =>
        IPEndPoint.TryParse(endPoint, out IPEndPoint? parsed) && PeerAddress.From(parsed).IsPrivate;
}
