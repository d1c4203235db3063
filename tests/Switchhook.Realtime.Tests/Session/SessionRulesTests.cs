using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Reading;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;

namespace Switchhook.Realtime.Tests.Session;

public sealed class SessionRulesTests
{
    private static readonly SessionRulesContext Known = new(["gpt-realtime", "scripted-greeter"]) { Prompts = new Dictionary<string, StoredPrompt> { ["pmpt_1"] = new([new("1", Plain)]) } };

    private static PromptText Plain => PromptText.TryParse("Be plain.", out PromptText? prompt, out _) ? prompt : throw new InvalidOperationException();

    // §4.8: programs of the beta are told the name of today.
    public static TheoryData<string, string> FormerNames => Table.Two("""
        member                                    | today
        "modalities":["audio"]                    | output_modalities
        "voice":"alloy"                           | audio.output.voice
        "speed":1                                 | audio.output.speed
        "input_audio_format":"g711_ulaw"          | audio.input.format
        "output_audio_format":"pcm16"             | audio.output.format
        "input_audio_transcription":{}            | audio.input.transcription
        "input_audio_noise_reduction":null        | audio.input.noise_reduction
        "turn_detection":null                     | audio.input.turn_detection
        "max_response_output_tokens":100          | max_output_tokens
        """);

    [Theory]
    [MemberData(nameof(FormerNames))]
    public void A_member_of_the_beta_is_refused_with_its_name_of_today(string member, string today)
    {
        string json = "{\"type\":\"realtime\",\"model\":\"gpt-realtime\"," + member + "}";
        Assert.False(SessionRules.TryCreate(JsonElement.Parse(json), Known, out _, out RealtimeError? error));
        Assert.Equal("unknown_parameter", error.Code);
        Assert.Equal($"Unknown parameter: '{error.Param}'. It is 'session.{today}' now.", error.Message);
    }

