using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>CANCEL, both ways (RFC 3261 §9): a request of its own that asks another one to be answered soon.</summary>
internal static class Cancel
{
    /// <summary>
    /// CANCEL of the peer (L4): 200 when the INVITE it names is known, and 487 to that INVITE unless it has its final
    /// answer already, in which case the CANCEL changes nothing; 481 when nothing is known.
    /// </summary>
    public static void Receive(UserAgent agent, Instant now, ServedRequest request)
    {
        if (agent.Transactions.FindServer(request.Transaction.Key.OfCancelled) is not ServerInvite invite)
        {
            agent.Answer(now, request, Reply.Refusal(481, "no INVITE to cancel"));
            return;
        }
        Dialog? dialog = invite.Dialog;
        if (dialog is not null) { agent.Adopt(dialog, request.Transaction); }
        agent.TellReceived(dialog, request.Message, repeated: false);
        agent.Answer(now, request, new Reply(200) { ToTag = dialog?.LocalTag });
        if (dialog?.Served is not { IsUnanswered: true } served || served.Transaction != invite) { return; }
        Invite.Refuse(agent, now, dialog, new SipCause(487, "cancelled by the caller"));
        if (served.IsFirst) { agent.Tell(new SipEvent.Cancelled(dialog.Handle, Causes.ReasonOf(request.Message))); }
    }

    /// <summary>We give up an INVITE of ours. CANCEL may only follow a provisional answer (§9.1), so it may have to wait for one.</summary>
    public static void Send(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.Placed is not { Transaction.IsPending: true } placed) { return; }
        placed.CancelWanted = true;
        if (placed.CancelSent || placed.Transaction.State != ClientInviteState.Proceeding) { return; }
        placed.CancelSent = true;
        dialog.Timers.Stop(Wake.Ringing);
        placed.Transaction.Cancelled(now);
        agent.Touch(placed.Transaction);
        agent.Touch(dialog);
        agent.Send(now, dialog, placed.Draft.Cancelling(), placed.Transaction.Flow);
    }
}
