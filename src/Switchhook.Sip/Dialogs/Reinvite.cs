using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// INVITE inside a dialog (RFC 3261 §14). The offer goes up as it came and the answer is made from it (L1); its 2xx
/// is resent and acknowledged like that of a first INVITE. A refused one leaves the session as it was.
/// </summary>
internal static class Reinvite
{
    private const int RetryAfterMaxSeconds = 10;

    public static void Receive(UserAgent agent, Instant now, Dialog dialog, ServedRequest request)
    {
        if (dialog.State == DialogState.Ended || dialog.HangUpWaits)
        {
            agent.Answer(now, request, Reply.Refusal(481, "the dialog is ending") with { ToTag = dialog.LocalTag });
            return;
        }
        if (dialog.Placed is { Transaction.IsPending: true })
        {
            agent.Answer(now, request, Reply.Refusal(491, "an INVITE of ours is under way") with { ToTag = dialog.LocalTag });
            return;
        }
        if (dialog.Served is { IsOpen: true })
        {
            // §14.2: a random time, so that two impatient peers do not come back together.
            var busy = new SipCause(500, "another INVITE of this dialog is under way") { RetryAfterSeconds = agent.Random.Next(RetryAfterMaxSeconds + 1) };
            agent.Answer(now, request, Reply.Refusal(busy) with { ToTag = dialog.LocalTag });
            return;
        }
        dialog.Served = new ServedInvite(request, isFirst: false);
        dialog.Timers.Set(Wake.Ringing, now + SipTimers.GiveUp);
        agent.Touch(dialog);
        agent.Answer(now, request, Reply.Trying);
        agent.Tell(new SipEvent.Reinvite(dialog.Handle, UserAgent.SdpOf(request.Message)));
    }

    /// <summary>An offer of ours.</summary>
    public static void Send(UserAgent agent, Instant now, Dialog dialog, ReadOnlyMemory<byte> sdp)
    {
        if (dialog.State is DialogState.Early or DialogState.Ended || dialog.HangUpWaits) { return; }
        if (dialog.Served is { IsOpen: true } || dialog.Placed is { Transaction.IsPending: true })
        {
            agent.Tell(new SipEvent.ReinviteRefused(dialog.Handle, new SipCause(491, "another INVITE of this dialog is under way")));
            return;
        }
        RequestDraft draft = agent.Draft(dialog, SipMethod.Invite) with { Contact = dialog.Contact, Sdp = sdp };
        dialog.Placed = new PlacedInvite(draft, agent.SendInvite(now, dialog, draft, agent.FlowOf(dialog, draft)), isFirst: false);
        dialog.Timers.Set(Wake.Ringing, now + Limits.SipRinging);
    }

    /// <summary>The peer took it. A 2xx that crossed the end of the dialog gets its ACK and changes nothing.</summary>
    public static void Answered(UserAgent agent, Dialog dialog, PlacedInvite placed, SipMessage response)
    {
        if (dialog.State != DialogState.Ended) { dialog.RefreshTarget(response); }
        Ack.Send(agent, dialog, placed, response);
        if (dialog.State == DialogState.Ended) { return; }
        dialog.Timers.Stop(Wake.Ringing);
        agent.Touch(dialog);
        agent.Tell(new SipEvent.ReinviteAnswered(dialog.Handle, UserAgent.SdpOf(response)));
    }

    /// <summary>The peer did not take it. 408 and 481 say that it does not know the dialog any more (§12.2.1.2).</summary>
    public static void Refused(UserAgent agent, Instant now, Dialog dialog, SipCause cause)
    {
        if (dialog.State == DialogState.Ended) { return; }
        dialog.Timers.Stop(Wake.Ringing);
        agent.Touch(dialog);
        agent.Tell(new SipEvent.ReinviteRefused(dialog.Handle, cause));
        if (cause.Status is 408 or 481) { Bye.Send(agent, now, dialog, new SipCause(cause.Status, "the peer does not know this dialog any more")); }
    }
}
