using System.Globalization;
using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>Whole sessions from one integer: clients, caller, playout and model do anything in any order, and the laws of order hold.</summary>
public sealed class OrderLawsTests
{
    private const int Seeds = 1_000, Steps = 120, SampleRate = 8000;

    private static readonly string[] ClientEvents =
    [
        """{"type":"response.create"}""",
        """{"type":"response.create","response":{"conversation":"none","metadata":{"a":"b"}}}""",
        """{"type":"response.create","response":{"output_modalities":["text"],"input":[]}}""",
        """{"type":"response.create","response":{"input":[{"type":"item_reference","id":"$"},{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}]}}""",
        """{"type":"response.create","response":{"max_output_tokens":5,"tool_choice":"required"}}""",
        """{"type":"response.create","response":{"max_output_tokens":30,"tools":[{"type":"function","name":"f"},{"type":"mcp","server_label":"a","server_url":"https://u"}],"tool_choice":"required"}}""",
        """{"type":"response.create","response":{"audio":{"output":{"voice":"marin"}}}}""",
        """{"type":"response.cancel"}""",
        """{"type":"response.cancel","response_id":"resp_x"}""",
        """{"type":"output_audio_buffer.clear"}""",
        """{"type":"input_audio_buffer.commit"}""",
        """{"type":"input_audio_buffer.clear"}""",
        """{"type":"input_audio_buffer.append","audio":"AAAA"}""",
        """{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AAAA"}]}}""",
        """{"type":"conversation.item.create","previous_item_id":"root","item":{"type":"message","role":"system","content":[]}}""",
        """{"type":"conversation.item.create","previous_item_id":"$","item":{"id":"mine","type":"function_call_output","call_id":"c","output":"1"}}""",
        """{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"x","approve":true}}""",
        """{"type":"conversation.item.retrieve","item_id":"$"}""",
        """{"type":"conversation.item.truncate","item_id":"$","content_index":0,"audio_end_ms":120}""",
        """{"type":"conversation.item.delete","item_id":"$"}""",
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}""",
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000,"silence_duration_ms":100}}}}}""",
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","interrupt_response":false}}}}}""",
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","create_response":false},"transcription":{"model":"t"}}}}}""",
        """{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}""",
        """{"type":"session.update","session":{"type":"realtime","output_modalities":["audio"],"tools":[]}}""",
        """{"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://u"},{"type":"mcp","server_label":"b","server_url":"https://u","require_approval":"never"}]}}""",
        """{"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"b","server_url":"https://v","require_approval":"never","allowed_tools":["x"]}]}}""",
        """{"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"b","connector_id":"connector_gmail"}]}}""",
        """{"type":"response.create","response":{"tools":[{"type":"mcp","server_label":"c","server_url":"https://u","require_approval":"never"}]}}""",
        """{"type":"session.update","session":{"instructions":"no type"}}""",
        """{"type":"transcription_session.update","session":{}}""",
    ];

    [Theory]
    [InlineData(SessionSurface.Call, false)]
    [InlineData(SessionSurface.Call, true)]
    [InlineData(SessionSurface.Socket, false)]
    public void Any_order_of_inputs_keeps_the_order_of_events(SessionSurface surface, bool wildPlayout)
    {
        for (int seed = 0; seed < Seeds; seed++) { new World(surface, wildPlayout, seed).Run(); }
    }

    private sealed class World
    {
        private readonly Random _random;
        private readonly OrderLaws _laws;
        private readonly RealtimeSession _session;
        private readonly List<string> _known = [];
        private readonly HashSet<int> _started = [];
        private readonly bool _wildPlayout;
        private readonly string _context;
        private Instant _now = new(1);
        private Instant _cutBy;
        private int _wild;

        public World(SessionSurface surface, bool wildPlayout, int seed)
        {
            _random = new Random(seed);
            _wildPlayout = wildPlayout;
            _context = $"{surface} {(wildPlayout ? "wild " : "")}seed {seed}";
            _laws = new OrderLaws(surface, _context);
            SessionRules.TryCreate(JsonElement.Parse("""{"type":"realtime","model":"m"}"""), default, out SessionConfig? config, out _);
            _session = new RealtimeSession(_now, new WallClock(_now, DateTimeOffset.UnixEpoch), surface, config!, Limits.Session, SampleRate, new Random(seed));
        }

        public void Run()
        {
            Drain();
            for (int step = 0; step < Steps; step++)
            {
                Step();
                Drain();
            }
            Finish();
        }

        private void Step()
        {
            switch (_random.Next(100))
            {
                case < 22: Client(); break;
                case < 40: Hear(_random.Next(2, 15), _random.Next(2)); break;
                case < 70: Produce(); break;
                case < 88: Report(); break;
                case < 93: AnswerMcp(); break;
                case < 96: Wait(TimeSpan.FromMilliseconds(_random.Next(1, _random.Next(4) == 0 ? 8000 : 300))); break;
                case 96: _session.Prompt(_now); break;
                case 97 when _random.Next(2) == 0: _session.SaidSoFar(_laws.Pauses - _random.Next(2), new[] { "yes", "I, um", "so" }[_random.Next(3)]); break;
                case 97: Transcribed(); break;
                case 98 when _random.Next(2) == 0: _session.Digit(_now, '5'); break;
                case 98:
                    _session.TellsAudio = !_session.TellsAudio;
                    _laws.TellsAudio |= _session.TellsAudio;
                    break;
                default:
                    if (_random.Next(4) > 0) { break; }
                    _laws.IsGone = true;
                    _session.CallerGone(_now);
                    break;
            }
        }

        private void Client()
        {
            _known.Clear();
            _known.AddRange(_laws.Items);
            string item = _known.Count > 0 && _random.Next(8) > 0 ? _known[_random.Next(_known.Count)] : "item_unknown";
            string json = ClientEvents[_random.Next(ClientEvents.Length)].Replace("$", item, StringComparison.Ordinal);
            Assert.True(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(json), out ClientEvent? clientEvent, out RealtimeError? error, out _), error?.Message);
            _session.Receive(_now, clientEvent);
        }

        private void Hear(int frames, int voice)
        {
            for (int i = 0; i < frames; i++)
            {
                Wait(TimeSpan.FromMilliseconds(20));
                _session.Hear(_now, TimeSpan.FromMilliseconds(20), voice);
                Drain();
            }
        }

        // A model may go on for a while after it was told to stop, so any response may be produced for.
        private void Produce()
        {
            string[] open = [.. _laws.Open];
            if (open.Length == 0) { return; }
            string response = open[_random.Next(open.Length)];
            _laws.Producing = response;
            _session.Produce(_now, response, _random.Next(20) switch
            {
                < 9 => new ModelOutput.Speech(_random.Next(4) == 0 ? "" : "some words ", new short[_random.Next(4) == 0 ? 0 : SampleRate / 5]),
                < 12 => new ModelOutput.Text("text "),
                < 14 => new ModelOutput.EndOfMessage(),
                < 15 => new ModelOutput.ToolCall("f", "{}"),
                < 16 => new ModelOutput.McpCall(_random.Next(2) == 0 ? "a" : "b", _random.Next(3) == 0 ? "y" : "x", _random.Next(8) == 0 ? "[]" : "{}"),
                < 18 => new ModelOutput.Completed(),
                18 => new ModelOutput.Incomplete("content_filter"),
                _ => new ModelOutput.Failed(RealtimeError.Server("broken", "It broke.")),
            });
            Drain();
            _laws.Producing = null;
        }

        private void Report()
        {
            if (_wildPlayout)
            {
                _session.Report(_now, new PlayoutReport((PlayoutReportKind)_random.Next(3), _random.Next(0, ++_wild), _random.Next(0, 2000)));
                return;
            }
            int playing = _laws.Playing.Count > 0 ? _laws.Playing.First().Key : 0;

            // The playout may have played on before it was told to cut.
            if (_laws.IsCutAsked && _random.Next(3) > 0)
            {
                _laws.IsCutAsked = false;
                _session.Report(_now, new PlayoutReport(PlayoutReportKind.Cut, _started.Contains(playing) ? playing : 0, _random.Next(0, 500)));
                foreach (int utterance in _laws.Playing.Keys.Where(utterance => utterance <= _laws.CutThrough).ToArray()) { _laws.Playing.Remove(utterance); }
            }
            else if (playing > 0 && !Start(playing)) { Stop(playing); }
        }

        // Each is reported once: who waits for a second report waits for ever.
        private bool Start(int utterance)
        {
            if (!_started.Add(utterance)) { return false; }
            bool isGivenUp = _wildPlayout || _laws.IsGone || (_laws.IsCutAsked && utterance <= _laws.CutThrough && _now >= _cutBy);
            if (!isGivenUp) { _laws.Hear(utterance); }
            _session.Report(_now, new PlayoutReport(PlayoutReportKind.Started, utterance, 0));
            return true;
        }

        private void Stop(int utterance)
        {
            if (!_laws.ClosedUtterances.Contains(utterance)) { return; }
            _laws.Playing.Remove(utterance);
            _session.Report(_now, new PlayoutReport(PlayoutReportKind.Stopped, utterance, 0));
        }

        private void Transcribed()
        {
            if (_laws.Transcribing.Count == 0) { return; }
            string item = _laws.Transcribing.First();
            _laws.Transcribing.Remove(item);
            if (_random.Next(2) == 0) { _session.Transcribed(_now, item, "words"); }
            else { _session.TranscriptionFailed(_now, item, RealtimeError.Server("no_ears", "It broke.")); }
        }

        // Whatever an MCP server or the one who has to approve may do, for items that are still waited for and for others.
        private void AnswerMcp()
        {
            string list = _laws.Listing.FirstOrDefault("item_unknown"), call = _laws.Calling.FirstOrDefault("item_unknown"), asked = _laws.Asked.Keys.FirstOrDefault("item_unknown");
            switch (_random.Next(7))
            {
                case < 3: _session.ToolsListed(_now, list, [new McpToolDescription("x", "", JsonElement.Parse("{}")), new McpToolDescription("y", "", JsonElement.Parse("{}"))]); break;
                case 3: _session.ToolsNotListed(_now, list, "It is closed."); break;
                case 4: _session.McpCallCompleted(_now, call, "1"); break;
                case 5: _session.McpCallFailed(_now, call, McpError.Http(500, "It broke.")); break;
                default: Approve(asked, _random.Next(3) > 0); break;
            }
        }

        private void Approve(string request, bool isApproved) => _session.Receive(_now, Read(
            $$$"""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"{{{request}}}","approve":{{{(isApproved ? "true" : "false")}}}}}"""));

        private void Wait(TimeSpan span)
        {
            Instant until = _now + span;
            while (_session.NextTimeout <= until)
            {
                _now = _session.NextTimeout;
                _session.Timeout(_now);
                Drain();
                Assert.True(_session.NextTimeout > _now, $"{_context}: asks to be woken at once, again");
            }
            _now = until;
        }

        private void Drain()
        {
            while (_session.TryTake(out SessionOutput? output))
            {
                if (output is SessionOutput.Cut && !_laws.IsCutAsked) { _cutBy = _now + Limits.CutReport; }
                _laws.Check(output);
            }
        }

        // The model ends what it was asked for, the playout plays on, transcripts come: then nothing may be left.
        private void Finish()
        {
            _session.Receive(_now, Read("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"""));
            Drain();
            for (int round = 0; round < 4; round++)
            {
                foreach (string response in _laws.Generating.ToArray())
                {
                    _session.Produce(_now, response, new ModelOutput.Completed());
                    Drain();
                }
                foreach (int utterance in _laws.Playing.Keys.ToArray())
                {
                    Start(utterance);
                    Stop(utterance);
                }
                while (_laws.Transcribing.Count > 0) { Transcribed(); }
                Wait(TimeSpan.FromSeconds(1));
                Drain();
            }
            Assert.True(!_laws.Open.Any(), $"{_context}: left open: {string.Join(' ', _laws.Open)}");
            _laws.CheckEnd();
            AnswerCalls();
            Assert.True(_session.IsQuiet, $"{_context}: never quiet");
            Wait(Limits.Session);
            Assert.Equal(Instant.Never, _session.NextTimeout);
        }

        private void AnswerCalls()
        {
            foreach (string request in _laws.Asked.Keys.ToArray())
            {
                Approve(request, _random.Next(2) == 0);
                Drain();
            }
            foreach (string call in _laws.Calling.ToArray()) { _session.McpCallCompleted(_now, call, "1"); }
            Drain();
            Assert.True(_laws.Calling.Count == 0 && _laws.Asked.Count == 0, $"{_context}: calls that were answered have not ended");
            foreach (string item in _laws.Items.ToArray())
            {
                _session.Receive(_now, Read(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"conversation.item.delete","item_id":"{{item}}"}""")));
            }
            Drain();
        }

        private static ClientEvent Read(string json)
        {
            Assert.True(EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(json), out ClientEvent? read, out RealtimeError? error, out _), error?.Message);
            return read;
        }
    }
}
