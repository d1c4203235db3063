using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Simulation;

namespace Switchhook.Realtime.Tests.Events;

public sealed class EventReaderTests
{
    // Every client event of realtime-api §5: what is read is written again, whatever the order of its members.
    public static TheoryData<string, string> ClientEvents => Table.Two("""
        read                                                                                                             | written
        {"type":"session.update","session":{"type":"realtime","x":null},"event_id":"e"}                                  | {"type":"session.update","event_id":"e","session":{"type":"realtime","x":null}}
        {"type":"transcription_session.update","session":{}}                                                             | {"type":"transcription_session.update","session":{}}
        {"audio":"AQID","type":"input_audio_buffer.append"}                                                              | {"type":"input_audio_buffer.append","audio":"AQID"}
        {"type":"input_audio_buffer.commit"}                                                                             | {"type":"input_audio_buffer.commit"}
        {"type":"response.create","response":null}                                                                          | {"type":"response.create"}
        {"type":"input_audio_buffer.clear","event_id":null}                                                              | {"type":"input_audio_buffer.clear"}
        {"type":"output_audio_buffer.clear"}                                                                             | {"type":"output_audio_buffer.clear"}
        {"type":"conversation.item.retrieve","item_id":"i"}                                                              | {"type":"conversation.item.retrieve","item_id":"i"}
        {"type":"conversation.item.delete","item_id":"i"}                                                                | {"type":"conversation.item.delete","item_id":"i"}
        {"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1500}                        | {"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1500}
        {"type":"response.create"}                                                                                       | {"type":"response.create"}
        {"type":"response.create","response":{"instructions":"x"}}                                                       | {"type":"response.create","response":{"instructions":"x"}}
        {"type":"response.cancel","response_id":"r"}                                                                     | {"type":"response.cancel","response_id":"r"}
        {"item":{"content":[{"text":"a","type":"input_text"}],"role":"user","type":"message"},"type":"conversation.item.create"} | {"type":"conversation.item.create","item":{"type":"message","id":"","object":"realtime.item","status":"completed","role":"user","content":[{"type":"input_text","text":"a"}]}}
        {"type":"conversation.item.create","previous_item_id":"root","item":{"type":"function_call_output","id":"i","call_id":"c","output":"{}"}} | {"type":"conversation.item.create","item":{"type":"function_call_output","id":"i","object":"realtime.item","status":"completed","call_id":"c","output":"{}"},"previous_item_id":"root"}
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:x","detail":"low"}]}} | {"type":"conversation.item.create","item":{"type":"message","id":"","object":"realtime.item","status":"completed","role":"user","content":[{"type":"input_image","image_url":"data:x","detail":"low"}]}}
        {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"a","approve":false,"reason":"no"}} | {"type":"conversation.item.create","item":{"type":"mcp_approval_response","id":"","object":"realtime.item","status":"completed","approval_request_id":"a","approve":false,"reason":"no"}}
        {"type":"conversation.item.create","item":{"type":"mcp_list_tools","id":"l","status":"in_progress","server_label":"a","tools":[{"name":"t","input_schema":{"type":"object"},"annotations":{"readOnlyHint":true}}]}} | {"type":"conversation.item.create","item":{"type":"mcp_list_tools","id":"l","object":"realtime.item","status":"completed","server_label":"a","tools":[{"name":"t","description":"","input_schema":{"type":"object"},"annotations":{"readOnlyHint":true}}]}}
        {"type":"conversation.item.create","item":{"type":"mcp_call","id":"c","server_label":"a","name":"t","arguments":"{}","approval_request_id":"r","output":"7"}} | {"type":"conversation.item.create","item":{"type":"mcp_call","id":"c","object":"realtime.item","status":"completed","server_label":"a","name":"t","arguments":"{}","approval_request_id":"r","output":"7","error":null}}
        {"type":"conversation.item.create","item":{"type":"mcp_call","id":"c","status":"incomplete","server_label":"a","name":"t","arguments":"{}","error":{"type":"http_error","code":503,"message":"closed"}}} | {"type":"conversation.item.create","item":{"type":"mcp_call","id":"c","object":"realtime.item","status":"incomplete","server_label":"a","name":"t","arguments":"{}","approval_request_id":null,"output":null,"error":{"type":"http_error","message":"closed","code":503}}}
        {"type":"conversation.item.create","item":{"type":"mcp_approval_request","id":"r","server_label":"a","name":"t","arguments":"{}"}} | {"type":"conversation.item.create","item":{"type":"mcp_approval_request","id":"r","object":"realtime.item","status":"completed","server_label":"a","name":"t","arguments":"{}"}}
        """);

