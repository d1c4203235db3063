using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// INVITE of a caller (RFC 3261 §13.3): 100 at once, whatever the planes above are doing (S5, O4), then what they
/// decide. One that nobody decides about is refused after <see cref="Limits.SipRinging"/>.
/// </summary>
internal static class Invite
{
    private const string Undecided = "nobody answered or refused this call in time";

    /// <summary>A new call. The caller of this method has found nothing wrong with the request itself.</summary>
    public static void Receive(UserAgent agent, Instant now, ServedRequest request)
    {
        SipMessage message = request.Message;
        if (!message.Contact.Uri.IsSip)
        {
            agent.Answer(now, request, Reply.Refusal(400, "INVITE must carry a Contact with a sip or sips URI"));
            agent.Tell(new SipEvent.Rejected(request.Source, SipError.Contact, Wire.Readable(message.StartLine)));
            return;
        }
        Dialog dialog = Create(agent, request);
        agent.Dialogs.Add(dialog);
        agent.Adopt(dialog, request.Transaction);
        dialog.Timers.Set(Wake.Ringing, now + Limits.SipRinging);
        agent.Tell(new SipEvent.IncomingCall(dialog.Handle, request.Source, Wire.Readable(message.RequestUri),
            Wire.Readable(message.CallId), message.Headers(), UserAgent.SdpOf(message)));
        agent.TellReceived(dialog, message, repeated: false);
        agent.Answer(now, request, Reply.Trying);
    }

    public static void Ring(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog is not { State: DialogState.Early, Served: ServedInvite served }) { return; }
        agent.Answer(now, served.Request, new Reply(180) { ToTag = dialog.LocalTag, Contact = dialog.Contact });
    }

    /// <summary>Gives the INVITE being served, the first or a re-INVITE, a final 3xx to 6xx. A first one ends with it.</summary>
    public static void Refuse(UserAgent agent, Instant now, Dialog dialog, SipCause cause)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cause.Status, 300);
        if (dialog.Served is not { IsUnanswered: true } served) { return; }
        dialog.Timers.Stop(Wake.Ringing);
        agent.Answer(now, served.Request, Reply.Refusal(cause) with { ToTag = dialog.LocalTag });
        if (served.IsFirst) { agent.End(now, dialog); }
        agent.Touch(dialog);
    }

    /// <summary>Nobody decided.</summary>
    public static void Timeout(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.Served is not { IsUnanswered: true } served) { return; }
        if (served.IsFirst) { agent.Tell(new SipEvent.Cancelled(dialog.Handle, Undecided)); }
        Refuse(agent, now, dialog, new SipCause(served.IsFirst ? 480 : 500, Undecided));
    }

    /// <summary>The way back to the caller is lost while its call has no answer. A call that was refused has ended already.</summary>
    public static void Abandon(UserAgent agent, Instant now, Dialog dialog)
    {
        if (dialog.State != DialogState.Early) { return; }
        agent.Tell(new SipEvent.Cancelled(dialog.Handle, "the way back to the caller is lost"));
        agent.End(now, dialog);
    }

    private static Dialog Create(UserAgent agent, ServedRequest request)
    {
        SipMessage message = request.Message;
        string localTag = agent.NewTag();
        _ = SipUri.TryParse(message.RequestUri, out SipUri uri);
        return new Dialog
        {
            Handle = agent.Dialogs.NewHandle(),
            IsCaller = false,
            CallId = message.CallId.ToArray(),
            LocalTag = localTag,
            LocalParty = [.. message.Get(HeaderName.To), .. ";tag="u8, .. Wire.Bytes(localTag)],
            RemoteParty = message.Get(HeaderName.From).ToArray(),
            RemoteTag = Wire.Text(message.From.Tag),
            RemoteTarget = RequestPath.WithoutHeaders(message.Contact.Uri),
            RemoteSequence = message.CSeq.Number,
            Routes = Dialog.RoutesOf(message),
            Contact = agent.Contact(request.Source, uri.User, uri.IsSips),
            Flow = request.Source,
            Served = new ServedInvite(request, isFirst: true),
        };
    }
}
