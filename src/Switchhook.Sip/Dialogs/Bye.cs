using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>The end of a dialog (RFC 3261 §15). Whoever says it has left; an answer to it changes nothing.</summary>
internal static class Bye
{
    /// <summary>
    /// The user hangs up. What that means hangs on how far the call is: an unanswered one is refused or cancelled, and
    /// while our 2xx waits for its ACK the BYE must wait too (§15).
    /// </summary>
    public static void HangUp(UserAgent agent, Instant now, Dialog dialog, SipCause? cause)
    {
        switch (dialog.State)
        {
            case DialogState.Early when dialog.IsCaller:
                Cancel.Send(agent, now, dialog);
                break;

            case DialogState.Early:
                Invite.Refuse(agent, now, dialog, cause is { Status: >= 300 and < 700 } ? cause : new SipCause(480, cause?.Text ?? "the call was given up before it was answered"));
                break;

            case DialogState.Answered:
                dialog.HangUpWaits = true;
                dialog.HangUpCause = cause;
                break;

            case DialogState.Confirmed:
                Send(agent, now, dialog, cause);
                break;
        }
    }

    /// <summary>Sends BYE and ends the dialog; an INVITE of the peer that is still open is answered first.</summary>
    public static void Send(UserAgent agent, Instant now, Dialog dialog, SipCause? cause)
    {
        RefuseOpenInvite(agent, now, dialog);
        RequestDraft draft = agent.Draft(dialog, SipMethod.Bye) with { Cause = cause };
        agent.Send(now, dialog, draft, agent.FlowOf(dialog, draft));
        agent.End(now, dialog);
    }

    /// <summary>BYE of the peer. After our own BYE it is answered 200 and nothing else: both hung up at once (L22).</summary>
    public static void Receive(UserAgent agent, Instant now, Dialog dialog, ServedRequest request)
    {
        DialogState before = dialog.State;
        if (before != DialogState.Ended)
        {
            string? reason = Causes.ReasonOf(request.Message);
            RefuseOpenInvite(agent, now, dialog);
            // The caller may say BYE instead of CANCEL while it rings (§15); to us both are the same.
            agent.Tell(before == DialogState.Early ? new SipEvent.Cancelled(dialog.Handle, reason) : new SipEvent.HungUp(dialog.Handle, reason));
            agent.End(now, dialog);
        }
        agent.Answer(now, request, new Reply(200) { ToTag = dialog.LocalTag });
    }

    // §15.1.2: pending requests of an ending dialog are answered 487.
    private static void RefuseOpenInvite(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.Served is not { IsUnanswered: true } served) { return; }
        agent.Answer(now, served.Request, Reply.Refusal(487, "the dialog ended") with { ToTag = dialog.LocalTag });
    }
}
