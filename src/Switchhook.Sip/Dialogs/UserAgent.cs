using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// What the verbs share: the tables, the outbox, the identifiers, and the two ways to speak, a reply to a request and
/// a request of our own. Whatever was touched by an input is settled after it: deadlines moved, ended transactions
/// dropped, dialogs closed when nothing of them is left.
/// </summary>
internal sealed class UserAgent
{
    private readonly SipEndpointOptions _options;
    private readonly List<ISleeper> _touched = [];
    private readonly string _statelessTag;

    public UserAgent(SipEndpointOptions options, Random random)
    {
        _options = options;
        Random = random;
        Transactions = new TransactionTable(Deadlines);
        _statelessTag = NewTag();
    }

    public Random Random { get; }

    public Outbox Outbox { get; } = new();

    public Deadlines Deadlines { get; } = new();

    public TransactionTable Transactions { get; }

    public DialogTable Dialogs { get; } = new();

    public bool IsDraining { get; set; }

    public string NewTag() => Tokens.New("", Random);

    public string NewBranch() => Tokens.New("z9hG4bK", Random);

    public string Contact(SipFlow flow, ReadOnlySpan<byte> user, bool secure) => Addressing.Contact(_options.Listeners[flow.Listener], user, secure);

    // Replies

    /// <summary>Answers within the request's transaction. Returns what was sent, for whoever must resend it.</summary>
    public Outgoing Answer(Instant now, ServedRequest request, Reply reply)
    {
        if (reply.Status > 100 && reply.ToTag is null) { reply = reply with { ToTag = NewTag() }; }
        Outgoing response = Write(request.Message, request.Source, request.Transaction.Dialog?.Handle ?? default, reply);
        switch (request.Transaction)
        {
            case ServerInvite invite: invite.Respond(now, reply.Status, response); break;
            case ServerNonInvite other: other.Respond(now, reply.Status, response); break;
        }
        Touch(request.Transaction);
        return response;
    }

    /// <summary>Answers without a transaction (§8.2.7): a malformed request, or one too many. The tag is the same for every repetition.</summary>
    public void AnswerStateless(SipMessage request, SipFlow source, Reply reply) =>
        Outbox.Transmit(NextHop.OfResponse(request, source), Write(request, source, default, reply with { ToTag = _statelessTag }), repeated: false);

    private Outgoing Write(SipMessage request, SipFlow source, DialogHandle dialog, Reply reply) =>
        reply.Write(request, source.Peer, dialog, Addressing.Host(_options.Listeners[source.Listener]), _options.Product);

    // Requests

    /// <summary>A request inside a dialog, with the next CSeq (§12.2.1.1).</summary>
    public RequestDraft Draft(Dialog dialog, SipMethod method) =>
        new(method, RequestPath.Of(dialog.RemoteTarget, dialog.Routes), NewBranch(), dialog.LocalParty, dialog.RemoteParty, dialog.CallId, ++dialog.LocalSequence);

    public SipFlow FlowOf(Dialog dialog, RequestDraft draft) => NextHop.OfRequest(draft.Path.NextHop, dialog.Flow, _options.Listeners);

    public Outgoing Write(RequestDraft draft, SipFlow flow, DialogHandle dialog) =>
        draft.Write(flow.Transport, _options.Listeners[flow.Listener], dialog, _options.Product);

    /// <summary>Sends a request other than INVITE and ACK in a transaction of its own.</summary>
    public void Send(Instant now, Dialog dialog, RequestDraft draft, SipFlow flow)
    {
        var transaction = new ClientNonInvite(now, flow, Write(draft, flow, dialog.Handle), Outbox) { Key = TransactionKey.Ours(draft.Branch, draft.Method) };
        Transactions.AddClient(transaction);
        Adopt(dialog, transaction);
    }

    public ClientInvite SendInvite(Instant now, Dialog dialog, RequestDraft draft, SipFlow flow)
    {
        var transaction = new ClientInvite(now, flow, Write(draft, flow, dialog.Handle), Outbox) { Key = TransactionKey.Ours(draft.Branch, SipMethod.Invite) };
        Transactions.AddClient(transaction);
        Adopt(dialog, transaction);
        return transaction;
    }

    // History

    public void Tell(SipEvent sipEvent) => Outbox.Tell(sipEvent);

    public void TellReceived(Dialog? dialog, SipMessage message, bool repeated)
    {
        if (dialog is null) { return; }
        Tell(new SipEvent.Message(dialog.Handle, SipDirection.Received, Wire.Readable(message.StartLine), Wire.Text(message.Get(HeaderName.CSeq)), Causes.Detail(message), repeated));
    }

    public static ReadOnlyMemory<byte>? SdpOf(SipMessage message) => message.HasSdp ? message.BodyMemory : default(ReadOnlyMemory<byte>?);

    // Order

    /// <summary>The transaction belongs to the dialog from here on.</summary>
    public void Adopt(Dialog dialog, Transaction transaction)
    {
        transaction.Dialog = dialog;
        dialog.OpenTransactions++;
        Touch(transaction);
        Touch(dialog);
    }

    public void Touch(ISleeper sleeper) => _touched.Add(sleeper);

    /// <summary>The dialog is over; it is closed when its last transaction has ended.</summary>
    public void End(Instant now, Dialog dialog)
    {
        dialog.State = DialogState.Ended;
        dialog.Timers.StopAll();
        // A re-INVITE of ours that was only answered provisionally would wait for ever for an answer that nobody owes now.
        dialog.Placed?.Transaction.Cancelled(now);
        if (dialog.Placed is not null) { Touch(dialog.Placed.Transaction); }
        Touch(dialog);
    }

    public void Settle()
    {
        // An ended transaction touches its dialog, so the list may grow while it is walked.
        for (int index = 0; index < _touched.Count; index++)
        {
            switch (_touched[index])
            {
                case Transaction transaction: Settle(transaction); break;
                case Dialog dialog: Settle(dialog); break;
            }
        }
        _touched.Clear();
    }

    private void Settle(Transaction transaction)
    {
        if (!Transactions.Settle(transaction) || transaction.Dialog is not Dialog dialog) { return; }
        dialog.OpenTransactions--;
        Touch(dialog);
    }

    private void Settle(Dialog dialog)
    {
        Deadlines.Update(dialog);
        if (dialog.State != DialogState.Ended || dialog.OpenTransactions > 0 || dialog.IsClosed) { return; }
        dialog.IsClosed = true;
        Dialogs.Remove(dialog);
        Tell(new SipEvent.Closed(dialog.Handle));
    }
}
