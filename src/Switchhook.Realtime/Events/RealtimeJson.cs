using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchhook.Realtime.Events;

/// <summary>The Realtime contract as JSON, without reflection: one event in, its bytes out.</summary>
public static class RealtimeJson
{
    // The text goes into WebSocket messages and REST bodies, never into HTML: letters stay letters.
    private static readonly RealtimeJsonContext Context = new(
        new JsonSerializerOptions(RealtimeJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly FrozenDictionary<string, JsonTypeInfo> Known = KnownTypes().ToFrozenDictionary();

    /// <summary>The event as one WebSocket text message. What was read as <see cref="RawServerEvent"/> is written as it was.</summary>
    public static byte[] Write(ServerEvent serverEvent) =>
        serverEvent is RawServerEvent raw
            ? raw.Json.ToArray()
            : JsonSerializer.SerializeToUtf8Bytes(serverEvent, Context.GetTypeInfo(serverEvent.GetType())!);

    /// <summary>The same into a buffer that is used again and again; audio is written without garbage.</summary>
    public static void Write(ServerEvent serverEvent, IBufferWriter<byte> output)
    {
        switch (serverEvent)
        {
            case RawServerEvent raw: output.Write(raw.Json.Span); break;
            case ResponseOutputAudioDelta delta:
                AudioFrames.WriteDelta(output, delta.EventId, delta.ResponseId, delta.ItemId, delta.OutputIndex, delta.ContentIndex, delta.Delta.Span);
                break;
            default:
                using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = Context.Options.Encoder }))
                {
                    JsonSerializer.Serialize(writer, serverEvent, Context.GetTypeInfo(serverEvent.GetType())!);
                }
                break;
        }
    }

    /// <summary>The event as one WebSocket text message, for those who speak to another server.</summary>
    public static byte[] Write(ClientEvent clientEvent) =>
        JsonSerializer.SerializeToUtf8Bytes(clientEvent, Context.GetTypeInfo(clientEvent.GetType())!);

    /// <summary>The session object alone, as REST answers carry it.</summary>
    public static byte[] Write(Session.SessionConfig config) =>
        config.IsTranscription
            ? JsonSerializer.SerializeToUtf8Bytes(Session.TranscriptionSession.Of(config), Context.TranscriptionSession)
            : JsonSerializer.SerializeToUtf8Bytes(config, Context.SessionConfig);

    /// <summary>How to read the server event of this <c>type</c>, or null when it is not one of ours.</summary>
    internal static JsonTypeInfo? Find(string type) => Known.GetValueOrDefault(type);

    private static Dictionary<string, JsonTypeInfo> KnownTypes()
    {
        RealtimeJsonContext json = Context;
        return new()
        {
            ["session.created"] = json.SessionCreated,
            ["session.updated"] = json.SessionUpdated,
            ["transcription_session.updated"] = json.TranscriptionSessionUpdated,
            ["conversation.created"] = json.ConversationCreated,
            ["conversation.item.added"] = json.ConversationItemAdded,
            ["conversation.item.done"] = json.ConversationItemDone,
            ["conversation.item.created"] = json.ConversationItemCreated,
            ["conversation.item.deleted"] = json.ConversationItemDeleted,
            ["conversation.item.retrieved"] = json.ConversationItemRetrieved,
            ["conversation.item.truncated"] = json.ConversationItemTruncated,
            ["conversation.item.input_audio_transcription.delta"] = json.InputAudioTranscriptionDelta,
            ["conversation.item.input_audio_transcription.completed"] = json.InputAudioTranscriptionCompleted,
            ["conversation.item.input_audio_transcription.failed"] = json.InputAudioTranscriptionFailed,
            ["conversation.item.input_audio_transcription.segment"] = json.InputAudioTranscriptionSegment,
            ["input_audio_buffer.speech_started"] = json.InputAudioBufferSpeechStarted,
            ["input_audio_buffer.speech_stopped"] = json.InputAudioBufferSpeechStopped,
            ["input_audio_buffer.committed"] = json.InputAudioBufferCommitted,
            ["input_audio_buffer.cleared"] = json.InputAudioBufferCleared,
            ["input_audio_buffer.timeout_triggered"] = json.InputAudioBufferTimeoutTriggered,
            ["input_audio_buffer.dtmf_event_received"] = json.InputAudioBufferDtmfEventReceived,
            ["output_audio_buffer.started"] = json.OutputAudioBufferStarted,
            ["output_audio_buffer.stopped"] = json.OutputAudioBufferStopped,
            ["output_audio_buffer.cleared"] = json.OutputAudioBufferCleared,
            ["response.created"] = json.ResponseCreated,
            ["response.done"] = json.ResponseDone,
            ["response.output_item.added"] = json.ResponseOutputItemAdded,
            ["response.output_item.done"] = json.ResponseOutputItemDone,
            ["response.content_part.added"] = json.ResponseContentPartAdded,
            ["response.content_part.done"] = json.ResponseContentPartDone,
            ["response.output_text.delta"] = json.ResponseOutputTextDelta,
            ["response.output_text.done"] = json.ResponseOutputTextDone,
            ["response.output_audio.delta"] = json.ResponseOutputAudioDelta,
            ["response.output_audio.done"] = json.ResponseOutputAudioDone,
            ["response.output_audio_transcript.delta"] = json.ResponseOutputAudioTranscriptDelta,
            ["response.output_audio_transcript.done"] = json.ResponseOutputAudioTranscriptDone,
            ["response.function_call_arguments.delta"] = json.ResponseFunctionCallArgumentsDelta,
            ["response.function_call_arguments.done"] = json.ResponseFunctionCallArgumentsDone,
            ["response.mcp_call_arguments.delta"] = json.ResponseMcpCallArgumentsDelta,
            ["response.mcp_call_arguments.done"] = json.ResponseMcpCallArgumentsDone,
            ["response.mcp_call.in_progress"] = json.ResponseMcpCallInProgress,
            ["response.mcp_call.completed"] = json.ResponseMcpCallCompleted,
            ["response.mcp_call.failed"] = json.ResponseMcpCallFailed,
            ["mcp_list_tools.in_progress"] = json.McpListToolsInProgress,
            ["mcp_list_tools.completed"] = json.McpListToolsCompleted,
            ["mcp_list_tools.failed"] = json.McpListToolsFailed,
            ["rate_limits.updated"] = json.RateLimitsUpdated,
            ["call.caller_disconnected"] = json.CallCallerDisconnected,
            ["call.ended"] = json.CallEnded,
            ["call.held"] = json.CallHeld,
            ["call.resumed"] = json.CallResumed,
            ["error"] = json.ErrorEvent,
        };
    }
}

