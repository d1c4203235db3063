using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Events;

/// <summary>Audio of the client's own microphone, decoded. Sessions whose audio comes from a telephone refuse it.</summary>
public sealed record InputAudioBufferAppend(ReadOnlyMemory<byte> Audio) : ClientEvent("input_audio_buffer.append");

public sealed record InputAudioBufferCommit() : ClientEvent("input_audio_buffer.commit");

public sealed record InputAudioBufferClear() : ClientEvent("input_audio_buffer.clear");

/// <summary>Speech began; <paramref name="ItemId"/> is the user item it will become, <paramref name="AudioStartMs"/> includes the prefix padding.</summary>
public sealed record InputAudioBufferSpeechStarted(string ItemId, long AudioStartMs) : ServerEvent("input_audio_buffer.speech_started");

public sealed record InputAudioBufferSpeechStopped(string ItemId, long AudioEndMs) : ServerEvent("input_audio_buffer.speech_stopped");

public sealed record InputAudioBufferCommitted(
    string ItemId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PreviousItemId) : ServerEvent("input_audio_buffer.committed");

public sealed record InputAudioBufferCleared() : ServerEvent("input_audio_buffer.cleared");

/// <summary>The caller said nothing for <c>idle_timeout_ms</c> after the last response was played.</summary>
public sealed record InputAudioBufferTimeoutTriggered(string ItemId, long AudioStartMs, long AudioEndMs)
    : ServerEvent("input_audio_buffer.timeout_triggered");

/// <summary>A key of the caller's telephone. <paramref name="ReceivedAt"/> is in Unix seconds.</summary>
public sealed record InputAudioBufferDtmfEventReceived(string Event, long ReceivedAt) : ServerEvent("input_audio_buffer.dtmf_event_received");
