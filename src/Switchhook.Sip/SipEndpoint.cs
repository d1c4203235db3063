using System.Diagnostics.CodeAnalysis;
using Switchhook.Sip.Dialogs;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip;

/// <summary>What an endpoint must know of the outside: one entry per listener, addressed by <see cref="SipFlow.Listener"/>.</summary>
public sealed record SipListenerAddress(SipTransport Transport, PeerAddress Local, string AdvertisedHost, ushort AdvertisedPort);

public sealed record SipEndpointOptions
{
    public required IReadOnlyList<SipListenerAddress> Listeners { get; init; }

    /// <summary>Value of the Server and User-Agent headers.</summary>
    public string Product { get; init; } = "Switchhook";
}

/// <summary>
/// The front door of SIP: all transactions and dialogs of one process. Synchronous and silent. After one input,
/// drain <see cref="TryTake"/>, then read <see cref="NextTimeout"/>; only then the next input.
/// </summary>
/// <remarks>
/// An input finds its transaction here, and a new request its verb in <see cref="Dialogs"/>; everything else is theirs.
/// </remarks>
public sealed class SipEndpoint
{
    private readonly UserAgent _agent;

    public SipEndpoint(SipEndpointOptions options, Random random) => _agent = new UserAgent(options, random);

    public Instant NextTimeout => _agent.Deadlines.Next;

    /// <summary>Dialogs that are not closed yet; a leak test wants zero.</summary>
    public int DialogCount => _agent.Dialogs.Count;

    /// <summary>Transactions that are not terminated yet; a leak test wants zero.</summary>
    public int TransactionCount => _agent.Transactions.Count;

    /// <summary>A handle for <see cref="SipCommand.PlaceCall"/>.</summary>
    public DialogHandle NewDialog() => _agent.Dialogs.NewHandle();

    public bool TryTake([NotNullWhen(true)] out SipOutput? output) => _agent.Outbox.TryTake(out output);

    /// <summary>One whole message: a datagram, or what a stream's framer cut out. The bytes are the caller's again on return.</summary>
    public void Receive(Instant now, SipFlow flow, ReadOnlySpan<byte> message)
    {
        if (!SipMessage.TryParse(message, flow.IsReliable, out SipMessage? parsed, out SipError error)) { ReceiveMalformed(flow, message, parsed, error); }
        else if (parsed!.IsRequest) { ReceiveRequest(now, flow, parsed); }
        else { ReceiveResponse(now, parsed); }
        _agent.Settle();
    }

    public void Do(Instant now, SipCommand command)
    {
        switch (command)
        {
            case SipCommand.PlaceCall place: PlaceCall.Do(_agent, now, place); break;
            case SipCommand.Drain drain: _agent.IsDraining = drain.Draining; break;
            case SipCommand.Ring ring: With(ring.Dialog, dialog => Invite.Ring(_agent, now, dialog)); break;
            case SipCommand.Answer answer: With(answer.Dialog, dialog => AnswerInvite(now, dialog, answer.Sdp, isFirst: true)); break;
            case SipCommand.AnswerReinvite answer: With(answer.Dialog, dialog => AnswerInvite(now, dialog, answer.Sdp, isFirst: false)); break;
            case SipCommand.Refuse refuse: With(refuse.Dialog, dialog => RefuseInvite(now, dialog, refuse.Cause, isFirst: true)); break;
            case SipCommand.RefuseReinvite refuse: With(refuse.Dialog, dialog => RefuseInvite(now, dialog, refuse.Cause, isFirst: false)); break;
            case SipCommand.HangUp hangUp: With(hangUp.Dialog, dialog => Bye.HangUp(_agent, now, dialog, hangUp.Cause)); break;
            case SipCommand.Reinvite offer: With(offer.Dialog, dialog => Reinvite.Send(_agent, now, dialog, offer.Sdp)); break;
            case SipCommand.Refer refer: With(refer.Dialog, dialog => Refer.Send(_agent, now, dialog, refer.ReferTo)); break;
            case SipCommand.CancelCall cancel: With(cancel.Dialog, dialog => CancelCall(now, dialog)); break;
        }
        _agent.Settle();
    }

