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
}
