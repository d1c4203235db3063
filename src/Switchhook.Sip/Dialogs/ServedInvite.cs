using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>A request on its way to an answer: where it came from and the transaction that carries the answer.</summary>
internal sealed record ServedRequest(SipMessage Message, SipFlow Source, Transaction Transaction);

/// <summary>An INVITE of the peer, the first one or a re-INVITE, until the ACK of its 2xx.</summary>
internal sealed class ServedInvite(ServedRequest request, bool isFirst)
{
    public ServedRequest Request { get; } = request;

    public bool IsFirst { get; } = isFirst;

    public uint Sequence { get; } = request.Message.CSeq.Number;

    public ServerInvite Transaction => (ServerInvite)Request.Transaction;

    /// <summary>The 2xx that is resent until its ACK (RFC 3261 §13.3.1.4).</summary>
    public Outgoing? Accepted { get; set; }

    public TimeSpan ResendAfter { get; set; } = SipTimers.T1;

    public bool IsAcknowledged { get; set; }

    public bool IsUnanswered => Transaction.State == ServerInviteState.Proceeding;

    /// <summary>No other INVITE may begin: this one has no answer, or its 2xx no ACK.</summary>
    public bool IsOpen => IsUnanswered || (Accepted is not null && !IsAcknowledged);
}