    /// <summary>The transport could not deliver on this flow (RFC 3261 §8.1.3.1, §17.1.4): its transactions fail at once.</summary>
    public void TransportFailed(Instant now, SipFlow flow)
    {
        foreach (Transaction transaction in _agent.Transactions.On(flow))
        {
            if (transaction.TransportFailed()) { Failed(now, transaction, new SipCause(503, "the transport could not deliver")); }
            _agent.Touch(transaction);
        }
        if (flow.Connection != 0)
        {
            // What these dialogs still have to say goes to their next hop, on a connection to be opened.
            foreach (Dialog dialog in _agent.Dialogs.All.Where(dialog => dialog.Flow == flow)) { dialog.Flow = flow with { Connection = 0 }; }
        }
        _agent.Settle();
    }

    public void Timeout(Instant now)
    {
        while (_agent.Deadlines.TryTakeDue(now, out ISleeper? sleeper))
        {
            switch (sleeper)
            {
                case Transaction transaction when transaction.Timeout(now): Failed(now, transaction, new SipCause(408, "no answer within 32 s")); break;
                case Dialog dialog: Timeout(now, dialog); break;
            }
            _agent.Touch(sleeper!);
            _agent.Settle();
        }
    }

    /// <summary>Every table of the endpoint, as text, for the operator.</summary>
    public void Describe(TextWriter writer)
    {
        writer.WriteLine($"dialogs {DialogCount} of {Limits.SipDialogs}, transactions {TransactionCount} of {Limits.SipTransactions}{(_agent.IsDraining ? ", draining" : "")}");
        foreach (Dialog dialog in _agent.Dialogs.All)
        {
            writer.WriteLine($"dialog {dialog.Handle.Value} {dialog.State} {(dialog.IsCaller ? "to" : "from")} {dialog.Flow.Transport} {dialog.Flow.Peer} call-id {Wire.Readable(dialog.CallId)} transactions {dialog.OpenTransactions}");
        }
        foreach (Transaction transaction in _agent.Transactions.All)
        {
            writer.WriteLine($"{transaction.GetType().Name} {transaction.StateName} {transaction.Key.Method} {transaction.Flow.Transport} {transaction.Flow.Peer} dialog {transaction.Dialog?.Handle.Value}");
        }
    }

    private void ReceiveMalformed(SipFlow flow, ReadOnlySpan<byte> bytes, SipMessage? message, SipError error)
    {
        // A keep-alive (RFC 5626 §4.4, or a zero byte of older phones) is not worth an event.
        if (error == SipError.NotSip && bytes.Trim("\r\n\0"u8).IsEmpty) { return; }
        Reject(flow, message, error);
        if (message is not { IsRequest: true } || message.Method == SipMethod.Ack || SipErrors.StatusFor(error) == 0) { return; }
        if (message.TopVia.Host.Length > 0) { _agent.AnswerStateless(message, flow, Reply.Refusal(error)); }
    }

