using System.ComponentModel;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Api.Shapes;

/// <summary>A call, living or ended.</summary>
internal sealed record CallObject
{
    [Description("rtc_…, unique and URL-safe.")]
    public required string Id { get; init; }
    public string Object { get; init; } = "realtime.call";
    public required string Project { get; init; }
    public required CallState State { get; init; }
    [Description("What accept named; null before.")]
    public required string? Model { get; init; }
    [Description("The SIP From header, as it came.")]
    public required string From { get; init; }
    [Description("The SIP To header, as it came.")]
    public required string To { get; init; }
    [Description("The SIP Call-ID header.")]
    public required string SipCallId { get; init; }
    [Description("Transport and address the INVITE came from.")]
    public required string Peer { get; init; }
    [Description("Unix seconds, as all times of this object.")]
    public required long CreatedAt { get; init; }
    public required long? AcceptedAt { get; init; }
    public required long? AnsweredAt { get; init; }
    public required long? EndedAt { get; init; }
    public required CallEnding? Ended { get; init; }
    [Description("Path of the stereo recording, caller left and model right; null when there is none.")]
    public required string? Recording { get; init; }
    [Description("What the phone's leg carried; known when the call has ended.")]
    public required CallMedia? Media { get; init; }
    [Description("Entries of the history that the store could not take.")]
    public required long TimelineGap { get; init; }
}

/// <summary>Who ended a call and why.</summary>
internal sealed record CallEnding
{
    public required EndedBy By { get; init; }
    public required EndedBecause Because { get; init; }
    [Description("The SIP status that ended it, when one did.")]
    public required int? SipStatus { get; init; }
    [Description("The same as a sentence.")]
    public required string Text { get; init; }
}

/// <summary>The counters of a call's audio.</summary>
internal sealed record CallMedia
{
    public required long PacketsSent { get; init; }
    public required long PacketsReceived { get; init; }
    [Description("Expected minus received (RFC 3550 A.3).")]
    public required long PacketsLost { get; init; }
    [Description("Came after their turn to be played.")]
    public required long PacketsLate { get; init; }
    [Description("Malformed, foreign, duplicate, or no room.")]
    public required long PacketsDropped { get; init; }
    [Description("20 ms frames made up because none was there to play.")]
    public required long FramesConcealed { get; init; }
    public required double JitterMs { get; init; }
    [Description("What the jitter buffer adds.")]
    public required int DelayMs { get; init; }
    public required double? RoundTripMs { get; init; }
    [Description("Packets of ours that the peer reports as lost.")]
    public required long? RemoteLost { get; init; }
    [Description("Estimated listening quality, 1 to 4.5 (ITU-T G.107, simplified).")]
    public required double Mos { get; init; }
}

/// <summary>A page of calls, newest first.</summary>
internal sealed record CallPage
{
    public string Object { get; init; } = "list";
    public required IReadOnlyList<CallObject> Data { get; init; }
    public required string? FirstId { get; init; }
    [Description("Give it as `before` to read on.")]
    public required string? LastId { get; init; }
    public required bool HasMore { get; init; }
}

/// <summary>A call in words.</summary>
internal sealed record ExplanationObject
{
    public string Object { get; init; } = "realtime.call.explanation";
    public required string CallId { get; init; }
    [Description("As `switchhook explain` prints it.")]
    public required string Text { get; init; }
}
