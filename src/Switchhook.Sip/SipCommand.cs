namespace Switchhook.Sip;

/// <summary>
/// What a failed or ending request says of its cause. <paramref name="Status"/> is the SIP status;
/// <paramref name="Text"/> names the rule and is written into the Reason header (RFC 3326, <c>SIP;cause=…;text="…"</c>)
/// and, where <paramref name="WarningCode"/> is given (RFC 3261 §20.43), into a Warning header as well.
/// </summary>
public sealed record SipCause(int Status, string Text, int? WarningCode = null)
{
    /// <summary>Seconds for a Retry-After header, or null.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>What may be asked of the SIP plane. A command for a dialog that is gone is ignored: the event that ended it is on its way.</summary>
public abstract record SipCommand
{
    private SipCommand() { }

    /// <summary>Answer the INVITE of <paramref name="Dialog"/> with 180.</summary>
    public sealed record Ring(DialogHandle Dialog) : SipCommand;

    /// <summary>Answer the INVITE with 200 and this SDP, resent until ACK (RFC 3261 §13.3.1.4).</summary>
    public sealed record Answer(DialogHandle Dialog, ReadOnlyMemory<byte> Sdp) : SipCommand;

    /// <summary>Answer the INVITE with a final 3xx to 6xx.</summary>
    public sealed record Refuse(DialogHandle Dialog, SipCause Cause) : SipCommand;

    /// <summary>Answer a re-INVITE (event <see cref="SipEvent.Reinvite"/>) with 200 and this SDP.</summary>
    public sealed record AnswerReinvite(DialogHandle Dialog, ReadOnlyMemory<byte> Sdp) : SipCommand;

    /// <summary>Answer a re-INVITE with a final 3xx to 6xx; the session stays as it was (RFC 3261 §14.2).</summary>
    public sealed record RefuseReinvite(DialogHandle Dialog, SipCause Cause) : SipCommand;

    /// <summary>
    /// Offer the peer another session (RFC 3261 §14.1): answered by <see cref="SipEvent.ReinviteAnswered"/> or
    /// <see cref="SipEvent.ReinviteRefused"/>, the latter with 491 at once while another INVITE of the dialog is under way.
    /// </summary>
    public sealed record Reinvite(DialogHandle Dialog, ReadOnlyMemory<byte> Sdp) : SipCommand;

    /// <summary>
    /// Ask the peer to call somebody else (RFC 3515). <paramref name="ReferTo"/> is a sip, sips or tel URI or a name-addr
    /// and is sent as it is. Answered by one <see cref="SipEvent.ReferAnswered"/>, then told about by
    /// <see cref="SipEvent.TransferProgress"/>; the dialog itself stays as it is.
    /// </summary>
    public sealed record Refer(DialogHandle Dialog, string ReferTo) : SipCommand;

    /// <summary>
    /// End the dialog with BYE; while our 2xx is not acknowledged yet the BYE waits for the ACK (RFC 3261 §15).
    /// <paramref name="Cause"/>, when given, becomes the Reason header.
    /// </summary>
    public sealed record HangUp(DialogHandle Dialog, SipCause? Cause) : SipCommand;

    /// <summary>
    /// Place a call (we are the phone). The handle is chosen by the caller from <see cref="SipEndpoint.NewDialog"/>, and
    /// the way by <paramref name="Flow"/>: there is no resolver in here. <paramref name="From"/> is a URI or a name-addr
    /// without tag.
    /// </summary>
    public sealed record PlaceCall(DialogHandle Dialog, SipFlow Flow, string RequestUri, string From, ReadOnlyMemory<byte> Sdp) : SipCommand
    {
        /// <summary>Headers of the app's own on the INVITE.</summary>
        public IReadOnlyList<SipHeader> Headers { get; init; } = [];
    }

    /// <summary>Give up a placed call that was not answered yet: CANCEL (RFC 3261 §9.1).</summary>
    public sealed record CancelCall(DialogHandle Dialog) : SipCommand;

    /// <summary>While draining, new INVITEs and OPTIONS are answered 503 with Retry-After; dialogs go on.</summary>
    public sealed record Drain(bool Draining) : SipCommand;
}
