using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// A call of ours (RFC 3261 §13.2): we are the phone. Early dialogs are not kept apart, since nothing is sent inside
/// them; of several phones that answer 2xx the first is the call, and the others are acknowledged and hung up (§13.2.2.4).
/// </summary>
internal static class PlaceCall
{
    public static void Do(UserAgent agent, Instant now, SipCommand.PlaceCall command)
    {
        if (agent.Dialogs.Find(command.Dialog) is not null) { return; }
        SipCause? fault = FaultOf(agent, command);
        if (fault is not null)
        {
            agent.Tell(new SipEvent.Refused(command.Dialog, fault));
            agent.Tell(new SipEvent.Closed(command.Dialog));
            return;
        }
        string tag = agent.NewTag();
        byte[] target = System.Text.Encoding.UTF8.GetBytes(command.RequestUri);
        byte[] from = System.Text.Encoding.UTF8.GetBytes(command.From);
        _ = NameAddress.TryParse(from, out NameAddress caller);
        byte[] bracketed = command.From.Contains('<', StringComparison.Ordinal) ? from : [(byte)'<', .. from, (byte)'>'];
        _ = SipUri.TryParse(target, out SipUri uri);
        var dialog = new Dialog
        {
            Handle = command.Dialog,
            IsCaller = true,
            CallId = Wire.Bytes(Tokens.New("", agent.Random)),
            LocalTag = tag,
            LocalParty = [.. bracketed, .. ";tag="u8, .. Wire.Bytes(tag)],
            RemoteParty = [(byte)'<', .. target, (byte)'>'],
            RemoteTag = "",
            RemoteTarget = target,
            Routes = [],
            Contact = agent.Contact(command.Flow, caller.Uri.User, uri.IsSips),
            Flow = command.Flow,
        };
        agent.Dialogs.Add(dialog);
        RequestDraft draft = agent.Draft(dialog, SipMethod.Invite) with { Contact = dialog.Contact, Headers = command.Headers, Sdp = command.Sdp };
        dialog.Placed = new PlacedInvite(draft, agent.SendInvite(now, dialog, draft, command.Flow), isFirst: true);
        dialog.Timers.Set(Wake.Ringing, now + Limits.SipRinging);
    }

    /// <summary>A response to an INVITE of ours, first or re-INVITE, that the transaction has taken note of. <paramref name="isNews"/> is false for a repeated final refusal.</summary>
    public static void Receive(UserAgent agent, Instant now, Dialog dialog, PlacedInvite placed, SipMessage response, bool isNews)
    {
        SentAck? known = placed.Acks.Find(ack => ack.RemoteTag == Wire.Text(response.To.Tag));
        agent.TellReceived(dialog, response, repeated: !isNews || known is not null || response.Status == placed.LastProvisional);
        if (!isNews) { return; }
        switch (response.Status)
        {
            case < 200: Provisional(agent, now, dialog, placed, response); break;
            case < 300 when known is not null: agent.Outbox.Transmit(known.Flow, known.Message, repeated: true); break;
            case < 300 when placed.IsFirst: Answered(agent, now, dialog, placed, response); break;
            case < 300: Reinvite.Answered(agent, dialog, placed, response); break;
            default: Refused(agent, now, dialog, placed, Causes.Of(response)); break;
        }
    }

    /// <summary>No answer within 64·T1, none to a CANCEL, or no way to the peer.</summary>
    public static void Failed(UserAgent agent, Instant now, Dialog dialog, PlacedInvite placed, SipCause cause) =>
        Refused(agent, now, dialog, placed, placed.CancelWanted ? new SipCause(487, "cancelled, and the peer did not answer") : cause);

    private static void Provisional(UserAgent agent, Instant now, Dialog dialog, PlacedInvite placed, SipMessage response)
    {
        placed.LastProvisional = response.Status;
        // A re-INVITE whose first sign of life comes after the end of its dialog must not wait for its answer for ever.
        if (dialog.State == DialogState.Ended) { placed.Transaction.Cancelled(now); return; }
        if (placed.CancelWanted) { Cancel.Send(agent, now, dialog); return; }
        if (response.Status > 100 && placed.IsFirst) { agent.Tell(new SipEvent.Progress(dialog.Handle, response.Status, UserAgent.SdpOf(response))); }
    }

    private static void Answered(UserAgent agent, Instant now, Dialog dialog, PlacedInvite placed, SipMessage response)
    {
        if (placed.Acks.Count >= Limits.SipForks) { return; }
        bool isCall = dialog.State == DialogState.Early && !placed.CancelWanted;
        RequestPath path = Ack.PathOf(dialog, response);
        SentAck ack = Ack.Send(agent, dialog, placed, response);
        if (!isCall)
        {
            // A phone that answered beside the first, or that our CANCEL did not reach in time (L4).
            var bye = new RequestDraft(SipMethod.Bye, path, agent.NewBranch(), dialog.LocalParty, response.Get(HeaderName.To).ToArray(), dialog.CallId, ++dialog.LocalSequence);
            agent.Send(now, dialog, bye, ack.Flow);
            if (dialog.State == DialogState.Early) { Refused(agent, now, dialog, placed, new SipCause(487, "cancelled; an answer crossed the CANCEL and was hung up")); }
            return;
        }
        dialog.RemoteTag = ack.RemoteTag;
        dialog.RemoteParty = response.Get(HeaderName.To).ToArray();
        dialog.RefreshTarget(response);
        List<byte[]> routes = Dialog.RoutesOf(response);
        routes.Reverse();
        dialog.Routes = routes;
        dialog.State = DialogState.Confirmed;
        dialog.Timers.Stop(Wake.Ringing);
        agent.Touch(dialog);
        agent.Tell(new SipEvent.Answered(dialog.Handle, UserAgent.SdpOf(response)));
    }

    private static void Refused(UserAgent agent, Instant now, Dialog dialog, PlacedInvite placed, SipCause cause)
    {
        if (!placed.IsFirst) { Reinvite.Refused(agent, now, dialog, cause); return; }
        if (dialog.State != DialogState.Early) { return; }
        agent.Tell(new SipEvent.Refused(dialog.Handle, cause));
        agent.End(now, dialog);
    }

    private static SipCause? FaultOf(UserAgent agent, SipCommand.PlaceCall command)
    {
        if (agent.Dialogs.IsFull) { return new SipCause(503, "too many calls"); }
        if (!SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(command.RequestUri), out SipUri target) || !target.IsSip) { return new SipCause(416, "not a sip URI that can be called"); }
        bool isAddress = command.From.AsSpan().IndexOfAny('\r', '\n', '\0') < 0 && NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(command.From), out _);
        return isAddress ? null : new SipCause(400, "not an address to call from");
    }
}
