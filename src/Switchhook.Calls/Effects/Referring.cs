using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Sip;

namespace Switchhook.Calls.Effects;

/// <summary>How the peer is asked to call somebody else, and what the history tells of it (S4, L14).</summary>
internal static class Referring
{
    public static void Send(CallParts parts, string target)
    {
        parts.Note(Plane.Call, "transfer.requested", target, TimelineData.OfTransfer(target));
        parts.Post(new SipCommand.Refer(parts.Dialog, target));
    }

    public static void Answered(CallParts parts, SipEvent.ReferAnswered answered) =>
        parts.Note(Plane.Call, answered.Cause is null ? "transfer.accepted" : "transfer.refused", answered.Cause?.Text ?? $"{answered.Status}", TimelineData.Of(answered));

    public static void Progressed(CallParts parts, SipEvent.TransferProgress progress) =>
        parts.Note(Plane.Call, "transfer.progress", progress.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", TimelineData.Of(progress));

    public static void Ended(CallParts parts, TransferOutcome outcome, int? status) =>
        parts.Note(Plane.Call, "transfer.ended", TimelineData.Snake(outcome), TimelineData.Of(outcome, status));
}