    // S7, §9.2: a body that is wrong is refused whole, and the answer names the member.
    public static TheoryData<string, string, string> RefusedBodies => Table.Three("""
        body                                                                                                                              | code                       | param
        []                                                                                                                                | invalid_type               | session
        {"model":"gpt-realtime"}                                                                                                          | missing_required_parameter | session.type
        {"type":null,"model":"gpt-realtime"}                                                                                              | missing_required_parameter | session.type
        {"type":7,"model":"gpt-realtime"}                                                                                                 | invalid_type               | session.type
        {"type":"transcription","model":"gpt-realtime"}                                                                                   | invalid_value              | session.type
        {"type":"realtime"}                                                                                                               | missing_required_parameter | session.model
        {"type":"realtime","model":"gpt-5"}                                                                                               | invalid_value              | session.model
        {"type":"realtime","model":"gpt-realtime","colour":1}                                                                             | unknown_parameter          | session.colour
        {"type":"realtime","model":"gpt-realtime","session":{}}                                                                           | unknown_parameter          | session.session
        {"session":{"type":"realtime","model":"gpt-realtime"}}                                                                            | unknown_parameter          | session.session
        {"type":"realtime","model":"gpt-realtime","voice":"alloy"}                                                                        | unknown_parameter          | session.voice
        {"type":"realtime","model":"gpt-realtime","instructions":5}                                                                       | invalid_type               | session.instructions
        {"type":"realtime","model":"gpt-realtime","output_modalities":["audio","text"]}                                                   | invalid_value              | session.output_modalities
        {"type":"realtime","model":"gpt-realtime","output_modalities":[]}                                                                 | invalid_value              | session.output_modalities
        {"type":"realtime","model":"gpt-realtime","output_modalities":"audio"}                                                            | invalid_type               | session.output_modalities
        {"type":"realtime","model":"gpt-realtime","max_output_tokens":0}                                                                  | invalid_value              | session.max_output_tokens
        {"type":"realtime","model":"gpt-realtime","max_output_tokens":4097}                                                               | invalid_value              | session.max_output_tokens
        {"type":"realtime","model":"gpt-realtime","max_output_tokens":1.5}                                                                | invalid_value              | session.max_output_tokens
        {"type":"realtime","model":"gpt-realtime","max_output_tokens":"infinite"}                                                         | invalid_value              | session.max_output_tokens
        {"type":"realtime","model":"gpt-realtime","include":["everything"]}                                                               | invalid_value              | session.include
        {"type":"realtime","model":"gpt-realtime","reasoning":{"effort":"huge"}}                                                          | invalid_value              | session.reasoning.effort
        {"type":"realtime","model":"gpt-realtime","parallel_tool_calls":"yes"}                                                            | invalid_type               | session.parallel_tool_calls
        {"type":"realtime","model":"gpt-realtime","tracing":"on"}                                                                         | invalid_value              | session.tracing
        {"type":"realtime","model":"gpt-realtime","tracing":{"name":"x"}}                                                                 | unknown_parameter          | session.tracing.name
        {"type":"realtime","model":"gpt-realtime","tracing":1}                                                                            | invalid_type               | session.tracing
        {"type":"realtime","model":"gpt-realtime","truncation":"never"}                                                                   | invalid_value              | session.truncation
        {"type":"realtime","model":"gpt-realtime","truncation":{"type":"retention_ratio"}}                                                | missing_required_parameter | session.truncation.retention_ratio
        {"type":"realtime","model":"gpt-realtime","truncation":{"type":"retention_ratio","retention_ratio":1.1}}                          | invalid_value              | session.truncation.retention_ratio
        {"type":"realtime","model":"gpt-realtime","truncation":{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":-1}}} | invalid_value | session.truncation.token_limits.post_instructions
        {"type":"realtime","model":"gpt-realtime","prompt":{"version":"1"}}                                                               | missing_required_parameter | session.prompt.id
        {"type":"realtime","model":"gpt-realtime","prompt":"pmpt_1"}                                                                      | invalid_type               | session.prompt
        {"type":"realtime","model":"gpt-realtime","audio":[]}                                                                             | invalid_type               | session.audio
        {"type":"realtime","model":"gpt-realtime","audio":{"voice":"x"}}                                                                  | unknown_parameter          | session.audio.voice
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"speed":1.6}}}                                                       | invalid_value              | session.audio.output.speed
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"speed":0.2}}}                                                       | invalid_value              | session.audio.output.speed
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"voice":""}}}                                                        | invalid_value              | session.audio.output.voice
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"voice":{}}}}                                                        | missing_required_parameter | session.audio.output.voice.id
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"voice":{"id":""}}}}                                                 | invalid_value              | session.audio.output.voice
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"voice":"voice_0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}}} | invalid_value | session.audio.output.voice
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"voice":4}}}                                                         | invalid_type               | session.audio.output.voice
        {"type":"realtime","model":"gpt-realtime","audio":{"output":{"format":{"type":"audio/opus"}}}}                                    | invalid_value              | session.audio.output.format.type
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":16000}}}}                         | invalid_value              | session.audio.input.format.rate
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"noise_reduction":{}}}}                                               | missing_required_parameter | session.audio.input.noise_reduction.type
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"noise_reduction":{"type":"none"}}}}                                  | invalid_value              | session.audio.input.noise_reduction.type
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"transcription":{"language":7}}}}                                     | invalid_type               | session.audio.input.transcription.language
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"transcription":{"languages":[]}}}}                                   | invalid_value              | session.audio.input.transcription.languages
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"transcription":{"keywords":["a",2]}}}}                               | invalid_type               | session.audio.input.transcription.keywords[1]
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"type":"magic"}}}}                                  | invalid_value              | session.audio.input.turn_detection.type
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"threshold":1.01}}}}                                | invalid_value              | session.audio.input.turn_detection.threshold
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"prefix_padding_ms":-1}}}}                          | invalid_value              | session.audio.input.turn_detection.prefix_padding_ms
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"silence_duration_ms":1e9}}}}                       | invalid_value              | session.audio.input.turn_detection.silence_duration_ms
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"idle_timeout_ms":4999}}}}                          | invalid_value              | session.audio.input.turn_detection.idle_timeout_ms
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"idle_timeout_ms":30001}}}}                         | invalid_value              | session.audio.input.turn_detection.idle_timeout_ms
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","threshold":0.5}}}}           | unknown_parameter          | session.audio.input.turn_detection.threshold
        {"type":"realtime","model":"gpt-realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"very"}}}}        | invalid_value              | session.audio.input.turn_detection.eagerness
        {"type":"realtime","model":"gpt-realtime","tools":{}}                                                                             | invalid_type               | session.tools
        {"type":"realtime","model":"gpt-realtime","tools":[1]}                                                                            | invalid_type               | session.tools[0]
        {"type":"realtime","model":"gpt-realtime","tools":[{"name":"f"}]}                                                                 | missing_required_parameter | session.tools[0].type
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"function","name":"f"},{"type":"web_search"}]}                         | invalid_value              | session.tools[1].type
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"function"}]}                                                          | missing_required_parameter | session.tools[0].name
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"function","name":""}]}                                                | invalid_value              | session.tools[0].name
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"function","name":"f","parameters":[]}]}                               | invalid_type               | session.tools[0].parameters
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp"}]}                                                               | missing_required_parameter | session.tools[0].server_label
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a"}]}                                            | missing_required_parameter | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","connector_id":"connector_gmail"}]} | invalid_value       | session.tools[0].connector_id
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u"},{"type":"mcp","server_label":"a","server_url":"https://v"}]} | invalid_value | session.tools[1].server_label
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","tunnel_id":"tunnel_X"}]}                     | invalid_value              | session.tools[0].tunnel_id
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","authorization":"t","headers":{"Authorization":"b"}}]} | invalid_value | session.tools[0].headers.Authorization
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","require_approval":"maybe"}]} | invalid_value             | session.tools[0].require_approval
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"u"}]} | invalid_value | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"ftp://u"}]} | invalid_value | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"file:///etc/passwd"}]} | invalid_value | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://me:secret@u"}]} | invalid_value | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":7}]} | invalid_type | session.tools[0].server_url
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":"x"}]} | invalid_type | session.tools[0].allowed_tools
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":["x",7]}]} | invalid_type | session.tools[0].allowed_tools[1]
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":{"names":["x"]}}]} | unknown_parameter | session.tools[0].allowed_tools.names
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":{"tool_names":"x"}}]} | invalid_type | session.tools[0].allowed_tools.tool_names
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":{"read_only":"yes"}}]} | invalid_type | session.tools[0].allowed_tools.read_only
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_callers":["indirect"]}]} | invalid_value | session.tools[0].allowed_callers
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","require_approval":{"sometimes":{}}}]} | unknown_parameter | session.tools[0].require_approval.sometimes
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","require_approval":{"never":["x"]}}]} | invalid_type | session.tools[0].require_approval.never
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","require_approval":{"always":{"tool_names":[7]}}}]} | invalid_type | session.tools[0].require_approval.always.tool_names[0]
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","require_approval":true}]} | invalid_type | session.tools[0].require_approval
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":[]}]} | invalid_type | session.tools[0].headers
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"X":7}}]} | invalid_type | session.tools[0].headers.X
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"X Y":"z"}}]} | invalid_value | session.tools[0].headers.X Y
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"X":"a\r\nHost: b"}}]} | invalid_value | session.tools[0].headers.X
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"host":"b"}}]} | invalid_value | session.tools[0].headers.host
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"Content-Type":"b"}}]} | invalid_value | session.tools[0].headers.Content-Type
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"mcp-session-id":"b"}}]} | invalid_value | session.tools[0].headers.mcp-session-id
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","authorization":"t","headers":{"authorization":"b"}}]} | invalid_value | session.tools[0].headers.authorization
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","connector_id":"connector_gmail","headers":{"Authorization":"b"}}]} | invalid_value | session.tools[0].headers.Authorization
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u","authorization":"a\nb"}]} | invalid_value | session.tools[0].authorization
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","connector_id":"connector_fax"}]} | invalid_value | session.tools[0].connector_id
        {"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"","server_url":"https://u"}]} | invalid_value | session.tools[0].server_label
        {"type":"realtime","model":"gpt-realtime","tool_choice":"any"}                                                                    | invalid_value              | session.tool_choice
        {"type":"realtime","model":"gpt-realtime","tool_choice":{"type":"function"}}                                                      | missing_required_parameter | session.tool_choice.name
        {"type":"realtime","model":"gpt-realtime","tool_choice":{"type":"mcp"}}                                                           | missing_required_parameter | session.tool_choice.server_label
        """);

