using System.Diagnostics.CodeAnalysis;

namespace Switchhook.Sip.Transactions;

/// <summary>
/// A message on its way out, with what a call's history wants to know of it, so that a retransmission is told
/// without parsing our own bytes again. <paramref name="Dialog"/> is default where no call is concerned.
/// </summary>
internal sealed record Outgoing(DialogHandle Dialog, ReadOnlyMemory<byte> Bytes, string StartLine, string CSeq, string? Detail);

/// <summary>What the endpoint asks of the world. Drained by whoever drove it, before the next input.</summary>
internal sealed class Outbox
{
    private readonly Queue<SipOutput> _outputs = new();

    public void Transmit(SipFlow flow, Outgoing message, bool repeated)
    {
        _outputs.Enqueue(new SipOutput.Transmit(flow, message.Bytes));
        if (message.Dialog != default)
        {
            Tell(new SipEvent.Message(message.Dialog, SipDirection.Sent, message.StartLine, message.CSeq, message.Detail, repeated));
        }
    }

    public void Tell(SipEvent sipEvent) => _outputs.Enqueue(new SipOutput.Tell(sipEvent));

    public bool TryTake([NotNullWhen(true)] out SipOutput? output) => _outputs.TryDequeue(out output);
}
