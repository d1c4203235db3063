using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Timeline;

/// <summary>One line of a story, and how often it happened.</summary>
internal sealed class StoryLine(EntryFacts first, string text)
{
    private const int QuoteChars = 120;

    private DateTimeOffset _until = first.Entry.At;

    public DateTimeOffset At => first.Entry.At;

    public Plane Plane => first.Entry.Plane;

    public string Text { get; } = text;

    /// <summary>How many entries this line stands for.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>For a line that stands for deltas: what they say, put together.</summary>
    public string? Quote { get; private set; }

    public void Repeat(DateTimeOffset at) => (Count, _until) = (Count + 1, at);

    /// <summary>Goes on quoting, until there is enough of it.</summary>
    public void Say(string delta)
    {
        if (Quote is null || Quote.Length < QuoteChars) { Quote += delta; }
    }

    public override string ToString()
    {
        if (Quote is { } quote)
        {
            string said = quote.Length > QuoteChars ? quote[..QuoteChars] + "…" : quote;
            return $"{Text}: {(Count == 1 ? "1 delta" : $"{Count} deltas")}{(said.Length > 0 ? $": \"{Quoted.OneLine(said)}\"" : "")}";
        }
        return Count == 1 ? Text : $"{Text}  ×{Count} within {(long)(_until - At).TotalMilliseconds} ms";
    }
}

/// <summary>
/// Entries put into words, each plane in its own: SIP as a ladder, requests with their answers, speech as quotes. What
/// repeats is folded: a retransmission into the message it repeats, deltas into one line, equal neighbours into one.
/// </summary>
internal static class Story
{
    private const int OutputChars = 200;

    public static IReadOnlyList<StoryLine> Of(IReadOnlyList<EntryFacts> facts)
    {
        var lines = new List<StoryLine>();
        var foldable = new Dictionary<string, StoryLine>(StringComparer.Ordinal);
        foreach (EntryFacts fact in facts)
        {
            bool isDelta = fact.Kind.EndsWith(".delta", StringComparison.Ordinal) || fact.Kind == "client.input_audio_buffer.append";
            string? key = isDelta ? $"{fact.Kind} {fact.Text("item_id")}"
                : fact.Entry.Plane == Plane.Sip ? $"{fact.Kind} {fact.Text("start_line")} {fact.Text("cseq")}" : null;
            if (key is not null && foldable.TryGetValue(key, out StoryLine? before) && (isDelta || fact.IsTrue("repeated")))
            {
                before.Repeat(fact.Entry.At);
                if (isDelta) { before.Say(Delta(fact)); }
                continue;
            }
            var line = new StoryLine(fact, Quoted.OneLine(isDelta ? Shortened(fact.Kind) : Tell(fact)));
            if (isDelta) { line.Say(Delta(fact)); }
            if (key is not null) { foldable[key] = line; }
            else if (lines.Count > 0 && lines[^1] is { Quote: null } last && last.Plane == line.Plane && last.Text == line.Text)
            {
                last.Repeat(fact.Entry.At);
                continue;
            }
            lines.Add(line);
        }
        return lines;
    }

    /// <summary>Audio is base64 and says nothing to a reader.</summary>
    private static string Delta(EntryFacts fact) =>
        fact.Kind.Contains("audio.delta", StringComparison.Ordinal) ? "" : fact.Text("delta");

    private static string Shortened(string kind)
    {
        string name = kind.EndsWith(".delta", StringComparison.Ordinal) ? kind[..^".delta".Length] : kind;
        return name.StartsWith("client.", StringComparison.Ordinal) ? $"app: {name["client.".Length..]}" : name;
    }

    private static string Tell(EntryFacts fact) => fact.Entry.Plane switch
    {
        Plane.Sip => TellSip(fact),
        Plane.Webhook => TellWebhook(fact),
        Plane.Api => TellApi(fact),
        Plane.Media => TellMedia(fact),
        Plane.Session => TellSession(fact),
        _ => TellCall(fact),
    };

