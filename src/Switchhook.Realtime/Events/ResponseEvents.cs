using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Responses;

namespace Switchhook.Realtime.Events;

/// <summary>Say something. The overrides are kept as JSON because absent and null mean different things; <c>SessionRules</c> reads them.</summary>
public sealed record ResponseCreate(JsonElement? Response = null) : ClientEvent("response.create");

/// <summary>Stop saying it: the response named, or whichever is active in the conversation.</summary>
public sealed record ResponseCancel(string? ResponseId = null) : ClientEvent("response.cancel");

public sealed record ResponseCreated(Response Response) : ServerEvent("response.created");

public sealed record ResponseDone(Response Response) : ServerEvent("response.done");

public sealed record ResponseOutputItemAdded(string ResponseId, int OutputIndex, Item Item) : ServerEvent("response.output_item.added");

public sealed record ResponseOutputItemDone(string ResponseId, int OutputIndex, Item Item) : ServerEvent("response.output_item.done");

public sealed record ResponseContentPartAdded(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, ResponsePart Part)
    : ServerEvent("response.content_part.added");

public sealed record ResponseContentPartDone(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, ResponsePart Part)
    : ServerEvent("response.content_part.done");

public sealed record ResponseOutputTextDelta(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, string Delta)
    : ServerEvent("response.output_text.delta");

public sealed record ResponseOutputTextDone(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, string Text)
    : ServerEvent("response.output_text.done");

/// <summary>Speech in an event. The busiest one there is: it is written by <see cref="AudioFrames"/>.</summary>
public sealed record ResponseOutputAudioDelta(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, ReadOnlyMemory<byte> Delta)
    : ServerEvent(EventType)
{
    public const string EventType = "response.output_audio.delta";
}

public sealed record ResponseOutputAudioDone(string ResponseId, string ItemId, int OutputIndex, int ContentIndex)
    : ServerEvent("response.output_audio.done");

public sealed record ResponseOutputAudioTranscriptDelta(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, string Delta)
    : ServerEvent("response.output_audio_transcript.delta");

public sealed record ResponseOutputAudioTranscriptDone(string ResponseId, string ItemId, int OutputIndex, int ContentIndex, string Transcript)
    : ServerEvent("response.output_audio_transcript.done");

public sealed record ResponseFunctionCallArgumentsDelta(string ResponseId, string ItemId, int OutputIndex, string CallId, string Delta)
    : ServerEvent("response.function_call_arguments.delta");

public sealed record ResponseFunctionCallArgumentsDone(string ResponseId, string ItemId, int OutputIndex, string CallId, string Name, string Arguments)
    : ServerEvent("response.function_call_arguments.done");

public sealed record RateLimitsUpdated(IReadOnlyList<RateLimit> RateLimits) : ServerEvent("rate_limits.updated");

/// <summary><paramref name="Name"/> is <c>requests</c> or <c>tokens</c>; strict clients know no other (§7.2).</summary>
public sealed record RateLimit(string Name, int Limit, int Remaining, double ResetSeconds);
