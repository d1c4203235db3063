using Switchhook.Media;
using Switchhook.Realtime.Events;

namespace Switchhook.Calls.Ports;

/// <summary>What remains of a call, and what is known of a living one.</summary>
public sealed record CallRecord
{
    public required CallId Id { get; init; }
    public required string Project { get; init; }
    public required CallState State { get; init; }

    /// <summary>The SIP Call-ID header.</summary>
    public required string SipCallId { get; init; }
    /// <summary>The values of From and To as they came.</summary>
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>Transport and address the INVITE came from, such as <c>udp 127.0.0.1:5080</c>.</summary>
    public required string Peer { get; init; }
    public string? Model { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? AcceptedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public EndReason? Ended { get; init; }

    /// <summary>How long it rang and was talked, as clients and webhooks are told; of a living call as if it had not lasted.</summary>
    public CallTiming Timing
    {
        get
        {
            DateTimeOffset ended = EndedAt ?? CreatedAt;
            return new CallTiming(
                CreatedAt.ToUnixTimeSeconds(),
                (long)((AnsweredAt ?? ended) - CreatedAt).TotalMilliseconds,
                AnsweredAt?.ToUnixTimeSeconds(),
                (long)(ended - (AnsweredAt ?? ended)).TotalMilliseconds);
        }
    }

    /// <summary>Path of the stereo recording, when there is one.</summary>
    public string? Recording { get; init; }
    public MediaStats? Media { get; init; }
    /// <summary>Timeline entries that the store could not take.</summary>
    public long TimelineGap { get; init; }
}
