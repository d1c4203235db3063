using System.Text.Json;
using System.Text.Json.Serialization;
using Switchhook.Media;

namespace Switchhook.Server.Cli;

/// <summary>What <c>switchhook call --json</c> prints at the end: one line.</summary>
internal sealed record PhoneReport
{
    public required string Target { get; init; }
    public required bool Answered { get; init; }
    public double? AnsweredMs { get; init; }
    public double? FirstAudioMs { get; init; }
    public required string EndedBy { get; init; }
    public int? Status { get; init; }
    public string? Reason { get; init; }
    public required string KeysHeard { get; init; }
    public required long PacketsSent { get; init; }
    public required long PacketsReceived { get; init; }
    public required long PacketsLost { get; init; }
    public required long FramesConcealed { get; init; }
    public required double JitterMs { get; init; }
    public double? RoundTripMs { get; init; }
    public required double Mos { get; init; }

    public static PhoneReport Of(PhoneTarget target, PhoneCall call, PhoneEnding ending, TimeSpan? answered, TimeSpan? firstAudio)
    {
        MediaStats stats = call.Stats;
        return new PhoneReport
        {
            Target = target.Uri,
            Answered = answered is not null,
            AnsweredMs = answered is { } after ? Math.Round(after.TotalMilliseconds, 1) : null,
            FirstAudioMs = firstAudio?.TotalMilliseconds,
            EndedBy = Words.Of(ending.By),
            Status = ending.Status,
            Reason = ending.Reason,
            KeysHeard = call.KeysHeard,
            PacketsSent = stats.PacketsSent,
            PacketsReceived = stats.PacketsReceived,
            PacketsLost = stats.PacketsLost,
            FramesConcealed = stats.FramesConcealed,
            JitterMs = Math.Round(stats.JitterMs, 2),
            RoundTripMs = stats.RoundTripMs is { } trip ? Math.Round(trip, 2) : null,
            Mos = Math.Round(stats.Mos, 2),
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, PhoneJson.Default.PhoneReport);

    public string ToText() =>
        $"sent {PacketsSent} packets, received {PacketsReceived}, lost {PacketsLost}, concealed {FramesConcealed} frames, jitter {JitterMs:F1} ms, quality {Mos:F1} of 4.5";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PhoneReport))]
internal sealed partial class PhoneJson : JsonSerializerContext;
