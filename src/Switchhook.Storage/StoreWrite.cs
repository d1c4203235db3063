using Switchhook.Calls.Ports;

namespace Switchhook.Storage;

/// <summary>One thing to be written. A batch of them is one transaction, performed in order.</summary>
internal abstract record StoreWrite
{
    private StoreWrite() { }

    /// <summary>What counts of it against <see cref="Limits.StoreBytes"/>: only entries may be large.</summary>
    public virtual int Bytes => 0;

    /// <summary>The call as it is now, and the webhook that tells of it.</summary>
    public sealed record Save(CallRecord Call, OutboxMessage? Webhook) : StoreWrite;

    public sealed record Entry(CallId Call, TimelineEntry What) : StoreWrite
    {
        public override int Bytes => What.Bytes;
    }

    /// <summary>An entry of a call that has ended; its sequence is the next one.</summary>
    public sealed record LateEntry(CallId Call, TimelineEntry What) : StoreWrite
    {
        public override int Bytes => What.Bytes;
    }

    public sealed record Delivered(string Id) : StoreWrite;

    public sealed record Postponed(string Id, int Attempts, DateTimeOffset NextAttemptAt) : StoreWrite;

    /// <summary>Ends whatever is alive. <see cref="Count"/> is how many there were, once it is committed.</summary>
    public sealed record Abandoned(DateTimeOffset Now) : StoreWrite
    {
        public int Count { get; set; }
    }
}
