using System.Text;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>A session and its clock, without a model, a phone or a network: what happens to it is told here, and what it asks for is handed over in order.</summary>
internal sealed class Rehearsal
{
    public const int SampleRate = 8000;

    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object"}"""), ReadOnly = JsonElement.Parse("""{"readOnlyHint":true}""");

    private readonly RealtimeSession _session;
    private readonly Action<SessionOutput> _told;
    private Instant _now = new(TimeSpan.TicksPerDay);
    private string _response = "";

    /// <param name="surface">Where its audio goes.</param>
    /// <param name="told">Takes what it asks for.</param>
    /// <param name="session">Its configuration, as a client secret would have it.</param>
    /// <param name="limit">How long it may last.</param>
    public Rehearsal(SessionSurface surface, Action<SessionOutput> told, string session = """{"type":"realtime","model":"m"}""", TimeSpan? limit = null)
    {
        _told = told;
        Assert.True(SessionRules.TryCreate(JsonElement.Parse(session), new SessionRulesContext(null, "m", MayTranscribe: true), out SessionConfig? made, out RealtimeError? error), error?.Message);
        _session = new RealtimeSession(_now, new WallClock(_now, DateTimeOffset.FromUnixTimeSeconds(1_000_000)), surface, made, limit ?? Limits.Session, SampleRate, new Random(1));
        Drain();
    }

    public bool IsQuiet => _session.IsQuiet;

    public void Client(string json)
    {
        if (EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(json), out ClientEvent? clientEvent, out RealtimeError? error, out _)) { _session.Receive(_now, clientEvent); }
        else { Assert.Fail(error.Message); }
        Drain();
    }

    /// <summary>So many milliseconds of the caller with so much voice in them, in frames of 20 ms.</summary>
    public void Hear(int lengthMs, float voice)
    {
        for (int ms = lengthMs; ms > 0; ms -= 20)
        {
            Wait(20);
            _session.Hear(_now, TimeSpan.FromMilliseconds(20), voice);
            Drain();
        }
    }

    /// <summary>More of the newest response.</summary>
    public void Produce(ModelOutput output)
    {
        _session.Produce(_now, _response, output);
        Drain();
    }

    public static ModelOutput Speech(int lengthMs, string transcript) => new ModelOutput.Speech(transcript, new short[lengthMs * SampleRate / 1000]);

    public void Report(PlayoutReportKind kind, int utterance, int heardMs)
    {
        _session.Report(_now, new PlayoutReport(kind, utterance, heardMs));
        Drain();
    }

    public void Wait(int lengthMs)
    {
        Instant until = _now + TimeSpan.FromMilliseconds(lengthMs);
        while (_session.NextTimeout <= until)
        {
            _now = _session.NextTimeout;
            _session.Timeout(_now);
            Drain();
        }
        _now = until;
    }

    /// <summary>Somebody wants the audio in the events of a call, or nobody any more.</summary>
    public void TellAudio(bool isWanted) => _session.TellsAudio = isWanted;

    public void Digit(char key)
    {
        _session.Digit(_now, key);
        Drain();
    }

    public void Prompt()
    {
        _session.Prompt(_now);
        Drain();
    }

    public void CallerGone()
    {
        _session.CallerGone(_now);
        Drain();
    }

    /// <summary>A word of the caller, of which the transcriber is certain.</summary>
    public void Transcribing(string itemId, string word)
    {
        _session.Transcribing(itemId, word, [Certain(word)]);
        Drain();
    }

    public void SaidSoFar(int pause, string words)
    {
        _session.SaidSoFar(pause, words);
        Drain();
    }

    public void Transcribed(string itemId, string words)
    {
        _session.Transcribed(_now, itemId, words, [Certain(words)]);
        Drain();
    }

    public void TranscriptionFailed(string itemId)
    {
        _session.TranscriptionFailed(_now, itemId, RealtimeError.Server("no_ears", "It broke."));
        Drain();
    }

    /// <summary>An MCP server has these tools; a name that begins with ? is that of a tool that only reads.</summary>
    public void ToolsListed(string itemId, params IEnumerable<string> names)
    {
        _session.ToolsListed(_now, itemId, [.. names.Select(name => new McpToolDescription(name.TrimStart('?'), "", Schema, name[0] == '?' ? ReadOnly : null))]);
        Drain();
    }

    public void ToolsNotListed(string itemId, string reason)
    {
        _session.ToolsNotListed(_now, itemId, reason);
        Drain();
    }

    public void McpCallCompleted(string itemId, string output)
    {
        _session.McpCallCompleted(_now, itemId, output);
        Drain();
    }

    public void McpCallFailed(string itemId, McpError error)
    {
        _session.McpCallFailed(_now, itemId, error);
        Drain();
    }

    public void LeaveMcp()
    {
        _session.LeaveMcp("The call has ended.");
        Drain();
    }

    private void Drain()
    {
        while (_session.TryTake(out SessionOutput? output))
        {
            if (output is SessionOutput.Generate { Request: var request }) { _response = request.ResponseId; }
            _told(output);
        }
    }

    private static LogProbability Certain(string word) => new(word, 0, [.. Encoding.UTF8.GetBytes(word).Select(octet => (int)octet)]);
}
