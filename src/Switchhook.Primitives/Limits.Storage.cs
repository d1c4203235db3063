namespace Switchhook;

public static partial class Limits
{
    /// <summary>One attempt to deliver a webhook.</summary>
    public static readonly TimeSpan WebhookAttempt = TimeSpan.FromSeconds(15);

    /// <summary>How long an attempt that was not answered yet holds back the next one while it rings.</summary>
    public static readonly TimeSpan WebhookPatience = TimeSpan.FromSeconds(2);

    /// <summary>Durable webhooks are tried for so long (realtime-api §2.5).</summary>
    public static readonly TimeSpan WebhookLife = TimeSpan.FromHours(72);

    /// <summary>How far ahead the durable lane looks at most: a clock that was set is noticed after so long.</summary>
    public static readonly TimeSpan WebhookLook = TimeSpan.FromSeconds(60);

    /// <summary>Attempts of ringing calls under way at once, of one project at most half; one too many fails at once and its schedule goes on.</summary>
    public const int WebhooksInFlight = 256;

    /// <summary>The same for durable webhooks, counted apart: what is late anyway must not keep a ringing phone waiting.</summary>
    public const int DurableWebhooksInFlight = 64;

    /// <summary>Rows waiting for the disk. Full at birth: the INVITE is answered 503; later: the gap is counted.</summary>
    public const int StoreRows = 4_096;

    /// <summary>The bytes of the timeline entries among them. Full: the gap is counted.</summary>
    public const long StoreBytes = 64L << 20;

    /// <summary>Entries of one timeline that are put into words; nobody reads more.</summary>
    public const int ExplainedEntries = 20_000;

    /// <summary>Questions to the store answered at once; more wait. A page of calls takes well under a millisecond.</summary>
    public const int StoreReaders = 4;
}
