using System.Text;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// REFER inside a dialog (RFC 3515): the peer is asked to call somebody else. A 2xx says that it will try, and makes a
/// subscription without a SUBSCRIBE; how it goes is told by NOTIFYs with fragments of the answers it gets (§2.4.5). A
/// refused one leaves the call as it was, also with 408 and 481: whether the call still stands is not for REFER to say.
/// </summary>
internal static class Refer
{
    public static void Send(UserAgent agent, Instant now, Dialog dialog, string target)
    {
        // Over, or to be over as soon as the ACK is here: the event that says so is on its way.
        if (dialog.State == DialogState.Ended || dialog.HangUpWaits) { return; }
        if (FaultOf(dialog, target) is SipCause fault)
        {
            agent.Tell(new SipEvent.ReferAnswered(dialog.Handle, fault.Status, fault));
            return;
        }
        RequestDraft draft = agent.Draft(dialog, SipMethod.Refer) with { Contact = dialog.Contact, Headers = [new SipHeader("Refer-To", Bracketed(target))] };
        dialog.ReferSequence = draft.Sequence;
        dialog.ReferPending = true;
        agent.Send(now, dialog, draft, agent.FlowOf(dialog, draft));
    }

    /// <summary>A response to our REFER. One that crossed the end of the dialog changes nothing.</summary>
    public static void Answered(UserAgent agent, Dialog dialog, SipMessage response)
    {
        if (response.Status < 200) { return; }
        if (response.Status >= 300)
        {
            Refused(agent, dialog, new SipCause(response.Status, $"The peer answered REFER with {response.Status} {WordsOf(response)}"));
            return;
        }
        dialog.ReferPending = false;
        if (dialog.State == DialogState.Ended) { return; }
        agent.Tell(new SipEvent.ReferAnswered(dialog.Handle, response.Status, null) { WillNotify = response.Status == 202 && !IsUnsubscribed(response) });
    }

    /// <summary>No answer, or no way to the peer.</summary>
    public static void Failed(UserAgent agent, Dialog dialog, SipCause cause) =>
        Refused(agent, dialog, new SipCause(cause.Status, $"The peer did not answer REFER ({cause.Status}): {cause.Text}"));

    /// <summary>
    /// NOTIFY, in time or after the BYE that overtook it (L15). It may come before the answer to the REFER (RFC 6665
    /// §4.1.2.4). Another package is 489; where no REFER was taken there is no subscription: 481.
    /// </summary>
    public static void Notified(UserAgent agent, Instant now, Dialog dialog, ServedRequest request)
    {
        SipMessage notify = request.Message;
        if (!SipGrammar.Same(notify.Event, "refer"u8))
        {
            agent.Answer(now, request, Reply.Refusal(SipError.EventPackage) with { ToTag = dialog.LocalTag });
            return;
        }
        if (dialog.ReferSequence is not uint sequence)
        {
            agent.Answer(now, request, Reply.Refusal(481, "no REFER is being followed") with { ToTag = dialog.LocalTag });
            return;
        }
        agent.Answer(now, request, new Reply(200) { ToTag = dialog.LocalTag });
        if (IsOfEarlier(notify, sequence)) { return; }
        bool isTerminated = SipGrammar.Same(notify.SubscriptionState, "terminated"u8);
        string? reason = notify.ParametersOf(HeaderName.SubscriptionState).TryGet("reason"u8, out ReadOnlySpan<byte> word) ? Wire.Readable(word) : null;
        agent.Tell(new SipEvent.TransferProgress(dialog.Handle, SipFrag.StatusOf(notify), isTerminated, reason));
    }

    private static void Refused(UserAgent agent, Dialog dialog, SipCause cause)
    {
        dialog.ReferPending = false;
        dialog.ReferSequence = null;
        if (dialog.State != DialogState.Ended) { agent.Tell(new SipEvent.ReferAnswered(dialog.Handle, cause.Status, cause)); }
    }

    private static SipCause? FaultOf(Dialog dialog, string target) => dialog switch
    {
        { State: not DialogState.Confirmed } => new SipCause(491, "The call is not established yet"),
        { ReferPending: true } => new SipCause(491, "Another REFER is under way"),
        _ when !IsAddress(target) => new SipCause(416, "The target is not an address that can be referred to"),
        _ => null,
    };

    private static bool IsAddress(string target) =>
        !target.Any(char.IsControl) && NameAddress.TryParse(Encoding.UTF8.GetBytes(Bracketed(target)), out NameAddress address) && (address.Uri.IsSip || address.Uri.IsTel);

    // A URI alone stands in brackets, so that its own parameters and headers stay its own (RFC 3261 §20).
    private static string Bracketed(string target) => target.Contains('<', StringComparison.Ordinal) ? target : $"<{target}>";

    // RFC 4488: the peer will tell nothing.
    private static bool IsUnsubscribed(SipMessage response)
    {
        ReadOnlySpan<byte> value = response.Get(HeaderName.ReferSub);
        int semicolon = value.IndexOf((byte)';');
        return SipGrammar.Same(SipGrammar.Trim(semicolon < 0 ? value : value[..semicolon]), "false"u8);
    }

    // §2.4.6: the id is the CSeq number of the REFER. It may be missing, or be something else; only an older one is clear.
    private static bool IsOfEarlier(SipMessage notify, uint sequence) =>
        notify.ParametersOf(HeaderName.Event).TryGet("id"u8, out ReadOnlySpan<byte> id) && SipGrammar.TryNumber(id, int.MaxValue, out uint number) && number < sequence;

    private static string WordsOf(SipMessage response)
    {
        string phrase = Wire.Readable(response.ReasonPhrase);
        if (phrase.Length == 0) { phrase = StatusPhrases.For(response.Status); }
        return Causes.Detail(response) is string detail ? $"{phrase} ({detail})" : phrase;
    }
}
