using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>The ACK of one 2xx, sent again whenever that 2xx comes again.</summary>
internal sealed record SentAck(string RemoteTag, SipFlow Flow, Outgoing Message);

/// <summary>An INVITE of ours, the first one or a re-INVITE.</summary>
internal sealed class PlacedInvite
{
    public PlacedInvite(RequestDraft draft, ClientInvite transaction, bool isFirst)
    {
        Draft = draft;
        Transaction = transaction;
        IsFirst = isFirst;
        transaction.Placed = this;
    }

    public RequestDraft Draft { get; }

    public ClientInvite Transaction { get; }

    public bool IsFirst { get; }

    /// <summary>Cancelled by the user; the CANCEL itself waits for a provisional answer (RFC 3261 §9.1).</summary>
    public bool CancelWanted { get; set; }

    public bool CancelSent { get; set; }

    public int LastProvisional { get; set; }

    /// <summary>One for each phone that answered 2xx: the first is the call, the others were forks (§13.2.2.4).</summary>
    public List<SentAck> Acks { get; } = [];
}