/// <summary>Members that are null are left out, except where the contract wants the null (each says so at its declaration).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Session.SessionConfig))]
[JsonSerializable(typeof(Session.TranscriptionSession))]
[JsonSerializable(typeof(SessionUpdate))]
[JsonSerializable(typeof(TranscriptionSessionUpdate))]
[JsonSerializable(typeof(InputAudioBufferAppend))]
[JsonSerializable(typeof(InputAudioBufferCommit))]
[JsonSerializable(typeof(InputAudioBufferClear))]
[JsonSerializable(typeof(OutputAudioBufferClear))]
[JsonSerializable(typeof(ConversationItemCreate))]
[JsonSerializable(typeof(ConversationItemRetrieve))]
[JsonSerializable(typeof(ConversationItemTruncate))]
[JsonSerializable(typeof(ConversationItemDelete))]
[JsonSerializable(typeof(ResponseCreate))]
[JsonSerializable(typeof(ResponseCancel))]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(SessionUpdated))]
[JsonSerializable(typeof(TranscriptionSessionUpdated))]
[JsonSerializable(typeof(ConversationCreated))]
[JsonSerializable(typeof(ConversationItemAdded))]
[JsonSerializable(typeof(ConversationItemDone))]
[JsonSerializable(typeof(ConversationItemCreated))]
[JsonSerializable(typeof(ConversationItemDeleted))]
[JsonSerializable(typeof(ConversationItemRetrieved))]
[JsonSerializable(typeof(ConversationItemTruncated))]
[JsonSerializable(typeof(InputAudioTranscriptionDelta))]
[JsonSerializable(typeof(InputAudioTranscriptionCompleted))]
[JsonSerializable(typeof(InputAudioTranscriptionFailed))]
[JsonSerializable(typeof(InputAudioTranscriptionSegment))]
[JsonSerializable(typeof(InputAudioBufferSpeechStarted))]
[JsonSerializable(typeof(InputAudioBufferSpeechStopped))]
[JsonSerializable(typeof(InputAudioBufferCommitted))]
[JsonSerializable(typeof(InputAudioBufferCleared))]
[JsonSerializable(typeof(InputAudioBufferTimeoutTriggered))]
[JsonSerializable(typeof(InputAudioBufferDtmfEventReceived))]
[JsonSerializable(typeof(OutputAudioBufferStarted))]
[JsonSerializable(typeof(OutputAudioBufferStopped))]
[JsonSerializable(typeof(OutputAudioBufferCleared))]
[JsonSerializable(typeof(ResponseCreated))]
[JsonSerializable(typeof(ResponseDone))]
[JsonSerializable(typeof(ResponseOutputItemAdded))]
[JsonSerializable(typeof(ResponseOutputItemDone))]
[JsonSerializable(typeof(ResponseContentPartAdded))]
[JsonSerializable(typeof(ResponseContentPartDone))]
[JsonSerializable(typeof(ResponseOutputTextDelta))]
[JsonSerializable(typeof(ResponseOutputTextDone))]
[JsonSerializable(typeof(ResponseOutputAudioDelta))]
[JsonSerializable(typeof(ResponseOutputAudioDone))]
[JsonSerializable(typeof(ResponseOutputAudioTranscriptDelta))]
[JsonSerializable(typeof(ResponseOutputAudioTranscriptDone))]
[JsonSerializable(typeof(ResponseFunctionCallArgumentsDelta))]
[JsonSerializable(typeof(ResponseFunctionCallArgumentsDone))]
[JsonSerializable(typeof(ResponseMcpCallArgumentsDelta))]
[JsonSerializable(typeof(ResponseMcpCallArgumentsDone))]
[JsonSerializable(typeof(ResponseMcpCallInProgress))]
[JsonSerializable(typeof(ResponseMcpCallCompleted))]
[JsonSerializable(typeof(ResponseMcpCallFailed))]
[JsonSerializable(typeof(McpListToolsInProgress))]
[JsonSerializable(typeof(McpListToolsCompleted))]
[JsonSerializable(typeof(McpListToolsFailed))]
[JsonSerializable(typeof(RateLimitsUpdated))]
[JsonSerializable(typeof(CallCallerDisconnected))]
[JsonSerializable(typeof(CallEnded))]
[JsonSerializable(typeof(CallHeld))]
[JsonSerializable(typeof(CallResumed))]
[JsonSerializable(typeof(ErrorEvent))]
internal sealed partial class RealtimeJsonContext : JsonSerializerContext;
