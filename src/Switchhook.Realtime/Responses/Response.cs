using System.Text.Json.Serialization;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

[JsonConverter(typeof(JsonStringEnumConverter<ResponseStatus>))]
public enum ResponseStatus : byte
{
    [JsonStringEnumMemberName("in_progress")] InProgress,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
    [JsonStringEnumMemberName("incomplete")] Incomplete,
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>The response object of <c>response.created</c> and <c>response.done</c> (realtime-api §6.3).</summary>
public sealed record Response
{
    public string Object { get; } = "realtime.response";

    /// <summary><c>resp_…</c></summary>
    public required string Id { get; init; }

    public required ResponseStatus Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public StatusDetails? StatusDetails { get; init; }

    public IReadOnlyList<Item> Output { get; init; } = [];

    /// <summary>Null for a response outside the conversation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ConversationId { get; init; }

    public required IReadOnlyList<string> OutputModalities { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonConverter(typeof(OutputTokensConverter))]
    public int? MaxOutputTokens { get; init; }

    public required ResponseAudio Audio { get; init; }

    /// <summary>Null until the response is done, never after.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Usage? Usage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

public sealed record ResponseAudio(ResponseAudioOutput Output);

/// <summary>A voice is always told as a string: strict clients drop the whole event otherwise (§7.2).</summary>
public sealed record ResponseAudioOutput(AudioFormat Format, string Voice);

/// <summary>Why a response did not complete. <paramref name="Type"/> repeats the status.</summary>
public sealed record StatusDetails(string Type, string? Reason = null, ResponseFailure? Error = null)
{
    public static StatusDetails Cancelled(string reason) => new("cancelled", reason);
    public static StatusDetails Incomplete(string reason) => new("incomplete", reason);
    public static StatusDetails Failed(RealtimeError error) => new("failed", Error: new ResponseFailure(error.Type, error.Code ?? error.Type, error.Message));
}

/// <summary>Strings, never null (§7.2).</summary>
public sealed record ResponseFailure(string Type, string Code, string Message);

/// <summary>A part as <c>response.content_part.*</c> tells it: <c>audio</c> with a transcript, or <c>text</c> with a text.</summary>
public sealed record ResponsePart(string Type, string? Text = null, string? Transcript = null)
{
    public static ResponsePart OfText(string text) => new("text", Text: text);
    public static ResponsePart OfAudio(string transcript) => new("audio", Transcript: transcript);
}