    private static string TellSip(EntryFacts fact)
    {
        string line = fact.Text("start_line") is { Length: > 0 } startLine ? startLine : fact.Entry.Text;
        if (fact.Kind is not ("sip.received" or "sip.sent")) { return Plain(fact); }
        string message = line;
        if (line.StartsWith("SIP/2.0 ", StringComparison.Ordinal))
        {
            // A response is told with the method it answers: "200 OK" alone could be the answer to anything.
            string method = fact.Text("cseq").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var name, ..] ? $" ({name})" : "";
            message = line["SIP/2.0 ".Length..] + method;
        }
        else if (line.EndsWith(" SIP/2.0", StringComparison.Ordinal)) { message = line[..^" SIP/2.0".Length]; }
        string arrow = fact.Kind == "sip.received" ? "caller → switchhook" : "caller ← switchhook";
        return $"{arrow}  {message}{(fact.Text("detail") is { Length: > 0 } detail ? $"  [{detail}]" : "")}";
    }

    private static string TellWebhook(EntryFacts fact)
    {
        if (fact.Kind != "webhook.attempt" || fact.Text("event").Length == 0) { return Plain(fact); }
        string outcome = fact.Text("error") is { Length: > 0 } error ? error : $"answered {fact.Number("status")}";
        return $"{fact.Text("event")}, attempt {fact.Number("attempt")} to {fact.Text("url")}: {outcome} after {fact.Number("ms")} ms";
    }

    private static string TellApi(EntryFacts fact)
    {
        if (fact.Kind != "api.request" || fact.Text("path").Length == 0) { return Plain(fact); }
        string error = fact.Text("error") is { Length: > 0 } message ? $": {message}" : "";
        string id = fact.Text("request_id") is { Length: > 0 } request ? $"  [{request}]" : "";
        return $"app: {fact.Text("method")} {fact.Text("path")} → {fact.Number("status")} after {fact.Number("ms")} ms{error}{id}";
    }

    private static string TellMedia(EntryFacts fact) => fact.Kind switch
    {
        "media.plan" => $"audio agreed: {fact.Text("codec")}, ours at {fact.Text("local")}, theirs at {fact.Text("remote")}",
        "media.first_rtp" => $"first audio from the caller, from {fact.Text("peer")}",
        "media.latched" => $"audio goes to {fact.Text("peer")} from now on, where the caller's comes from",
        "media.source_changed" => "the caller's audio goes on from another source",
        "media.digit" => $"caller pressed {fact.Text("digit")}",
        "media.silent" => $"nothing heard from the caller for {fact.Number("ms")} ms",
        "media.resumed" => "the caller's audio is back",
        "media.utterance_started" => $"the caller begins to hear utterance {fact.Number("utterance")}",
        "media.utterance_stopped" => $"the caller has heard utterance {fact.Number("utterance")}, {fact.Number("ms")} ms",
        "media.cut" => fact.Number("utterance") == 0 ? "playout cut" : $"playout cut: the caller heard {fact.Number("ms")} ms of utterance {fact.Number("utterance")}",
        "media.stats" => "media closed",
        _ => Plain(fact),
    };

    private static string TellSession(EntryFacts fact) => fact.Kind switch
    {
        "engine.opening" => $"opening the model {fact.Entry.Text}",
        "session.formats" => fact.Entry.Text,
        "engine.failed" => $"the model did not open: {fact.Entry.Text}",
        // Of an event that was too large the history has no more than its text.
        _ when fact.Entry is { Data.IsEmpty: true, Text.Length: > 0 } && !fact.Kind.StartsWith("client.", StringComparison.Ordinal) => $"model: {Plain(fact)}",
        "session.created" or "session.updated" => $"model: {fact.Kind}{(fact.Text("session", "model") is { Length: > 0 } model ? $" ({model})" : "")}",
        "input_audio_buffer.speech_started" => "model: the caller begins to speak",
        "input_audio_buffer.speech_stopped" => "model: the caller has stopped speaking",
        "conversation.item.input_audio_transcription.completed" => $"caller said \"{fact.Text("transcript")}\"",
        "response.output_audio_transcript.done" => $"model said \"{fact.Text("transcript")}\"",
        "response.output_text.done" => $"model wrote \"{fact.Text("text")}\"",
        "response.function_call_arguments.done" => $"model calls {fact.Text("name")}({fact.Text("arguments")})",
        "conversation.item.done" when fact.Text("item", "type") is "mcp_list_tools" or "mcp_call" or "mcp_approval_request" => TellMcp(fact),
        "response.done" => $"model: response.done, {fact.Text("response", "status")}{Why(fact)}",
        "error" => $"model: error {fact.Text("error", "code")}: {fact.Text("error", "message")}",
        "switchhook.script.expectation" => $"script: {(fact.IsTrue("passed") ? "as expected" : "NOT AS EXPECTED")} at {fact.Text("step")}, line {fact.Number("line")}: {fact.Text("text")}",
        "unreadable" => $"model: no JSON: {fact.Text("unreadable")}",
        _ when fact.Kind.StartsWith("client.", StringComparison.Ordinal) => $"app: {fact.Kind["client.".Length..]}{After(fact.Entry.Text)}",
        _ => $"model: {Plain(fact)}",
    };

    private static string TellMcp(EntryFacts fact)
    {
        string tool = $"{fact.Text("item", "server_label")}.{fact.Text("item", "name")}";
        return fact.Text("item", "type") switch
        {
            "mcp_list_tools" when fact.Text("item", "error") is { Length: > 0 } error => $"MCP server {fact.Text("item", "server_label")}: no tools: {error}",
            "mcp_list_tools" => $"MCP server {fact.Text("item", "server_label")}: its tools are loaded",
            "mcp_approval_request" => $"MCP tool {tool}({fact.Text("item", "arguments")}) waits for approval",
            _ when fact.Text("item", "error", "message") is { Length: > 0 } error => $"MCP tool {tool}({fact.Text("item", "arguments")}) failed: {error}",
            _ => $"MCP tool {tool}({fact.Text("item", "arguments")}) answered \"{Shortened(fact.Text("item", "output"), OutputChars)}\"",
        };
    }

    private static string Why(EntryFacts fact)
    {
        string error = fact.Text("response", "status_details", "error", "message");
        return After(error.Length > 0 ? error : fact.Text("response", "status_details", "reason"));
    }

    private static string TellCall(EntryFacts fact) => fact.Kind switch
    {
        "call.state" when fact.Text("to").Length > 0 => $"{fact.Text("from")} → {fact.Text("to")}",
        "call.caller_disconnected" => $"the caller is gone{After(fact.Text("reason"))}",
        "transfer.requested" when fact.Text("target").Length > 0 => $"transfer to {fact.Text("target")}: the caller's side is asked",
        "transfer.accepted" => $"the caller's side takes the transfer ({fact.Number("sip_status")})",
        "transfer.refused" => $"the caller's side refuses the transfer{After(fact.Text("reason"))}",
        "transfer.progress" => TellProgress(fact),
        "transfer.ended" => $"transfer {fact.Text("outcome").Replace('_', ' ')}{(fact.Number("sip_status") is > 0 and var status ? $" with {status}" : "")}",
        "call.ended" when fact.Text("reason").Length > 0 => $"ended: {fact.Text("reason")}, by {fact.Text("by")}",
        _ => Plain(fact),
    };

    private static string TellProgress(EntryFacts fact)
    {
        string said = fact.Number("sip_status") is > 0 and var status ? $"the transfer target answers {status}" : "news of the transfer without a status";
        string last = fact.IsTrue("terminated") ? ", and nothing more will be told" : "";
        return $"{said}{last}{(fact.Text("reason") is { Length: > 0 } reason ? $" ({reason})" : "")}";
    }

    private static string Shortened(string text, int charsMax) => text.Length <= charsMax ? text : text[..charsMax] + "…";

    private static string Plain(EntryFacts fact) => $"{fact.Kind}{After(fact.Entry.Text)}";

    private static string After(string text) => text.Length > 0 ? $": {text}" : "";
}