    private void ReceiveRequest(Instant now, SipFlow flow, SipMessage message)
    {
        TransactionKey key = TransactionKey.OfRequest(message);
        if (_agent.Transactions.FindServer(key) is Transaction known) { ReceiveAgain(now, known, message); return; }
        if (message.Method == SipMethod.Ack) { Ack.Receive(_agent, now, flow, message); return; }

        bool isInDialog = message.To.Tag.Length > 0;
        Dialog? dialog = isInDialog ? _agent.Dialogs.Find(message) : null;
        bool isOfOurs = dialog is not null || (message.Method == SipMethod.Cancel && _agent.Transactions.FindServer(key.OfCancelled) is not null);
        if (!_agent.Transactions.HasRoom(isOfOurs))
        {
            Reject(flow, message, SipError.Overloaded);
            _agent.AnswerStateless(message, flow, Refusals.TooMany);
            return;
        }
        bool isMerged = !isInDialog && message.Method != SipMethod.Cancel && _agent.Transactions.IsMerged(message);
        SipFlow back = NextHop.OfResponse(message, flow);
        Transaction transaction = message.Method == SipMethod.Invite
            ? new ServerInvite(back, NextHop.Reopened(message, flow), _agent.Outbox) { Key = key }
            : new ServerNonInvite(back, _agent.Outbox) { Key = key };
        _agent.Transactions.AddServer(transaction, message);
        _agent.Touch(transaction);
        var request = new ServedRequest(message, flow, transaction);

        SipError error = RequestCheck.Of(message, Capabilities.All);
        if (error == SipError.None && isMerged) { error = SipError.Merged; }
        if (error != SipError.None) { Refuse(now, request, dialog, error); }
        else if (message.Method == SipMethod.Cancel) { Cancel.Receive(_agent, now, request); }
        else if (dialog is not null) { ReceiveInDialog(now, dialog, request); }
        else if (isInDialog || message.Method is SipMethod.Bye or SipMethod.Notify) { Refuse(now, request, null, SipError.NoDialog); }
        else if (message.Method == SipMethod.Options) { Options.Receive(_agent, now, null, request); }
        else { ReceiveCall(now, request); }
    }

    private void ReceiveCall(Instant now, ServedRequest request)
    {
        if (!_agent.IsDraining && !_agent.Dialogs.IsFull) { Invite.Receive(_agent, now, request); return; }
        Reject(request.Source, request.Message, SipError.Overloaded);
        _agent.Answer(now, request, _agent.IsDraining ? Refusals.Draining : Refusals.TooMany);
    }

    /// <summary>§12.2.2: a request inside a dialog, in order or 500. After its end there is no order to keep: a NOTIFY may be overtaken by the BYE.</summary>
    private void ReceiveInDialog(Instant now, Dialog dialog, ServedRequest request)
    {
        _agent.Adopt(dialog, request.Transaction);
        _agent.TellReceived(dialog, request.Message, repeated: false);
        if (!dialog.TryAdvance(request.Message.CSeq.Number) && dialog.State != DialogState.Ended)
        {
            _agent.Answer(now, request, Reply.Refusal(500, "the CSeq is lower than that of an earlier request") with { ToTag = dialog.LocalTag });
            return;
        }
        dialog.Flow = request.Source;
        switch (request.Message.Method)
        {
            case SipMethod.Bye: Bye.Receive(_agent, now, dialog, request); break;
            case SipMethod.Options: Options.Receive(_agent, now, dialog, request); break;
            case SipMethod.Notify: Refer.Notified(_agent, now, dialog, request); break;
            default: Reinvite.Receive(_agent, now, dialog, request); break;
        }
    }

    /// <summary>A message for a request that is being served already: the request again, or the ACK of a refusal.</summary>
    private void ReceiveAgain(Instant now, Transaction transaction, SipMessage message)
    {
        bool isAck = message.Method == SipMethod.Ack;
        // A 2xx of RFC 2543 times is acknowledged with the INVITE's own Via; that ACK is the dialog's as well.
        if (isAck && transaction is ServerInvite { State: ServerInviteState.Accepted }) { Ack.Receive(_agent, now, transaction.Flow, message); return; }
        _agent.TellReceived(transaction.Dialog, message, repeated: !isAck || transaction is ServerInvite { State: not ServerInviteState.Completed });
        switch (transaction)
        {
            case ServerInvite invite when isAck: invite.ReceiveAck(now); break;
            case ServerInvite invite: invite.Receive(); break;
            case ServerNonInvite other: other.Receive(); break;
        }
        _agent.Touch(transaction);
    }

