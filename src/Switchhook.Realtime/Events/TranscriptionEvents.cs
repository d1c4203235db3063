using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

public sealed record InputAudioTranscriptionDelta(string ItemId, int ContentIndex, string Delta, IReadOnlyList<LogProbability>? Logprobs = null)
    : ServerEvent("conversation.item.input_audio_transcription.delta");

public sealed record InputAudioTranscriptionCompleted(string ItemId, int ContentIndex, string Transcript, TranscriptionUsage Usage)
    : ServerEvent("conversation.item.input_audio_transcription.completed")
{
    public IReadOnlyList<LogProbability>? Logprobs { get; init; }
    public IReadOnlyList<DetectedLanguage>? Languages { get; init; }
}

public sealed record InputAudioTranscriptionFailed(string ItemId, int ContentIndex, TranscriptionError Error)
    : ServerEvent("conversation.item.input_audio_transcription.failed");

/// <summary>A speaker's part of a transcript; <paramref name="Start"/> and <paramref name="End"/> are in seconds.</summary>
public sealed record InputAudioTranscriptionSegment(
    string ItemId, int ContentIndex, string Id, string Text, string Speaker, double Start, double End)
    : ServerEvent("conversation.item.input_audio_transcription.segment");

public sealed record LogProbability(string Token, double Logprob, IReadOnlyList<int>? Bytes);

public sealed record DetectedLanguage(string Code);

/// <summary>Official clients of agents want strings here, never null (§7.2).</summary>
public sealed record TranscriptionError(string Type, string Code, string Message, string? Param = null);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TranscriptionTokens), "tokens")]
[JsonDerivedType(typeof(TranscriptionDuration), "duration")]
public abstract record TranscriptionUsage;

/// <summary>What a transcription cost when it is paid by the token.</summary>
public sealed record TranscriptionTokens(int InputTokens, int OutputTokens, int TotalTokens, TranscriptionTokenDetails InputTokenDetails) : TranscriptionUsage;

public sealed record TranscriptionTokenDetails(int TextTokens, int AudioTokens);

/// <summary>What a transcription cost when it is paid by the second: begun ones count, and the official .NET client reads no fractions.</summary>
public sealed record TranscriptionDuration(long Seconds) : TranscriptionUsage;