    [Theory]
    [MemberData(nameof(RefusedBodies))]
    public void S7_a_wrong_accept_body_is_refused_and_the_parameter_named(string body, string code, string param)
    {
        Assert.False(SessionRules.TryCreate(Json(body), Known, out SessionConfig? config, out RealtimeError? error));
        Assert.Null(config);
        Assert.Equal((code, param, "invalid_request_error"), (error.Code, error.Param, error.Type));
        Assert.Contains(param, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_the_url_of_an_mcp_server_is_refused_and_not_repeated()
    {
        JsonElement body = Json("""{"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://me:hush@shop.example/mcp"}]}""");
        Assert.False(SessionRules.TryCreate(body, Known, out _, out RealtimeError? error));
        Assert.Equal(("invalid_value", "session.tools[0].server_url"), (error.Code, error.Param));
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    // §4.7: what only hears has nothing of what answers. Its model is the one that transcribes, where that is one of ours.
    public static TheoryData<string, string, string> RefusedTranscriptions => Table.Three("""
        body                                                                                                  | code                       | param
        {"type":"transcription"}                                                                              | missing_required_parameter | session.audio.input.transcription.model
        {"type":"transcription","audio":{"input":{"transcription":{"model":"whisper-1"}}}}                    | missing_required_parameter | session.audio.input.transcription.model
        {"type":"transcription","model":"gpt-realtime"}                                                       | missing_required_parameter | session.audio.input.transcription.model
        {"type":"transcription","audio":{"input":{"transcription":{"model":7}}}}                              | invalid_type               | session.audio.input.transcription.model
        {"type":"transcription","audio":[]}                                                                   | invalid_type               | session.audio
        {"type":"transcription","model":"m","audio":{"input":{"transcription":{"model":"gpt-realtime"}}}}     | unknown_parameter          | session.model
        {"type":"transcription","audio":{"input":{"transcription":{"model":"gpt-realtime"}},"output":{}}}     | unknown_parameter          | session.audio.output
        {"type":"transcription","tools":[],"audio":{"input":{"transcription":{"model":"gpt-realtime"}}}}      | unknown_parameter          | session.tools
        {"type":"transcription","include":["x"],"audio":{"input":{"transcription":{"model":"gpt-realtime"}}}} | invalid_value              | session.include
        {"type":"dictation"}                                                                                  | invalid_value              | session.type
        """);

    [Theory]
    [MemberData(nameof(RefusedTranscriptions))]
    public void A_wrong_transcription_session_is_refused_and_the_parameter_named(string body, string code, string param)
    {
        Assert.False(SessionRules.TryCreate(Json(body), Known with { MayTranscribe = true }, out _, out RealtimeError? error));
        Assert.Equal((code, param), (error.Code, error.Param));
    }

    [Theory]
    [InlineData("""{"model":"gpt-realtime"}""", "gpt-realtime", """{"model":"gpt-realtime"}""")]
    [InlineData("""{"model":"gpt-4o-transcribe"}""", "scripted-greeter", """{"model":"gpt-4o-transcribe"}""")]
    [InlineData("""{"language":"nl"}""", "scripted-greeter", """{"model":"scripted-greeter","language":"nl"}""")]
    [InlineData("null", "scripted-greeter", """{"model":"scripted-greeter"}""")]
    public void A_transcription_session_has_the_words_of_a_model_that_exists(string transcription, string model, string echoed)
    {
        string body = """{"type":"transcription","audio":{"input":{"transcription":THIS}}}""".Replace("THIS", transcription, StringComparison.Ordinal);
        Assert.True(SessionRules.TryCreate(Json(body), Known with { MayTranscribe = true, DefaultModel = "scripted-greeter" }, out SessionConfig? config, out RealtimeError? error), error?.Message);
        Assert.Equal((model, echoed), (config.Model, At(config, "audio.input.transcription")));
        Assert.False(SessionRules.TryCreate(Json(body), Known with { DefaultModel = "scripted-greeter" }, out _, out error));
        Assert.Equal("session.type", error.Param);
    }

    // Parsers let half a surrogate pair pass and throw when it is read; a body parsed elsewhere is checked here.
    [Theory]
    [InlineData("""{"type":"realtime","model":"gpt-realtime","instructions":"\ud800"}""")]
    [InlineData("""{"type":"realtime","model":"gpt-realtime","\udc00":1}""")]
    [InlineData("""{"type":"realtime","model":"gpt-realtime","tools":[{"type":"function","name":"f","parameters":{"a":"\ud800"}}]}""")]
    public void S7_half_a_surrogate_pair_is_refused(string body)
    {
        Assert.False(SessionRules.TryCreate(Json(body), Known, out _, out RealtimeError? error));
        Assert.Equal("invalid_json", error.Code);
    }

    [Fact]
    public void A_model_that_is_not_configured_is_told_what_exists()
    {
        Assert.False(SessionRules.TryCreate(Json("""{"type":"realtime","model":"gpt-5"}"""), Known, out _, out RealtimeError? error));
        Assert.Contains("'gpt-realtime', 'scripted-greeter'", error.Message, StringComparison.Ordinal);
    }

    // What a session starts from, with the defaults and the key order of recorded sessions (§1.7).
    [Fact]
    public void The_defaults_and_their_order_are_those_of_recorded_sessions()
    {
        SessionConfig config = Created("""{"type":"realtime","model":"gpt-realtime","instructions":"hi"}""") with { Id = "sess_1", ExpiresAt = 0 };
        Assert.Equal(
            """{"type":"realtime","object":"realtime.session","id":"sess_1","model":"gpt-realtime","output_modalities":["audio"],"instructions":"hi","tools":[],"tool_choice":"auto","max_output_tokens":"inf","tracing":null,"truncation":"auto","prompt":null,"expires_at":0,"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":null,"noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":200,"idle_timeout_ms":null,"create_response":true,"interrupt_response":true}},"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy","speed":1}},"include":null}""",
            Text(config));
    }

    // §11.4 and §9.15: what a friendly server tolerates. The path is read from the effective session.
    public static TheoryData<string, string, string> Tolerated => Table.Three("""
        members                                                                                                    | path                            | value
        "temperature":0.8                                                                                          | audio.output.voice              | "alloy"
        "id":"sess_9","object":"realtime.session","expires_at":5                                                   | model                           | "gpt-realtime"
        "audio":{"input":{"format":{"type":"audio/pcm","rate":24000}},"output":{"format":{"type":"audio/pcmu"}}}   | audio.output.format             | {"type":"audio/pcmu"}
        "audio":{"input":{"turn_detection":{"type":"server_vad","threshold":0.9,"prefix_padding_ms":0,"silence_duration_ms":700}}} | audio.input.turn_detection | {"type":"server_vad","threshold":0.9,"prefix_padding_ms":0,"silence_duration_ms":700,"idle_timeout_ms":null,"create_response":true,"interrupt_response":true}
        "audio":{"output":{"voice":{"id":"voice_7"}}}                                                              | audio.output.voice              | "voice_7"
        "tools":[{"type":"function","name":"f","parameters":{"type":"object","strict":true,"x":[1]}}]              | tools                           | [{"type":"function","name":"f","parameters":{"type":"object","strict":true,"x":[1]}}]
        "tools":[{"type":"mcp","server_label":"a","server_url":"https://u","authorization":"secret","headers":{"X":"y"}}]  | tools                           | [{"type":"mcp","server_label":"a","server_url":"https://u"}]
        "tool_choice":{"type":"function","name":"f"}                                                               | tool_choice                     | {"type":"function","name":"f"}
        "max_output_tokens":"inf"                                                                                  | max_output_tokens               | "inf"
        "max_output_tokens":4096                                                                                   | max_output_tokens               | 4096
        "parallel_tool_calls":false                                                                                | parallel_tool_calls             | false
        "reasoning":{"effort":"high"}                                                                              | reasoning                       | {"effort":"high"}
        "tracing":{"workflow_name":"w","group_id":"g","metadata":{"a":1}}                                          | tracing                         | {"workflow_name":"w","group_id":"g","metadata":{"a":1}}
        "include":["item.input_audio_transcription.logprobs"]                                                      | include                         | ["item.input_audio_transcription.logprobs"]
        "truncation":"disabled"                                                                                    | truncation                      | "disabled"
        "truncation":{"type":"retention_ratio","retention_ratio":0.8}                                              | truncation                      | {"type":"retention_ratio","retention_ratio":0.8}
        "audio":{"input":{"transcription":{"model":"whisper-1","language":"nl","keywords":["a"],"delay":"low"}}}   | audio.input.transcription       | {"model":"whisper-1","language":"nl"}
        "audio":{"input":{"noise_reduction":{"type":"far_field","strength":0.5}}}                                  | audio.input.noise_reduction     | {"type":"far_field","strength":0.5}
        "instructions":"Größe: 你好"                                                                                | instructions                    | "Größe: 你好"
        """);

    [Theory]
    [MemberData(nameof(Tolerated))]
    public void Accepts_and_echoes(string members, string path, string value) =>
        Assert.Equal(value, At(Created($$"""{"type":"realtime","model":"gpt-realtime",{{members}}}"""), path));

    // S8, §4.2: patches, applied one after another (";"), and what the session says afterwards.
    public static TheoryData<string, string, string> Patches => Table.Three("""
        patches                                                                                                        | path                                        | value
        "instructions":""                                                                                              | instructions                                | ""
        "instructions":"a" ; "tools":[]                                                                                | instructions                                | "a"
        "tools":[{"type":"function","name":"f"}] ; "tools":[]                                                          | tools                                       | []
        "audio":{"output":{"speed":1.2}} ; "audio":{"input":{"turn_detection":null}}                                   | audio.output.speed                          | 1.2
        "audio":{"input":{"turn_detection":null}}                                                                      | audio.input.turn_detection                  | null
        "audio":{"input":{"turn_detection":{"threshold":0.7}}} ; "audio":{"input":{"turn_detection":{"type":"server_vad","silence_duration_ms":400}}} | audio.input.turn_detection.threshold | 0.7
        "audio":{"input":{"turn_detection":{"threshold":0.7}}} ; "audio":{"input":{"turn_detection":{"type":"semantic_vad"}}} ; "audio":{"input":{"turn_detection":{"type":"server_vad"}}} | audio.input.turn_detection.threshold | 0.5
        "audio":{"input":{"turn_detection":{"type":"semantic_vad"}}}                                                   | audio.input.turn_detection                  | {"type":"semantic_vad","eagerness":"auto","create_response":true,"interrupt_response":true}
        "audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"low"}}} ; "audio":{"input":{"turn_detection":{"create_response":false}}} | audio.input.turn_detection.eagerness | "low"
        "audio":{"input":{"turn_detection":{"idle_timeout_ms":5000}}} ; "audio":{"input":{"turn_detection":{"idle_timeout_ms":null}}} | audio.input.turn_detection.idle_timeout_ms | null
        "audio":{"input":{"transcription":{"model":"whisper-1"}}} ; "audio":{"input":{"transcription":{"language":"de"}}} | audio.input.transcription              | {"model":"whisper-1","language":"de"}
        "audio":{"input":{"transcription":{"model":"whisper-1"}}} ; "audio":{"input":{"transcription":null}}           | audio.input.transcription                   | null
        "audio":{"input":{"noise_reduction":{"type":"near_field","strength":0.3}}} ; "audio":{"input":{"noise_reduction":{"type":"far_field"}}} | audio.input.noise_reduction | {"type":"far_field","strength":0.3}
        "audio":{"input":{"noise_reduction":{"type":"near_field"}}} ; "audio":{"input":{"noise_reduction":null}}       | audio.input.noise_reduction                 | null
        "prompt":{"id":"pmpt_1"} ; "prompt":null                                                                       | prompt                                      | null
        "tracing":null                                                                                                 | tracing                                     | null
        "tracing":"auto" ; "tracing":"auto"                                                                            | tracing                                     | "auto"
        "model":"gpt-realtime"                                                                                         | model                                       | "gpt-realtime"
        "max_output_tokens":7 ; "max_output_tokens":null                                                               | max_output_tokens                           | "inf"
        "output_modalities":["text"]                                                                                   | output_modalities                           | ["text"]
        "tools":[{"type":"mcp","server_label":"a","server_url":"https://u"}] ; "tools":[{"type":"mcp","server_label":"a"}]     | tools                                       | [{"type":"mcp","server_label":"a","server_url":"https://u"}]
        "tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":["x"]}] ; "tools":[{"type":"mcp","server_label":"a","require_approval":"never"}] | tools | [{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":["x"],"require_approval":"never"}]
        "tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":["x"]}] ; "tools":[{"type":"mcp","server_label":"a","server_url":"https://v"}] | tools | [{"type":"mcp","server_label":"a","server_url":"https://v"}]
        "tools":[{"type":"mcp","server_label":"a","server_url":"https://u","allowed_tools":["x"]}] ; "tools":[{"type":"mcp","server_label":"a","allowed_tools":null,"defer_loading":true}] | tools | [{"type":"mcp","server_label":"a","server_url":"https://u","defer_loading":true}]
        """);

    [Theory]
    [MemberData(nameof(Patches))]
    public void S8_an_update_is_a_patch_at_every_depth(string patches, string path, string value)
    {
        SessionConfig config = Created("""{"type":"realtime","model":"gpt-realtime"}""");
        foreach (string patch in patches.Split(" ; "))
        {
            Assert.True(SessionRules.TryPatch(config, Json($$"""{"type":"realtime",{{patch}}}"""), audioStarted: false, [.. config.Tools.OfType<McpTool>()], out SessionConfig? next, out RealtimeError? error), error?.Message);
            config = next;
        }
        Assert.Equal(value, At(config, path));
    }

    public static TheoryData<string, string, string> RefusedPatches => Table.Three("""
        patch                                                                                   | code                       | param
        {"instructions":"a"}                                                                    | missing_required_parameter | session.type
        {"type":"transcription"}                                                                | invalid_value              | session.type
        {"type":"realtime","model":"gpt-realtime-2"}                                            | invalid_value              | session.model
        {"type":"realtime","instructions":"b","audio":{"output":{"voice":"marin"}}}             | cannot_update_voice        | session.audio.output.voice
        {"type":"realtime","tracing":null}                                                      | invalid_value              | session.tracing
        {"type":"realtime","tracing":{"workflow_name":"w"}}                                     | invalid_value              | session.tracing
        {"type":"realtime","instructions":"b","audio":{"input":{"turn_detection":{"x":1}}}}     | unknown_parameter          | session.audio.input.turn_detection.x
        """);

    // §9.3 among them: without its type a patch is refused, and says so.
    [Theory]
    [MemberData(nameof(RefusedPatches))]
    public void S8_a_patch_that_cannot_be_applied_says_why_and_changes_nothing(string patch, string code, string param)
    {
        SessionConfig before = Created("""{"type":"realtime","model":"gpt-realtime","tracing":"auto"}""");
        Assert.False(SessionRules.TryPatch(before, Json(patch), audioStarted: true, [], out SessionConfig? after, out RealtimeError? error));
        Assert.Null(after);
        Assert.Equal((code, param), (error.Code, error.Param));
    }

    [Fact]
    public void The_voice_may_be_repeated_after_audio_has_started()
    {
        SessionConfig config = Created("""{"type":"realtime","model":"gpt-realtime"}""");
        Assert.True(SessionRules.TryPatch(config, Json("""{"type":"realtime","audio":{"output":{"voice":"alloy"}}}"""), audioStarted: true, [], out _, out _));
    }

    // A patch read from any text, also a damaged one, is an answer and never an exception.
    [Fact]
    public void No_mutation_of_a_session_throws()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"type":"realtime","model":"m","instructions":"a\u00e9","max_output_tokens":5,"tools":[{"type":"mcp","server_label":"a","server_url":"https://u","headers":{"a":"b"}},{"type":"function","name":"f","parameters":{}}],"tool_choice":{"type":"function","name":"f"},"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":0.5},"transcription":{"languages":["a"]}},"output":{"voice":{"id":"v"},"speed":1}},"tracing":{"metadata":{}},"truncation":{"type":"retention_ratio","retention_ratio":0.5,"token_limits":{"post_instructions":5}},"prompt":{"id":"p"},"include":[]}""");
        for (int seed = 0; seed < 20_000; seed++)
        {
            byte[] mutated = Mutation.Of(text, new Random(seed));
            if (!JsonText.TryParse(mutated, out JsonElement element, out _)) { continue; }
            if (SessionRules.TryCreate(element, new SessionRulesContext(null, "m", MayTranscribe: seed % 2 == 0), out SessionConfig? config, out _)) { Assert.NotEmpty(RealtimeJson.Write(config)); }
        }
    }

    /// <summary>A token that cannot be sent is not sent back either.</summary>
    [Theory]
    [InlineData("""{"authorization":"hush\n"}""")]
    [InlineData("""{"headers":{"X":"hush\n"}}""")]
    [InlineData("""{"authorization":"hush","headers":{"Authorization":"hush"}}""")]
    public void A_secret_is_not_quoted_in_the_error_about_it(string members)
    {
        string body = $$"""{"type":"realtime","model":"gpt-realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u",{{members[1..^1]}}}]}""";
        Assert.False(SessionRules.TryCreate(Json(body), Known, out _, out RealtimeError? error));
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_has_as_many_mcp_servers_as_the_limit_says()
    {
        string Servers(int count) => $$"""{"type":"realtime","model":"gpt-realtime","tools":[{{string.Join(',', Enumerable.Range(0, count).Select(n => $$"""{"type":"mcp","server_label":"{{n}}","server_url":"https://u"}"""))}}]}""";
        Created(Servers(Limits.McpServers));
        Assert.False(SessionRules.TryCreate(Json(Servers(Limits.McpServers + 1)), Known, out _, out RealtimeError? error));
        Assert.Equal($"session.tools[{Limits.McpServers}].server_label", error.Param);
    }

    private static SessionConfig Created(string body)
    {
        Assert.True(SessionRules.TryCreate(Json(body), Known, out SessionConfig? config, out RealtimeError? error), error?.Message);
        return config;
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static string Text(SessionConfig config) => Encoding.UTF8.GetString(RealtimeJson.Write(config));

    private static string At(SessionConfig config, string path)
    {
        var value = JsonElement.Parse(Text(config));
        foreach (string name in path.Split('.')) { value = value.GetProperty(name); }
        return value.GetRawText();
    }
}
