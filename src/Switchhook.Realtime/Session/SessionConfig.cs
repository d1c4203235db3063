namespace Switchhook.Realtime.Session;

/// <summary>The effective session object (realtime-api §4), immutable: a patch makes a new one. Made and changed only by <c>SessionRules</c>.</summary>
public sealed record SessionConfig
{
    public required string Model { get; init; }
}
