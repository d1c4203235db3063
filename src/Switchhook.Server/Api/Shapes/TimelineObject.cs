using System.ComponentModel;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Api.Shapes;

/// <summary>One thing that happened to a call.</summary>
internal sealed record TimelineObject
{
    [Description("Counts from 1, without gaps.")]
    public required long Sequence { get; init; }
    public required DateTime At { get; init; }
    [Description("Where it happened.")]
    public required Plane Plane { get; init; }
    [Description("Stable and dotted, such as sip.received; of a session event its own type.")]
    public required string Kind { get; init; }
    [Description("For people.")]
    public required string Text { get; init; }
    [Description("Of a session event the event itself, otherwise facts of this kind or null.")]
    public required RawJson Data { get; init; }
}

/// <summary>A page of a call's history, oldest first.</summary>
internal sealed record TimelinePage
{
    public string Object { get; init; } = "list";
    public required IReadOnlyList<TimelineObject> Data { get; init; }
    public required bool HasMore { get; init; }
}
