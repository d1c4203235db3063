using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// The 2xx to an INVITE, first or re-INVITE (RFC 3261 §13.3.1.4). The dialog, not the transaction, resends it until
/// its ACK: after T1, then twice as long each time up to T2, over TCP too, because a hop further on may be UDP.
/// </summary>
internal static class Answer
{
    public static void Send(UserAgent agent, Instant now, Dialog dialog, ReadOnlyMemory<byte> sdp)
    {
        if (dialog.Served is not { IsUnanswered: true } served) { return; }
        if (served.IsFirst) { dialog.State = DialogState.Answered; }
        else { dialog.RefreshTarget(served.Request.Message); }
        served.Accepted = agent.Answer(now, served.Request, new Reply(200)
        {
            ToTag = dialog.LocalTag,
            Contact = dialog.Contact,
            TellsAbilities = true,
            Sdp = sdp,
        });
        dialog.Timers.Stop(Wake.Ringing);
        dialog.Timers.Set(Wake.GiveUp, now + SipTimers.GiveUp);
        dialog.Timers.Set(Wake.Retransmit, now + served.ResendAfter);
        agent.Touch(dialog);
    }

    public static void Resend(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.Served is not { Accepted: Outgoing accepted, IsAcknowledged: false } served) { return; }
        served.Transaction.Respond(now, 200, accepted);
        served.ResendAfter = SipTimers.Doubled(served.ResendAfter);
        dialog.Timers.Set(Wake.Retransmit, now + served.ResendAfter);
        agent.Touch(served.Transaction);
    }

    /// <summary>64·T1 without an ACK: the dialog stands, the session does not, so it ends with BYE.</summary>
    public static void NotAcknowledged(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.Served is not { Accepted: not null, IsAcknowledged: false }) { return; }
        agent.Tell(new SipEvent.NotAcknowledged(dialog.Handle));
        Bye.Send(agent, now, dialog, dialog.HangUpCause ?? new SipCause(408, "no ACK for the 200 to INVITE"));
    }
}
