using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// ACK of a 2xx: a request of its own that belongs to no transaction and is never answered (RFC 3261 §13.2.2.4, §17.1.1).
/// </summary>
internal static class Ack
{
    /// <summary>An ACK that no transaction took. One that acknowledges nothing is absorbed silently.</summary>
    public static void Receive(UserAgent agent, Instant now, SipFlow source, SipMessage message)
    {
        if (agent.Dialogs.Find(message) is not Dialog dialog) { return; }
        if (dialog.Served is not { Accepted: not null } served || served.Sequence != message.CSeq.Number) { return; }
        bool repeated = served.IsAcknowledged || dialog.State == DialogState.Ended;
        agent.TellReceived(dialog, message, repeated);
        if (repeated) { return; }
        served.IsAcknowledged = true;
        dialog.Flow = source;
        dialog.Timers.Stop(Wake.Retransmit);
        dialog.Timers.Stop(Wake.GiveUp);
        dialog.State = DialogState.Confirmed;
        agent.Tell(new SipEvent.Established(dialog.Handle, UserAgent.SdpOf(message)));
        if (dialog.HangUpWaits) { Bye.Send(agent, now, dialog, dialog.HangUpCause); }
        agent.Touch(dialog);
    }

    /// <summary>
    /// Our ACK of a 2xx, along the route set that this 2xx brought (L11). It is kept, because it answers every
    /// repetition of the 2xx as well.
    /// </summary>
    public static SentAck Send(UserAgent agent, Dialog dialog, PlacedInvite placed, SipMessage response)
    {
        RequestPath path = PathOf(dialog, response);
        var draft = new RequestDraft(SipMethod.Ack, path, agent.NewBranch(), dialog.LocalParty, response.Get(HeaderName.To).ToArray(), dialog.CallId, placed.Draft.Sequence);
        SipFlow flow = agent.FlowOf(dialog, draft);
        var ack = new SentAck(Wire.Text(response.To.Tag), flow, agent.Write(draft, flow, dialog.Handle));
        placed.Acks.Add(ack);
        agent.Outbox.Transmit(flow, ack.Message, repeated: false);
        return ack;
    }

    /// <summary>Target and routes as a 2xx to a first INVITE sets them: Record-Route in reverse (§12.1.2). Inside a dialog routes stay.</summary>
    public static RequestPath PathOf(Dialog dialog, SipMessage response)
    {
        NameAddress contact = response.Contact;
        byte[] target = contact.Uri.IsSip ? RequestPath.WithoutHeaders(contact.Uri) : dialog.RemoteTarget;
        if (dialog.State != DialogState.Early && dialog.RemoteTag == Wire.Text(response.To.Tag)) { return RequestPath.Of(target, dialog.Routes); }
        List<byte[]> routes = Dialog.RoutesOf(response);
        routes.Reverse();
        return RequestPath.Of(target, routes);
    }
}
