#pragma warning disable CA1822 // replaced with the real thing
using Switchhook.Calls.Timeline;

namespace Switchhook.Calls;

/// <summary>One call: mailbox and loop.</summary>
public sealed class Call
{
    public CallId Id => default;

    public string Project => "";

    /// <summary>What is known of the call now; a snapshot.</summary>
    public CallRecord Record => throw new NotSupportedException();

    public CallTimeline Timeline => throw new NotSupportedException();

    /// <summary>The call's place for attached sockets.</summary>
    public Sidebands Sidebands => throw new NotSupportedException();

    /// <summary>Waits for a place in the mailbox up to <see cref="Limits.CallMailboxWait"/>, then for the answer. A late message is an ordinary answer: <see cref="Verdict.Gone"/>.</summary>
    public Task<CallAnswer> AskAsync(CallMessage message, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>False when the mailbox is full or the call has ended.</summary>
    public bool TryTell(CallMessage message) => throw new NotSupportedException();
}
