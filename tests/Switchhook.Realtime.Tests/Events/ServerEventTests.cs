using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Events;

/// <summary>The wire shape of every server event of realtime-api §6, with what strict clients need (§7.2): it is written so, and read back to the same.</summary>
public sealed class ServerEventTests
{
    private static readonly Item UserItem = new MessageItem(ItemRole.User, [new InputAudioPart()]) { Id = "i" };
    private static readonly Item CallItem = new FunctionCallItem("f", "c", "") { Id = "i", Status = ItemStatus.InProgress };

    [Fact]
    public void Every_server_event_has_its_shape_on_the_wire_and_is_read_back()
    {
        foreach ((ServerEvent e, string members) in Shapes())
        {
            string expected = $$"""{"type":"{{e.Type}}","event_id":"event_1"{{(members.Length > 0 ? "," : "")}}{{members}}}""";
            byte[] written = RealtimeJson.Write(e);
            Assert.Equal(expected, Encoding.UTF8.GetString(written));
            Assert.True(EventReader.TryReadServerEvent(written, out ServerEvent? read));
            Assert.Equal(e.GetType(), read.GetType());
            Assert.Equal(expected, Encoding.UTF8.GetString(RealtimeJson.Write(read)));
        }
    }

    [Fact]
    public void No_server_event_is_without_a_shape_above()
    {
        IEnumerable<Type> all = typeof(ServerEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ServerEvent)) && t != typeof(RawServerEvent));
        Assert.Equal(all.Select(t => t.Name).Order(), Shapes().Select(s => s.Event.GetType().Name).Append(nameof(SessionCreated)).Append(nameof(SessionUpdated)).Distinct().Order());
    }

    private const string Id = "event_1", Part = "\"response_id\":\"r\",\"item_id\":\"i\",\"output_index\":0,\"content_index\":0";

    private static IEnumerable<(ServerEvent Event, string Members)> Shapes() => [.. OfSession(), .. OfBuffers(), .. OfResponses(), .. OfTools()];

    private static IEnumerable<(ServerEvent Event, string Members)> OfSession()
    {
        yield return (new ErrorEvent(new ErrorBody("invalid_request_error", null, "m", null, null)) { EventId = Id }, """
            "error":{"type":"invalid_request_error","code":null,"message":"m","param":null,"event_id":null}
            """);
        yield return (new TranscriptionSessionUpdated(new("sess_1", "realtime.transcription_session", 5, "pcm16") { TurnDetection = new("server_vad") { Threshold = 0.5, PrefixPaddingMs = 300, SilenceDurationMs = 200 } }) { EventId = Id }, """
            "session":{"id":"sess_1","object":"realtime.transcription_session","expires_at":5,"input_audio_format":"pcm16","input_audio_transcription":null,"input_audio_noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":200},"include":null}
            """);
        yield return (new ConversationCreated(new ConversationReference("conv_1")) { EventId = Id }, """
            "conversation":{"id":"conv_1","object":"realtime.conversation"}
            """);
        yield return (new ConversationItemAdded(null, UserItem) { EventId = Id }, """
            "previous_item_id":null,"item":{"type":"message","id":"i","object":"realtime.item","status":"completed","role":"user","content":[{"type":"input_audio","transcript":null}]}
            """);
        yield return (new ConversationItemDone("p", CallItem) { EventId = Id }, """
            "previous_item_id":"p","item":{"type":"function_call","id":"i","object":"realtime.item","status":"in_progress","name":"f","call_id":"c","arguments":""}
            """);
        yield return (new ConversationItemCreated(null, new McpCallItem("l", "t", "{}") { Id = "i", Error = new McpError("http_error", "m", 500) }) { EventId = Id }, """
            "previous_item_id":null,"item":{"type":"mcp_call","id":"i","object":"realtime.item","status":"completed","server_label":"l","name":"t","arguments":"{}","approval_request_id":null,"output":null,"error":{"type":"http_error","message":"m","code":500}}
            """);
        yield return (new ConversationItemRetrieved(new McpListToolsItem("l", []) { Id = "i", Status = ItemStatus.Incomplete, Error = "e" }) { EventId = Id }, """
            "item":{"type":"mcp_list_tools","id":"i","object":"realtime.item","status":"incomplete","server_label":"l","tools":[],"error":"e"}
            """);
        yield return (new ConversationItemRetrieved(new McpListToolsItem("l", [new("t", "", JsonElement.Parse("{}"))]) { Id = "i" }) { EventId = Id }, """
            "item":{"type":"mcp_list_tools","id":"i","object":"realtime.item","status":"completed","server_label":"l","tools":[{"name":"t","description":"","input_schema":{}}]}
            """);
        yield return (new ConversationItemDeleted("i") { EventId = Id }, "\"item_id\":\"i\"");
        yield return (new ConversationItemTruncated("i", 0, 7) { EventId = Id }, "\"item_id\":\"i\",\"content_index\":0,\"audio_end_ms\":7");
        yield return (new InputAudioTranscriptionDelta("i", 0, "d", [new("t", -0.5, [1])]) { EventId = Id }, """
            "item_id":"i","content_index":0,"delta":"d","logprobs":[{"token":"t","logprob":-0.5,"bytes":[1]}]
            """);
        yield return (new InputAudioTranscriptionCompleted("i", 0, "t", new TranscriptionTokens(1, 2, 3, new(0, 1))) { EventId = Id, Languages = [new("de")] }, """
            "item_id":"i","content_index":0,"transcript":"t","usage":{"type":"tokens","input_tokens":1,"output_tokens":2,"total_tokens":3,"input_token_details":{"text_tokens":0,"audio_tokens":1}},"languages":[{"code":"de"}]
            """);
        yield return (new InputAudioTranscriptionFailed("i", 0, new TranscriptionError("server_error", "c", "m")) { EventId = Id }, """
            "item_id":"i","content_index":0,"error":{"type":"server_error","code":"c","message":"m"}
            """);
        yield return (new InputAudioTranscriptionSegment("i", 0, "s", "t", "A", 0.5, 1) { EventId = Id }, """
            "item_id":"i","content_index":0,"id":"s","text":"t","speaker":"A","start":0.5,"end":1
            """);
    }

    private static IEnumerable<(ServerEvent Event, string Members)> OfBuffers()
    {
        yield return (new InputAudioBufferSpeechStarted("i", 5) { EventId = Id }, "\"item_id\":\"i\",\"audio_start_ms\":5");
        yield return (new InputAudioBufferSpeechStopped("i", 5) { EventId = Id }, "\"item_id\":\"i\",\"audio_end_ms\":5");
        yield return (new InputAudioBufferCommitted("i", null) { EventId = Id }, "\"item_id\":\"i\",\"previous_item_id\":null");
        yield return (new InputAudioBufferCleared() { EventId = Id }, "");
        yield return (new InputAudioBufferTimeoutTriggered("i", 1, 2) { EventId = Id }, "\"item_id\":\"i\",\"audio_start_ms\":1,\"audio_end_ms\":2");
        yield return (new InputAudioBufferDtmfEventReceived("#", 9) { EventId = Id }, "\"event\":\"#\",\"received_at\":9");
        yield return (new OutputAudioBufferStarted("r") { EventId = Id }, "\"response_id\":\"r\"");
        yield return (new OutputAudioBufferStopped("r") { EventId = Id }, "\"response_id\":\"r\"");
        yield return (new OutputAudioBufferCleared("r") { EventId = Id }, "\"response_id\":\"r\"");
    }

    private static IEnumerable<(ServerEvent Event, string Members)> OfResponses()
    {
        yield return (new ResponseCreated(Response(ResponseStatus.InProgress)) { EventId = Id }, """
            "response":{"object":"realtime.response","id":"r","status":"in_progress","status_details":null,"output":[],"conversation_id":null,"output_modalities":["audio"],"max_output_tokens":"inf","audio":{"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy"}},"usage":null,"metadata":null}
            """);
        yield return (new ResponseDone(Response(ResponseStatus.Failed) with
        {
            StatusDetails = StatusDetails.Failed(new RealtimeError("server_error", null, "m")),
            Output = [CallItem],
            Usage = Usage.Of(1, 2, 3, 4),
            MaxOutputTokens = 9,
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
        })
        { EventId = Id }, """
            "response":{"object":"realtime.response","id":"r","status":"failed","status_details":{"type":"failed","error":{"type":"server_error","code":"server_error","message":"m"}},"output":[{"type":"function_call","id":"i","object":"realtime.item","status":"in_progress","name":"f","call_id":"c","arguments":""}],"conversation_id":null,"output_modalities":["audio"],"max_output_tokens":9,"audio":{"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy"}},"usage":{"total_tokens":10,"input_tokens":3,"output_tokens":7,"input_token_details":{"text_tokens":1,"audio_tokens":2,"image_tokens":0,"cached_tokens":0,"cached_tokens_details":{"text_tokens":0,"audio_tokens":0,"image_tokens":0}},"output_token_details":{"text_tokens":3,"audio_tokens":4}},"metadata":{"k":"v"}}
            """);
        yield return (new ResponseOutputItemAdded("r", 0, new MessageItem(ItemRole.Assistant, []) { Id = "i", Status = ItemStatus.InProgress }) { EventId = Id }, """
            "response_id":"r","output_index":0,"item":{"type":"message","id":"i","object":"realtime.item","status":"in_progress","role":"assistant","content":[]}
            """);
        yield return (new ResponseOutputItemDone("r", 0, new MessageItem(ItemRole.Assistant, [new OutputAudioPart("t"), new OutputTextPart("u")]) { Id = "i" }) { EventId = Id }, """
            "response_id":"r","output_index":0,"item":{"type":"message","id":"i","object":"realtime.item","status":"completed","role":"assistant","content":[{"type":"output_audio","transcript":"t"},{"type":"output_text","text":"u"}]}
            """);
        yield return (new ResponseContentPartAdded("r", "i", 0, 0, ResponsePart.OfAudio("")) { EventId = Id }, Part + ",\"part\":{\"type\":\"audio\",\"transcript\":\"\"}");
        yield return (new ResponseContentPartDone("r", "i", 0, 0, ResponsePart.OfText("t")) { EventId = Id }, Part + ",\"part\":{\"type\":\"text\",\"text\":\"t\"}");
        yield return (new ResponseOutputTextDelta("r", "i", 0, 0, "ß") { EventId = Id }, Part + ",\"delta\":\"ß\"");
        yield return (new ResponseOutputTextDone("r", "i", 0, 0, "t") { EventId = Id }, Part + ",\"text\":\"t\"");
        yield return (new ResponseOutputAudioDelta("r", "i", 0, 0, new byte[] { 1, 2, 3 }) { EventId = Id }, Part + ",\"delta\":\"AQID\"");
        yield return (new ResponseOutputAudioDone("r", "i", 0, 0) { EventId = Id }, Part);
        yield return (new ResponseOutputAudioTranscriptDelta("r", "i", 0, 0, "d") { EventId = Id }, Part + ",\"delta\":\"d\"");
        yield return (new ResponseOutputAudioTranscriptDone("r", "i", 0, 0, "t") { EventId = Id }, Part + ",\"transcript\":\"t\"");
    }

    private static IEnumerable<(ServerEvent Event, string Members)> OfTools()
    {
        yield return (new ResponseFunctionCallArgumentsDelta("r", "i", 0, "c", "{") { EventId = Id }, """
            "response_id":"r","item_id":"i","output_index":0,"call_id":"c","delta":"{"
            """);
        yield return (new ResponseFunctionCallArgumentsDone("r", "i", 0, "c", "f", "{}") { EventId = Id }, """
            "response_id":"r","item_id":"i","output_index":0,"call_id":"c","name":"f","arguments":"{}"
            """);
        yield return (new ResponseMcpCallArgumentsDelta("r", "i", 0, "{") { EventId = Id }, """
            "response_id":"r","item_id":"i","output_index":0,"delta":"{","obfuscation":""
            """);
        yield return (new ResponseMcpCallArgumentsDone("r", "i", 0, "{}") { EventId = Id }, """
            "response_id":"r","item_id":"i","output_index":0,"arguments":"{}"
            """);
        yield return (new ResponseMcpCallInProgress(0, "i") { EventId = Id }, "\"output_index\":0,\"item_id\":\"i\"");
        yield return (new ResponseMcpCallCompleted(0, "i") { EventId = Id }, "\"output_index\":0,\"item_id\":\"i\"");
        yield return (new ResponseMcpCallFailed(0, "i") { EventId = Id }, "\"output_index\":0,\"item_id\":\"i\"");
        yield return (new McpListToolsInProgress("i") { EventId = Id }, "\"item_id\":\"i\"");
        yield return (new McpListToolsCompleted("i") { EventId = Id }, "\"item_id\":\"i\"");
        yield return (new McpListToolsFailed("i") { EventId = Id }, "\"item_id\":\"i\"");
        yield return (new RateLimitsUpdated([new("requests", 10, 9, 0.5)]) { EventId = Id }, """
            "rate_limits":[{"name":"requests","limit":10,"remaining":9,"reset_seconds":0.5}]
            """);
        yield return (new CallCallerDisconnected("rtc_1", "bye") { EventId = Id }, "\"call_id\":\"rtc_1\",\"reason\":\"bye\"");
        yield return (new CallEnded("rtc_1", "hung_up", "caller", new CallEndedSip(200), new CallTiming(1, 2, null, 0)) { EventId = Id }, """
            "call_id":"rtc_1","reason":"hung_up","by":"caller","sip":{"status":200,"reason":null},"timing":{"created_at":1,"ringing_ms":2,"answered_at":null,"duration_ms":0}
            """);
        yield return (new CallHeld("rtc_1") { EventId = Id }, "\"call_id\":\"rtc_1\"");
        yield return (new CallResumed("rtc_1") { EventId = Id }, "\"call_id\":\"rtc_1\"");
    }

    [Fact]
    public void A_session_survives_being_written_and_read()
    {
        Assert.True(SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","model":"m","tools":[{"type":"function","name":"f","parameters":{}},{"type":"mcp","server_label":"l","server_url":"https://u"}],"tool_choice":{"type":"mcp","server_label":"l"},"max_output_tokens":5,"truncation":"disabled","audio":{"input":{"turn_detection":{"type":"semantic_vad"}}}}"""), default, out SessionConfig? config, out _));
        byte[] written = RealtimeJson.Write(new SessionCreated(config with { Id = "sess_1", ExpiresAt = 5 }) { EventId = "event_1" });
        Assert.True(EventReader.TryReadServerEvent(written, out ServerEvent? read));
        Assert.Equal("sess_1", Assert.IsType<SessionCreated>(read).Session.Id);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(RealtimeJson.Write(read)));
    }

    private static Response Response(ResponseStatus status) => new()
    {
        Id = "r",
        Status = status,
        OutputModalities = ["audio"],
        Audio = new ResponseAudio(new ResponseAudioOutput(AudioFormat.Pcm, "alloy")),
    };
}