    [Theory]
    [MemberData(nameof(ClientEvents))]
    public void A_client_event_is_read_and_written_again(string read, string written)
    {
        Assert.True(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(read), out ClientEvent? clientEvent, out RealtimeError? error, out _), error?.Message);
        Assert.Equal(written, Encoding.UTF8.GetString(RealtimeJson.Write(clientEvent)));
    }

    // §6.5: what is wrong is told with its code and the exact path, and the client's own id comes back whenever it could be read.
    public static TheoryData<string, string, string> Faulty => Table.Three("""
        text                                                                                                            | code                       | param, event id
        {                                                                                                               | invalid_json               | -, -
        {"type":"response.create","type":"response.cancel"}                                                             | invalid_json               | -, -
        {"type":"response.create","event_id":"\ud800"}                                                                  | invalid_json               | -, -
        []                                                                                                              | invalid_event              | type, -
        "response.create"                                                                                               | invalid_event              | type, -
        {"event_id":"a"}                                                                                                | invalid_event              | type, a
        {"type":null,"event_id":"a"}                                                                                    | invalid_event              | type, a
        {"type":5,"event_id":"a"}                                                                                       | invalid_type               | type, a
        {"type":"response.make","event_id":"a"}                                                                         | invalid_value              | type, a
        {"type":"response.create","event_id":7}                                                                         | invalid_type               | event_id, -
        {"type":"response.create","response":[],"event_id":"a"}                                                         | invalid_type               | response, a
        {"type":"session.update","event_id":"a"}                                                                        | missing_required_parameter | session, a
        {"type":"session.update","session":"x","event_id":"a"}                                                          | invalid_type               | session, a
        {"type":"input_audio_buffer.append"}                                                                            | missing_required_parameter | audio, -
        {"type":"input_audio_buffer.append","audio":"*"}                                                                | invalid_value              | audio, -
        {"type":"conversation.item.create","event_id":"a"}                                                              | missing_required_parameter | item, a
        {"type":"conversation.item.create","item":7}                                                                    | invalid_type               | item, -
        {"type":"conversation.item.create","item":{}}                                                                   | missing_required_parameter | item.type, -
        {"type":"conversation.item.create","item":{"type":"song"}}                                                      | invalid_value              | item.type, -
        {"type":"conversation.item.create","item":{"type":"item_reference","id":"i"}}                                   | invalid_value              | item.type, -
        {"type":"conversation.item.create","item":{"type":"message","content":[]}}                                      | missing_required_parameter | item.role, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user"}}                                     | missing_required_parameter | item.content, -
        {"type":"conversation.item.create","item":{"type":"message","role":"tool","content":[]}}                        | invalid_value              | item.role, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","id":"root","content":[]}}            | invalid_value              | item.id, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","status":"odd","content":[]}}         | invalid_value              | item.status, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text"}]}}   | missing_required_parameter | item.content[0].text, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},3]}} | invalid_type    | item.content[1], -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"output_text","text":"a"}]}} | invalid_value    | item.content[0].type, -
        {"type":"conversation.item.create","item":{"type":"message","role":"system","content":[{"type":"input_audio"}]}} | invalid_value             | item.content[0].type, -
        {"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_audio","transcript":"a"}]}} | invalid_value | item.content[0].type, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_audio","audio":"%"}]}} | invalid_value   | item.content[0].audio, -
        {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_image","image_url":"ftp://x"}]}} | invalid_value | item.content[0].image_url, -
        {"type":"conversation.item.create","item":{"type":"function_call_output","output":"x"}}                         | missing_required_parameter | item.call_id, -
        {"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":{}}}            | invalid_type               | item.output, -
        {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"c"}}           | missing_required_parameter | item.approve, -
        {"type":"conversation.item.create","item":{"type":"mcp_list_tools","server_label":"a"}}                          | missing_required_parameter | item.tools, -
        {"type":"conversation.item.create","item":{"type":"mcp_list_tools","server_label":"a","tools":[{"name":"t"}]}}   | missing_required_parameter | item.tools[0].input_schema, -
        {"type":"conversation.item.create","item":{"type":"mcp_list_tools","server_label":"a","tools":[{"name":"t","input_schema":"{}"}]}} | invalid_type               | item.tools[0].input_schema, -
        {"type":"conversation.item.create","item":{"type":"mcp_list_tools","server_label":"a","tools":[7]}}              | invalid_type               | item.tools[0], -
        {"type":"conversation.item.create","item":{"type":"mcp_call","server_label":"a","name":"t"}}                     | missing_required_parameter | item.arguments, -
        {"type":"conversation.item.create","item":{"type":"mcp_call","server_label":"a","name":"t","arguments":"{}","error":"x"}} | invalid_type               | item.error, -
        {"type":"conversation.item.create","item":{"type":"mcp_call","server_label":"a","name":"t","arguments":"{}","error":{"type":"odd","message":"x"}}} | invalid_value              | item.error.type, -
        {"type":"conversation.item.create","item":{"type":"mcp_approval_request","name":"t","arguments":"{}"}}           | missing_required_parameter | item.server_label, -
        {"type":"conversation.item.truncate","item_id":"i","audio_end_ms":1}                                            | missing_required_parameter | content_index, -
        {"type":"conversation.item.truncate","item_id":"i","content_index":0}                                           | missing_required_parameter | audio_end_ms, -
        {"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":-1}                         | invalid_value              | audio_end_ms, -
        {"type":"conversation.item.delete"}                                                                             | missing_required_parameter | item_id, -
        """);

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_faulty_client_event_is_an_error_event_that_names_the_fault(string text, string code, string rest)
    {
        Assert.False(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(text), out ClientEvent? clientEvent, out RealtimeError? error, out string? eventId));
        Assert.Null(clientEvent);
        Assert.Equal((code, rest), (error.Code, $"{error.Param ?? "-"}, {eventId ?? "-"}"));
    }

    [Fact]
    public void An_event_id_may_have_512_characters_and_no_more()
    {
        string Event(int length) => $$"""{"type":"response.cancel","event_id":"{{new string('a', length)}}"}""";
        Assert.True(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(Event(512)), out _, out _, out string? kept));
        Assert.Equal(512, kept?.Length);
        Assert.False(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(Event(513)), out _, out RealtimeError? error, out _));
        Assert.Equal("event_id", error.Param);
        Assert.True(error.Message.Length < 300, "a fault does not send back what it was sent");
    }

    // A quotation that is cut is still text.
    [Theory]
    [InlineData(98)]
    [InlineData(99)]
    [InlineData(100)]
    public void A_fault_does_not_cut_a_character_in_half(int letters)
    {
        string event_ = $$"""{"type":"{{new string('a', letters)}}😀😀"}""";
        Assert.False(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(event_), out _, out RealtimeError? error, out _));
        string written = Encoding.UTF8.GetString(RealtimeJson.Write(ErrorEvent.For(error, null, "event_1")));
        Assert.DoesNotContain("\\ufffd", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\ufffd', written);
    }

    // Bytes from outside never throw: every prefix, and 30,000 mutations, are read or refused, and what is read can be written.
    [Fact]
    public void No_prefix_and_no_mutation_of_a_client_event_throws()
    {
        byte[][] texts = [.. ClientEvents.Select(row => Encoding.UTF8.GetBytes(row.Data.Item1))];
        foreach (byte[] text in texts)
        {
            for (int length = 0; length < text.Length; length++)
            {
                Assert.False(EventReader.TryReadClientEvent(text.AsSpan(0, length), out _, out RealtimeError? error, out _));
                Assert.NotNull(error);
                Assert.False(AudioFrames.TryReadAppend(text.AsSpan(0, length), new byte[64], out _, out _));
                Assert.False(EventReader.TryReadServerEvent(text.AsSpan(0, length), out _));
            }
        }
        for (int seed = 0; seed < 30_000; seed++)
        {
            var random = new Random(seed);
            byte[] mutated = Mutation.Of(texts[random.Next(texts.Length)], random);
            if (EventReader.TryReadClientEvent(mutated, out ClientEvent? read, out RealtimeError? error, out _)) { Assert.NotEmpty(RealtimeJson.Write(read)); }
            else { Assert.NotEmpty(RealtimeJson.Write(ErrorEvent.For(error, null, "event_1"))); }
            EventReader.TryReadServerEvent(mutated, out _);
        }
    }

    // A relay passes on what it does not understand, byte for byte.
    [Theory]
    [InlineData("""{"event_id":"e","type":"response.new_thing","x":{"type":"y"}}""", "response.new_thing", "e")]
    [InlineData("""{"type":"session.created","session":{"voice":{"surprise":true}}}""", "session.created", "")]
    [InlineData("""{"type":"conversation.item.added","event_id":"e","previous_item_id":null,"item":{"type":"song"}}""", "conversation.item.added", "e")]
    [InlineData("""{"type":"input_audio_buffer.dtmf_event_received","event":"1","received_at":5}""", "input_audio_buffer.dtmf_event_received", "")]
    public void A_server_event_that_is_not_ours_is_kept_as_it_came(string text, string type, string eventId)
    {
        Assert.True(EventReader.TryReadServerEvent(Encoding.UTF8.GetBytes(text), out ServerEvent? read));
        Assert.IsType<RawServerEvent>(read);
        Assert.Equal((type, eventId, text), (read.Type, read.EventId, Encoding.UTF8.GetString(RealtimeJson.Write(read))));
    }

    [Fact]
    public void Appends_are_read_and_deltas_written_without_garbage()
    {
        byte[] audio = new byte[960], destination = new byte[960];
        new Random(1).NextBytes(audio);
        byte[] append = RealtimeJson.Write(new InputAudioBufferAppend(audio));
        var output = new System.Buffers.ArrayBufferWriter<byte>(4096);
        Frame();
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int i = 0; i < 1000; i++) { Frame(); }
        }));
        Assert.Equal(audio, destination);

        var delta = new ResponseOutputAudioDelta("resp_1", "item_1", 2, 3, audio) { EventId = "event_1" };
        Assert.Equal(Encoding.UTF8.GetString(RealtimeJson.Write(delta)), Encoding.UTF8.GetString(output.WrittenSpan));

        void Frame()
        {
            AudioFrames.TryReadAppend(append, destination, out _, out _);
            output.ResetWrittenCount();
            AudioFrames.WriteDelta(output, "event_1", "resp_1", "item_1", 2, 3, audio);
        }
    }

    [Fact]
    public void An_append_of_15_MiB_is_read_and_one_byte_too_many_for_the_buffer_is_left_to_others()
    {
        byte[] audio = new byte[15 << 20];
        byte[] append = RealtimeJson.Write(new InputAudioBufferAppend(audio));
        Assert.True(append.Length < Limits.SocketMessageBytes);
        Assert.True(AudioFrames.TryReadAppend(append, new byte[audio.Length], out int written, out _));
        Assert.Equal(audio.Length, written);
        Assert.False(AudioFrames.TryReadAppend(append, new byte[audio.Length - 1], out _, out _));
        Assert.True(EventReader.TryReadClientEvent(append, out ClientEvent? read, out _, out _));
        Assert.Equal(audio.Length, Assert.IsType<InputAudioBufferAppend>(read).Audio.Length);
    }

    [Theory]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"AQ\/D"}""")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"AQID","audio":"AQID"}""")]
    [InlineData("""{"audio":"AQID"}""")]
    [InlineData("""{"type":"input_audio_buffer.commit","audio":"AQID"}""")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"AQID"}{}""")]
    [InlineData("""{"type":"input_audio_buffer.append","type":"input_audio_buffer.append","audio":"AQID"}""")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"a","event_id":"b","audio":"AQID"}""")]
    [InlineData("""{"type":"input_audio_buffer.append","event_id":"","event_id":"b","audio":"AQID"}""")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"AQID","x":1,"x":2}""")]
    [InlineData("""{"type":"input_audio_buffer.append","audio":"AQID","x":"\ud800"}""")]
    public void What_is_unusual_in_an_append_is_left_to_the_event_reader(string text) =>
        Assert.False(AudioFrames.TryReadAppend(Encoding.UTF8.GetBytes(text), new byte[16], out _, out _));

    [Fact]
    public void An_event_id_that_is_not_UTF8_is_left_to_the_event_reader() =>
        Assert.False(AudioFrames.TryReadAppend([.. """{"type":"input_audio_buffer.append","event_id":"""u8, .. "\""u8, 0xff, .. "\",\"audio\":\"AQID\"}"u8], new byte[16], out _, out _));

    [Fact]
    public void Base64_with_escaped_slashes_is_base64()
    {
        Assert.True(EventReader.TryReadClientEvent("""{"type":"input_audio_buffer.append","audio":"AQ\/D"}"""u8, out ClientEvent? read, out _, out _));
        Assert.Equal([1, 15, 195], Assert.IsType<InputAudioBufferAppend>(read).Audio.ToArray());
    }
}
