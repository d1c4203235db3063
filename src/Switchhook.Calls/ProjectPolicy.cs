namespace Switchhook.Calls;

/// <summary>What a project asks of its calls. Immutable; the server makes it from the configuration.</summary>
public sealed record ProjectPolicy
{
    /// <summary><c>proj_…</c>, the user part of the URI that is called.</summary>
    public required string Id { get; init; }

    /// <summary>How long the app may take to decide.</summary>
    public TimeSpan Decision { get; init; } = Limits.Decision;

    /// <summary>The final SIP status when it did not: 300–699. 503 lets a carrier try its next route, 486 would be final (L5).</summary>
    public int UndecidedStatus { get; init; } = 503;

    /// <summary>Whether calls are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>Whether <c>switchhook.call.ended</c> is sent to the webhook too, on the durable lane.</summary>
    public bool AnnounceEnd { get; init; }
}
