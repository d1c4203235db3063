using Switchhook.Sip.Dialogs;

namespace Switchhook.Sip.Transactions;

/// <summary>
/// One request and all its answers (RFC 3261 §17). What a machine sends goes to the outbox; whether the user of
/// the transaction must hear of an input is what the input's method returns.
/// </summary>
internal abstract class Transaction(SipFlow flow, Outbox outbox) : ISleeper
{
    private protected TimerTable Timers;

    public TransactionKey Key { get; init; }

    /// <summary>The call this transaction belongs to, if any; a dialog is not closed before its last transaction.</summary>
    public Dialog? Dialog { get; set; }

    /// <summary>Under which the table finds merged requests; null when the request was one of a dialog.</summary>
    public string? MergeKey { get; set; }

    public SipFlow Flow { get; protected set; } = flow;

    public Instant NextTimeout => Timers.Next;

    public int HeapIndex { get; set; } = -1;

    public abstract bool HasEnded { get; }

    /// <summary>For the operator.</summary>
    public abstract string StateName { get; }

    /// <summary>Returns true when the user must hear that the other side did not answer (timers B, F, H).</summary>
    public abstract bool Timeout(Instant now);

    /// <summary>The transport gave up on <see cref="Flow"/>. Returns true when the user must hear of it.</summary>
    public abstract bool TransportFailed();

    protected void Transmit(Outgoing message, bool repeated) => outbox.Transmit(Flow, message, repeated);
}
