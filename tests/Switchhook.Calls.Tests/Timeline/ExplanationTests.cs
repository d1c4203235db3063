using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Simulation;

namespace Switchhook.Calls.Tests.Timeline;

/// <summary>A call is a record and a table of what happened; the text is the test.</summary>
public sealed class ExplanationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private const string GoodCall = """
        ms    | plane   | kind                                                  | text               | data
        0     | Sip     | sip.received                                          |                    | {"start_line":"INVITE sip:proj_demo@198.51.100.9 SIP/2.0","cseq":"1 INVITE","repeated":false}
        1     | Sip     | sip.sent                                              |                    | {"start_line":"SIP/2.0 100 Trying","cseq":"1 INVITE","repeated":false}
        2     | Call    | call.born                                             | Ada called us      | {}
        3     | Sip     | sip.sent                                              |                    | {"start_line":"SIP/2.0 180 Ringing","cseq":"1 INVITE","repeated":false}
        9     | Webhook | webhook.attempt                                       |                    | {"id":"wh_1","event":"realtime.call.incoming","attempt":1,"url":"http://127.0.0.1:9000/","status":500,"ms":5,"delivered":false}
        512   | Webhook | webhook.attempt                                       |                    | {"id":"wh_1","event":"realtime.call.incoming","attempt":2,"url":"http://127.0.0.1:9000/","status":200,"ms":8,"delivered":true}
        520   | Call    | call.state                                            | Ringing → Opening  | {"from":"ringing","to":"opening"}
        521   | Session | engine.opening                                        | scripted-greeter   |
        530   | Session | session.created                                       |                    | {"type":"session.created","session":{"model":"scripted-greeter"}}
        540   | Sip     | sip.sent                                              |                    | {"start_line":"SIP/2.0 200 OK","cseq":"1 INVITE","repeated":false}
        545   | Api     | api.request                                           | accept → 200       | {"method":"POST","path":"/v1/realtime/calls/rtc_5e9d/accept","status":200,"request_id":"req_7","ms":25.4}
        545   | Media   | media.plan                                            |                    | {"codec":"PCMU","local":"198.51.100.9:20000","remote":"203.0.113.5:4000"}
        1040  | Sip     | sip.sent                                              |                    | {"start_line":"SIP/2.0 200 OK","cseq":"1 INVITE","repeated":true}
        2040  | Sip     | sip.sent                                              |                    | {"start_line":"SIP/2.0 200 OK","cseq":"1 INVITE","repeated":true}
        2100  | Sip     | sip.received                                          |                    | {"start_line":"ACK sip:switchhook@198.51.100.9 SIP/2.0","cseq":"1 ACK","repeated":false}
        2110  | Media   | media.first_rtp                                       |                    | {"peer":"203.0.113.5:4000"}
        2120  | Session | client.response.create                                |                    | {"type":"response.create"}
        2130  | Session | response.output_audio_transcript.delta                |                    | {"item_id":"item_1","delta":"Good "}
        2140  | Media   | media.utterance_started                               |                    | {"utterance":1}
        2150  | Session | response.output_audio_transcript.delta                |                    | {"item_id":"item_1","delta":"evening"}
        2160  | Session | response.output_audio.delta                           |                    | {"item_id":"item_1","delta":"UklGRg=="}
        2170  | Session | response.output_audio.delta                           |                    | {"item_id":"item_1","delta":"UklGRg=="}
        2180  | Session | response.done                                         |                    | {"response":{"status":"completed"}}
        3000  | Session | conversation.item.input_audio_transcription.completed |                    | {"transcript":"hello?"}
        3001  | Session | response.function_call_arguments.done                 |                    | {"name":"lookup","arguments":"{\"id\":7}"}
        3100  | Media   | media.digit                                           |                    | {"digit":"5"}
        3200  | Media   | media.digit                                           |                    | {"digit":"5"}
        3300  | Call    | something.new                                         | from a later build | not even JSON
        9000  | Sip     | sip.received                                          |                    | {"start_line":"BYE sip:switchhook@198.51.100.9 SIP/2.0","cseq":"2 BYE","detail":"Q.850;cause=16","repeated":false}
        9001  | Call    | call.ended                                            |                    | {"reason":"hung_up","by":"caller"}
        9500  | Webhook | webhook.attempt                                       |                    | {"event":"switchhook.call.ended","attempt":1,"url":"http://127.0.0.1:9000/","status":0,"error":"Connection refused (127.0.0.1:9000)","ms":1,"delivered":false}
        """;

    [Fact]
    public void A_terminal_obeys_nothing_that_a_caller_wrote()
    {
        CallRecord call = Call("Caller", "HungUp", 200) with { From = "\"\u001b[2J\u0007Ada\" <sip:ada@203.0.113.5>" };
        Assert.DoesNotContain(Explanation.Of(call, []), letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void A_call_is_told_from_the_first_message_to_the_last()
    {
        CallRecord call = Call("Caller", "HungUp", 200) with
        {
            Model = "scripted-greeter",
            AcceptedAt = Noon.AddMilliseconds(520),
            AnsweredAt = Noon.AddMilliseconds(540),
            EndedAt = Noon.AddMilliseconds(9_001),
            Recording = "data/recordings/rtc_5e9d.wav",
            Media = new MediaStats { PacketsSent = 340, PacketsReceived = 344, PacketsLost = 1, FramesConcealed = 1, JitterMs = 1.26, DelayMs = 40, RoundTripMs = 33.7, RemoteLost = 0, Mos = 4.3 },
        };

        Assert.Equal(
            """
            Call rtc_5e9d of proj_demo
              from    "Ada" <sip:ada@example.com>  (udp 203.0.113.5:5060)
              to      <sip:proj_demo@198.51.100.9>
              model   scripted-greeter
              SIP     Call-ID a84b4c76@pc33
              began   2026-03-04 12:00:00.000 UTC, rang 0.5 s, talked 8.5 s
              end     The caller hung up.
              record  data/recordings/rtc_5e9d.wav

            What happened
                     +0 ms  sip      caller → switchhook  INVITE sip:proj_demo@198.51.100.9
                     +1 ms  sip      caller ← switchhook  100 Trying (INVITE)
                     +2 ms  call     call.born: Ada called us
                     +3 ms  sip      caller ← switchhook  180 Ringing (INVITE)
                     +9 ms  webhook  realtime.call.incoming, attempt 1 to http://127.0.0.1:9000/: answered 500 after 5 ms
                   +512 ms  webhook  realtime.call.incoming, attempt 2 to http://127.0.0.1:9000/: answered 200 after 8 ms
                   +520 ms  call     ringing → opening
                   +521 ms  session  opening the model scripted-greeter
                   +530 ms  session  model: session.created (scripted-greeter)
                   +540 ms  sip      caller ← switchhook  200 OK (INVITE)  ×3 within 1500 ms
                   +545 ms  api      app: POST /v1/realtime/calls/rtc_5e9d/accept → 200 after 25 ms  [req_7]
                   +545 ms  media    audio agreed: PCMU, ours at 198.51.100.9:20000, theirs at 203.0.113.5:4000
                  +2100 ms  sip      caller → switchhook  ACK sip:switchhook@198.51.100.9
                  +2110 ms  media    first audio from the caller, from 203.0.113.5:4000
                  +2120 ms  session  app: response.create
                  +2130 ms  session  response.output_audio_transcript: 2 deltas: "Good evening"
                  +2140 ms  media    the caller begins to hear utterance 1
                  +2160 ms  session  response.output_audio: 2 deltas
                  +2180 ms  session  model: response.done, completed
                  +3000 ms  session  caller said "hello?"
                  +3001 ms  session  model calls lookup({"id":7})
                  +3100 ms  media    caller pressed 5  ×2 within 100 ms
                  +3300 ms  call     something.new: from a later build
                  +9000 ms  sip      caller → switchhook  BYE sip:switchhook@198.51.100.9  [Q.850;cause=16]
                  +9001 ms  call     ended: hung_up, by caller
                  +9500 ms  webhook  switchhook.call.ended, attempt 1 to http://127.0.0.1:9000/: Connection refused (127.0.0.1:9000) after 1 ms

            How the audio was
              from the caller  344 packets, 1 lost (0.3 %), 0 late, 0 dropped, 1 frames concealed
              to the caller    340 packets, 0 lost as the caller's side reports
              quality          MOS 4.3, jitter 1.3 ms, buffer 40 ms, round trip 34 ms

            """,
            Explanation.Of(call, Entries(GoodCall)));
    }

    /// <summary>L14: each step of a transfer is a line that can be read.</summary>
    [Fact]
    public void A_transfer_is_told_step_by_step()
    {
        string text = Explanation.Of(Call("Api", "Transferred", 200), Entries("""
            ms | plane | kind               | text | data
            1  | Call  | transfer.requested |      | {"target":"tel:+1415"}
            2  | Call  | transfer.refused   |      | {"sip_status":603,"reason":"The peer answered REFER with 603 Decline"}
            3  | Call  | transfer.accepted  |      | {"sip_status":202}
            4  | Call  | transfer.progress  |      | {"sip_status":180,"terminated":false}
            5  | Call  | transfer.progress  |      | {"terminated":true,"reason":"noresource"}
            6  | Call  | transfer.ended     |      | {"outcome":"timed_out"}
            7  | Call  | transfer.ended     |      | {"outcome":"completed","sip_status":200}
            """));
        foreach (string line in new[]
        {
            "+1 ms  call     transfer to tel:+1415: the caller's side is asked\n", "+2 ms  call     the caller's side refuses the transfer: The peer answered REFER with 603 Decline\n",
            "+3 ms  call     the caller's side takes the transfer (202)\n", "+4 ms  call     the transfer target answers 180\n",
            "+5 ms  call     news of the transfer without a status, and nothing more will be told (noresource)\n",
            "+6 ms  call     transfer timed out\n", "+7 ms  call     transfer completed with 200\n", "end     It was transferred.\n",
        }) { Assert.Contains(line, text, StringComparison.Ordinal); }
    }

    [Fact]
    public void Tools_of_mcp_servers_are_told_with_what_came_of_them()
    {
        string text = Explanation.Of(Call("Caller", "HungUp", 200), Entries("""
            ms | plane   | kind                      | text | data
            1  | Session | conversation.item.done    |      | {"item":{"type":"mcp_list_tools","server_label":"shop","tools":[]}}
            2  | Session | conversation.item.done    |      | {"item":{"type":"mcp_list_tools","server_label":"mail","tools":[],"error":"The MCP server answered 500."}}
            3  | Session | conversation.item.done    |      | {"item":{"type":"mcp_approval_request","server_label":"shop","name":"find","arguments":"{}"}}
            4  | Session | conversation.item.done    |      | {"item":{"type":"mcp_call","server_label":"shop","name":"find","arguments":"{}","output":"It was sent.","error":null}}
            5  | Session | conversation.item.done    |      | {"item":{"type":"mcp_call","server_label":"shop","name":"find","arguments":"{}","output":null,"error":{"type":"http_error","code":503,"message":"The MCP server answered 503."}}}
            6  | Session | conversation.item.done    |      | {"item":{"type":"message"}}
            """));
        foreach (string line in new[]
        {
            "+1 ms  session  MCP server shop: its tools are loaded\n", "+2 ms  session  MCP server mail: no tools: The MCP server answered 500.\n",
            "+3 ms  session  MCP tool shop.find({}) waits for approval\n", "+4 ms  session  MCP tool shop.find({}) answered \"It was sent.\"\n",
            "+5 ms  session  MCP tool shop.find({}) failed: The MCP server answered 503.\n", "+6 ms  session  model: conversation.item.done\n",
            "The model had no tools of the MCP server mail: The MCP server answered 500.\n",
        }) { Assert.Contains(line, text, StringComparison.Ordinal); }
    }

    [Fact]
    public void An_event_that_was_too_large_is_told_by_its_size()
    {
        string text = Explanation.Of(Call("Caller", "HungUp", 200), Entries("""
            ms | plane   | kind                   | text                                | data
            1  | Session | response.done          | 300000 bytes, too many for a history |
            2  | Session | conversation.item.done | 300000 bytes, too many for a history |
            """));
        Assert.Contains("+1 ms  session  model: response.done: 300000 bytes, too many for a history\n", text, StringComparison.Ordinal);
        Assert.Contains("+2 ms  session  model: conversation.item.done: 300000 bytes, too many for a history\n", text, StringComparison.Ordinal);
    }

    /// <summary>L29, S5, L10: each row is a call that went wrong, and what is said of it.</summary>
    [Theory]
    [InlineData("the webhook was answered 500 five times", "Switchhook NoDecision 503", "a500 a500 a500 a500 a500",
        "No decision in time: the webhook never arrived, it was answered 500 five times. Look at http://app/hook.")]
    [InlineData("nobody listened, then it broke", "Switchhook NoDecision 503", "aRefused a500 a500",
        "No decision in time: the webhook never arrived, it was Refused once, then: answered 500 twice. Look at http://app/hook.")]
    [InlineData("the app was told and did nothing", "Switchhook NoDecision 503", "a200",
        "No decision in time: the webhook was delivered, but no accept and no reject was granted")]
    [InlineData("the app asked for the impossible", "Switchhook NoDecision 503", "a200 accept400",
        "The application's accept was refused with 400: there is no model x")]
    [InlineData("the app had less patience than the model", "Engine EngineFailed 503", "a200 accept499",
        "The application went away before its accept was answered.")]
    [InlineData("there is no app", "Switchhook NoDecision 503", "none", "Nobody was told of the call: proj_demo has no webhook.")]
    [InlineData("the caller was faster", "Caller Cancelled 487", "a200", "The caller waited 20.0 s and gave up; the application had not decided yet.")]
    [InlineData("the caller was faster than the retries", "Caller Cancelled 487", "a500", "gave up; the webhook had not arrived, it was answered 500 once.")]
    [InlineData("the model was slow", "Engine EngineFailed 503", "a200", "Accepted, but the model scripted was not open yet when the time to decide was up. Look at the model, or raise decision_timeout_ms.")]
    [InlineData("the model did not open", "Engine EngineFailed 503", "a200 engine", "Accepted, but the model scripted did not open: no such script")]
    [InlineData("no ACK ever came", "Network NotAcknowledged 200", "answered ok ok ok", "Our 200 OK was sent three times and no ACK came")]
    [InlineData("only video was offered", "Switchhook NoCodec 488", "", "no audio codec in common")]
    [InlineData("no audio, firewall", "Caller HungUp 200", "answered plan", "No RTP ever came from the caller. We told the caller to send to 198.51.100.9:20000: check that UDP to it is open")]
    [InlineData("no audio, private address", "Network MediaLost 200", "answered private", "send to 10.0.0.7:20000: that is a private address, which the caller cannot reach from outside: set media.address")]
    [InlineData("the model was silent", "Caller HungUp 200", "answered plan rtp media", "The model never said anything")]
    [InlineData("a bad line", "Caller HungUp 200", "answered plan rtp spoke badmedia", "The audio was poor: MOS 2.1, 10.0 % lost on the way here")]
    [InlineData("the carrier transfers nobody", "Caller HungUp 200", "refer transfer:refused:603", "does not transfer to tel:+1415: it refused REFER with 603.")]
    [InlineData("the target is busy", "Caller HungUp 200", "refer transfer:failed:486", "The transfer to tel:+1415 failed: the target answered 486.")]
    [InlineData("a peer that does not follow", "Caller HungUp 200", "refer transfer:unknown:0", "Nobody told how the transfer to tel:+1415 ended")]
    [InlineData("a peer that forgets", "Caller HungUp 200", "refer transfer:timed_out:0", "had no outcome")]
    [InlineData("a slow disk", "Caller HungUp 200", "gap", "7 entries of this timeline are missing")]
    public void What_went_wrong_is_said_with_where_to_look(string story, string ended, string happened, string says)
    {
        (CallRecord call, List<TimelineEntry> entries) = Happened(ended, happened);
        string text = Explanation.Of(call, entries);
        Assert.True(text.Contains(says, StringComparison.Ordinal), $"{story}:\n{text}");
    }

    [Theory]
    [InlineData("Caller HungUp 200", "answered plan rtp spoke media")]
    [InlineData("Api Rejected 486", "a200")]
    [InlineData("Api Transferred 200", "answered plan rtp spoke media refer transfer:completed:200")]
    [InlineData("Caller HungUp 200", "a500 a200 answered plan rtp spoke media")]
    public void Nothing_stands_out_in_a_call_that_went_well(string ended, string happened)
    {
        (CallRecord call, List<TimelineEntry> entries) = Happened(ended, happened);
        Assert.DoesNotContain("What stands out", Explanation.Of(call, entries), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_to_end_has_its_sentence()
    {
        foreach (EndedBecause because in Enum.GetValues<EndedBecause>())
        {
            string sentence = EndSentence.Of(Call("Switchhook", because.ToString(), 503));
            Assert.EndsWith(".", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("ended it:", sentence, StringComparison.Ordinal);
        }
        Assert.Equal("It has not ended; it is ringing.", EndSentence.Of(Call("Caller", "HungUp", 200) with { Ended = null, State = CallState.Ringing }));
    }

    /// <summary>Texts come from strangers: whatever they hold, a line stays a line and no escape reaches the terminal.</summary>
    [Fact]
    public void Whatever_the_data_is_every_entry_is_told_on_one_line()
    {
        string[] kinds = [.. Entries(GoodCall).Select(entry => entry.Kind), "", ".", "error", "webhook.none", "media.cut", "call.state", "conversation.item.done"];
        string[] values = ["null", "7", "-1e300", "\"\\u001b[2Jx\\r\\ny\"", "{}", "[1]", "true", "\"\""];
        string[] names = ["start_line", "cseq", "delta", "item_id", "path", "status", "error", "session", "response", "transcript", "ms", "event", "local", "from", "to", "repeated"];
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var entries = new List<TimelineEntry>();
            for (int sequence = 1; sequence <= 10; sequence++)
            {
                string json = "{" + string.Join(",", names.Where(_ => random.Next(2) == 0).Select(name => $"\"{name}\":{values[random.Next(values.Length)]}")) + "}";
                byte[] data = Encoding.UTF8.GetBytes(json[..(random.Next(4) == 0 ? random.Next(json.Length) : json.Length)]);
                entries.Add(new TimelineEntry(sequence, Noon.AddMilliseconds(random.Next(-5, 5_000)), (Plane)random.Next(6), kinds[random.Next(kinds.Length)], random.Next(2) == 0 ? "" : "a\nb\u001b[31m", data));
            }
            string text = Explanation.Of(Call("Caller", "HungUp", 200), entries);
            Assert.False(text.Any(c => char.IsControl(c) && c != '\n'), $"seed {seed}:\n{text}");
            Assert.InRange(text.Split('\n').Length, 11, 25);
        }
    }

    private static (CallRecord, List<TimelineEntry>) Happened(string ended, string happened)
    {
        string[] reason = ended.Split(' ');
        CallRecord call = Call(reason[0], reason[1], int.Parse(reason[2], System.Globalization.CultureInfo.InvariantCulture)) with { Model = "scripted" };
        var rows = new List<string>();
        foreach (string word in happened.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "answered": call = call with { AnsweredAt = Noon.AddSeconds(1) }; break;
                case "media": call = call with { Media = new MediaStats { PacketsReceived = 500, PacketsSent = 500, Mos = 4.4 } }; break;
                case "badmedia": call = call with { Media = new MediaStats { PacketsReceived = 450, PacketsLost = 50, PacketsSent = 500, Mos = 2.1 } }; break;
                case "gap": call = call with { TimelineGap = 7 }; break;
                default: rows.Add(Row(word)); break;
            }
        }
        return (call, [.. Entries(string.Join('\n', ["ms | plane | kind | text | data", .. rows]))]);
    }

    private static string Row(string word) => word switch
    {
        "refer" => """1 | Call | transfer.requested | tel:+1415 | {"target":"tel:+1415"}""",
        _ when word.StartsWith("transfer:", StringComparison.Ordinal) => $$"""1 | Call | transfer.ended | | {"outcome":"{{word.Split(':')[1]}}","sip_status":{{word.Split(':')[2]}}}""",
        "none" => "1 | Webhook | webhook.none | nobody is told |",
        "engine" => "1 | Session | engine.failed | no such script |",
        "ok" => """1 | Sip | sip.sent | | {"start_line":"SIP/2.0 200 OK","cseq":"1 INVITE"}""",
        "plan" => """1 | Media | media.plan | | {"local":"198.51.100.9:20000","remote":"203.0.113.5:4000"}""",
        "private" => """1 | Media | media.plan | | {"local":"10.0.0.7:20000","remote":"203.0.113.5:4000"}""",
        "rtp" => """1 | Media | media.first_rtp | | {"peer":"203.0.113.5:4000"}""",
        "spoke" => """1 | Media | media.utterance_started | | {"utterance":1}""",
        "accept400" => """1 | Api | api.request | | {"method":"POST","path":"/v1/realtime/calls/rtc_5e9d/accept","status":400,"error":"there is no model x","ms":1}""",
        "accept499" => """1 | Api | api.request | accept → 499 | {"method":"POST","path":"/v1/realtime/calls/rtc_5e9d/accept","status":499,"ms":900}""",
        "aRefused" => """1 | Webhook | webhook.attempt | | {"event":"realtime.call.incoming","url":"http://app/hook","status":0,"error":"Refused","delivered":false}""",
        _ => $$"""1 | Webhook | webhook.attempt | | {"event":"realtime.call.incoming","url":"http://app/hook","status":{{word[1..]}},"delivered":{{(word[1] == '2' ? "true" : "false")}}}""",
    };

    private static IReadOnlyList<TimelineEntry> Entries(string table) => [.. Table.Rows(table).Select((row, index) => new TimelineEntry(
        index + 1, Noon.AddMilliseconds(int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture)), Enum.Parse<Plane>(row[1]), row[2], row[3], Encoding.UTF8.GetBytes(row[4])))];

    private static CallRecord Call(string by, string because, int status) => new()
    {
        Id = CallId.TryParse("rtc_5e9d", out CallId id) ? id : default,
        Project = "proj_demo",
        State = CallState.Ended,
        SipCallId = "a84b4c76@pc33",
        From = "\"Ada\" <sip:ada@example.com>",
        To = "<sip:proj_demo@198.51.100.9>",
        Peer = "udp 203.0.113.5:5060",
        CreatedAt = Noon,
        EndedAt = Noon.AddSeconds(20),
        Ended = new EndReason(Enum.Parse<EndedBy>(by), Enum.Parse<EndedBecause>(because), status),
    };
}