    /// <summary>A response is matched or dropped; it is never answered.</summary>
    private void ReceiveResponse(Instant now, SipMessage message)
    {
        Transaction? transaction = _agent.Transactions.FindClient(TransactionKey.OfResponse(message));
        if (transaction?.Dialog is not Dialog dialog) { return; }
        _agent.Touch(transaction);
        switch (transaction)
        {
            case ClientInvite { Placed: PlacedInvite placed } invite:
                bool isNews = invite.Receive(now, message.Status, AckOfRefusal(dialog, placed, message));
                PlaceCall.Receive(_agent, now, dialog, placed, message, isNews);
                break;

            case ClientNonInvite other:
                bool isFirst = other.Receive(now, message.Status);
                _agent.TellReceived(dialog, message, repeated: !isFirst);
                if (isFirst && other.Key.Method == SipMethod.Refer) { Refer.Answered(_agent, dialog, message); }
                break;
        }
    }

    private Outgoing? AckOfRefusal(Dialog dialog, PlacedInvite placed, SipMessage response) =>
        response.Status >= 300 && placed.Transaction.IsPending
            ? _agent.Write(placed.Draft.AckOfRefusal(response), placed.Transaction.Flow, dialog.Handle)
            : null;

    /// <summary>The user of this transaction must know that it failed. BYE and CANCEL have no more to say then.</summary>
    private void Failed(Instant now, Transaction transaction, SipCause cause)
    {
        switch (transaction)
        {
            case ClientInvite { Dialog: Dialog dialog, Placed: PlacedInvite placed }:
                PlaceCall.Failed(_agent, now, dialog, placed, cause);
                break;

            case ClientNonInvite { Dialog: Dialog dialog, Key.Method: SipMethod.Refer }:
                Refer.Failed(_agent, dialog, cause);
                break;

            case ServerInvite { Dialog: Dialog dialog } when dialog.Served?.Transaction == transaction:
                Invite.Abandon(_agent, now, dialog);
                break;
        }
    }

    private void Timeout(Instant now, Dialog dialog)
    {
        while (dialog.Timers.TryTakeExpired(now, out Wake timer))
        {
            switch (timer)
            {
                case Wake.Retransmit: Answer.Resend(_agent, now, dialog); break;
                case Wake.GiveUp: Answer.NotAcknowledged(_agent, now, dialog); break;
                case Wake.Ringing when dialog.Placed is { Transaction.IsPending: true }: Cancel.Send(_agent, now, dialog); break;
                case Wake.Ringing: Invite.Timeout(_agent, now, dialog); break;
            }
        }
    }

    private void Refuse(Instant now, ServedRequest request, Dialog? dialog, SipError error)
    {
        if (dialog is not null)
        {
            _agent.Adopt(dialog, request.Transaction);
            _agent.TellReceived(dialog, request.Message, repeated: false);
        }
        else { Reject(request.Source, request.Message, error); }
        _agent.Answer(now, request, Reply.Refusal(error) with { ToTag = dialog?.LocalTag });
    }

    private void Reject(SipFlow flow, SipMessage? message, SipError error) =>
        _agent.Tell(new SipEvent.Rejected(flow, error, message is null ? "" : Wire.Readable(message.StartLine)));

    private void AnswerInvite(Instant now, Dialog dialog, ReadOnlyMemory<byte> sdp, bool isFirst)
    {
        if (dialog.Served?.IsFirst == isFirst) { Answer.Send(_agent, now, dialog, sdp); }
    }

    private void RefuseInvite(Instant now, Dialog dialog, SipCause cause, bool isFirst)
    {
        if (dialog.Served?.IsFirst == isFirst) { Invite.Refuse(_agent, now, dialog, cause); }
    }

    private void CancelCall(Instant now, Dialog dialog)
    {
        if (dialog.State == DialogState.Early) { Cancel.Send(_agent, now, dialog); }
    }

    private void With(DialogHandle handle, Action<Dialog> act)
    {
        if (_agent.Dialogs.Find(handle) is Dialog dialog) { act(dialog); }
    }
}
