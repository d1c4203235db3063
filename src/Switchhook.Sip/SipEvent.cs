namespace Switchhook.Sip;

public enum SipDirection : byte { Received, Sent }

/// <summary>What happened on the SIP plane. Every event of a dialog comes after its <see cref="IncomingCall"/> and none after its <see cref="Closed"/>.</summary>
public abstract record SipEvent
{
    private SipEvent(DialogHandle dialog) => Dialog = dialog;

    public DialogHandle Dialog { get; }

    /// <summary>A new INVITE; 100 is sent already. <paramref name="Offer"/> is null when the INVITE carries no SDP (delayed offer).</summary>
    public sealed record IncomingCall(DialogHandle Dialog, SipFlow Flow, string RequestUri, string CallIdHeader, IReadOnlyList<SipHeader> Headers, ReadOnlyMemory<byte>? Offer) : SipEvent(Dialog);

    /// <summary>
    /// The call is over before it was answered, by no decision of ours. The caller gave up while it rang: 200 to its CANCEL
    /// (or BYE) and 487 to the INVITE are sent, and <paramref name="Reason"/> is its Reason header, if any. Or the way back
    /// to it is lost, or nobody decided for <see cref="Limits.SipRinging"/>: then <paramref name="Reason"/> says so.
    /// </summary>
    public sealed record Cancelled(DialogHandle Dialog, string? Reason) : SipEvent(Dialog);

    /// <summary>ACK of our 2xx, to the first INVITE or to a re-INVITE. <paramref name="Sdp"/> is the answer it carries when the offer was ours.</summary>
    public sealed record Established(DialogHandle Dialog, ReadOnlyMemory<byte>? Sdp) : SipEvent(Dialog);

    /// <summary>Our 2xx was never acknowledged (64·T1): the endpoint sends BYE (RFC 3261 §13.3.1.4).</summary>
    public sealed record NotAcknowledged(DialogHandle Dialog) : SipEvent(Dialog);

    /// <summary>The peer wants to change the session; answer with <see cref="SipCommand.AnswerReinvite"/> or <see cref="SipCommand.RefuseReinvite"/>. <paramref name="Offer"/> is null when it asks for ours.</summary>
    public sealed record Reinvite(DialogHandle Dialog, ReadOnlyMemory<byte>? Offer) : SipEvent(Dialog);

    /// <summary>The peer took our <see cref="SipCommand.Reinvite"/>; ACK is sent.</summary>
    public sealed record ReinviteAnswered(DialogHandle Dialog, ReadOnlyMemory<byte>? Sdp) : SipEvent(Dialog);

    /// <summary>The session stays as it was, except after 408 and 481: then the dialog is gone and <see cref="Closed"/> follows (RFC 3261 §14.1).</summary>
    public sealed record ReinviteRefused(DialogHandle Dialog, SipCause Cause) : SipEvent(Dialog);

    /// <summary>
    /// The peer's answer to our <see cref="SipCommand.Refer"/>: a 2xx without a cause, or a refusal and why; 408 and 503
    /// are made by us when no answer came.
    /// </summary>
    public sealed record ReferAnswered(DialogHandle Dialog, int Status, SipCause? Cause) : SipEvent(Dialog)
    {
        /// <summary>202, and the peer did not say that it tells nothing (RFC 4488). After a 200 NOTIFYs may come and may not.</summary>
        public bool WillNotify { get; init; }
    }

    /// <summary>
    /// NOTIFY about our REFER; 200 is sent. <paramref name="Status"/> is what the transfer target answered, null when the
    /// NOTIFY does not say. <paramref name="IsTerminated"/>: it is the last one, with the <paramref name="Reason"/> of its
    /// Subscription-State, if any. It may come before <see cref="ReferAnswered"/>, and after <see cref="HungUp"/>.
    /// </summary>
    public sealed record TransferProgress(DialogHandle Dialog, int? Status, bool IsTerminated, string? Reason) : SipEvent(Dialog);

    /// <summary>BYE from the peer; 200 is sent. <paramref name="Reason"/> is its Reason header, if any.</summary>
    public sealed record HungUp(DialogHandle Dialog, string? Reason) : SipEvent(Dialog);

    /// <summary>A provisional answer to a call we placed.</summary>
    public sealed record Progress(DialogHandle Dialog, int Status, ReadOnlyMemory<byte>? Sdp) : SipEvent(Dialog);

    /// <summary>A call we placed was answered; ACK is sent.</summary>
    public sealed record Answered(DialogHandle Dialog, ReadOnlyMemory<byte>? Sdp) : SipEvent(Dialog);

    /// <summary>A call we placed was refused, or nobody answered (408 made by us).</summary>
    public sealed record Refused(DialogHandle Dialog, SipCause Cause) : SipEvent(Dialog);

    /// <summary>The dialog and everything that belonged to it is gone: over UDP up to 32 s after its end, when no straggler can come any more.</summary>
    public sealed record Closed(DialogHandle Dialog) : SipEvent(Dialog);

    /// <summary>
    /// A message of this dialog, for the call's history: the start line, the CSeq, and whether it repeats one
    /// already told. <paramref name="Detail"/> holds Reason and Warning values, if any.
    /// </summary>
    public sealed record Message(DialogHandle Dialog, SipDirection Direction, string StartLine, string CSeq, string? Detail, bool Repeated) : SipEvent(Dialog);

    /// <summary>Something was refused or dropped before it could become a call (<see cref="SipEvent.Dialog"/> is default). Counted by <paramref name="Error"/>.</summary>
    public sealed record Rejected(SipFlow Flow, SipError Error, string StartLine) : SipEvent(default(DialogHandle));
}
