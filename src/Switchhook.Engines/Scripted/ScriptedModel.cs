using Switchhook.Engines.Speech;
using Switchhook.Realtime;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Scripted;

/// <summary>What the model has for its session.</summary>
internal abstract record ScriptedOutput
{
    private ScriptedOutput() { }

    /// <summary>The next part of a response.</summary>
    public sealed record Part(string ResponseId, ModelOutput Output) : ScriptedOutput;

    /// <summary>An error between the parts.</summary>
    public sealed record Report(RealtimeError Error) : ScriptedOutput;

    /// <summary>How an expectation turned out.</summary>
    public sealed record Judged(ScriptVerdict Verdict) : ScriptedOutput;

    /// <summary>An event that the session knows nothing of.</summary>
    public sealed record Send(string Json) : ScriptedOutput;

    /// <summary>The model says that its time is over.</summary>
    public sealed record Expire : ScriptedOutput;

    /// <summary>The model is gone.</summary>
    public sealed record Drop : ScriptedOutput;
}

/// <summary>
/// A script as a model: requests for responses go in, their parts come out as soon as they are synthesized and due.
/// </summary>
/// <param name="script">What it does.</param>
/// <param name="desk">Who speaks for it.</param>
/// <param name="sampleRate">Of its speech; null: that of each response's output format.</param>
/// <param name="arrived">Called, on any thread, when a line that was waited for has been synthesized.</param>
/// <param name="stop">Nothing is waited for any more.</param>
internal sealed class ScriptedModel(Script script, SpeechDesk desk, int? sampleRate, Action arrived, CancellationToken stop)
{
    private readonly ScriptRun _run = new(script);
    private readonly List<Generation> _generations = [];
    private readonly Queue<ScriptVerdict> _verdicts = new();

    /// <summary>No response is being generated.</summary>
    public bool IsQuiet => _generations.Count == 0;

    /// <summary>How long the script waits for a key, or null when it does not.</summary>
    public TimeSpan? Patience => _run.Patience;

    /// <summary>When there is an output: at once, while one waits to be taken.</summary>
    public Instant NextTimeout
    {
        get
        {
            if (_verdicts.Count > 0) { return default; }
            Instant next = Instant.Never;
            foreach (Generation generation in _generations)
            {
                if (generation.Ready.Count > 0 || generation.Line is { IsCompleted: true }) { return default; }
                if (generation.Line is null) { next = Instant.Earlier(next, generation.ResumesAt); }
            }
            return next;
        }
    }

    public void Begin(Instant now, ResponseRequest request)
    {
        if (request.IsOutOfBand)
        {
            // Beside the conversation, so beside the flow: always the same words.
            var acts = new Queue<ScriptAct>([new ScriptAct.Say(script.OutOfBand), new ScriptAct.Done()]);
            _generations.Add(new Generation(request, acts.Dequeue));
            return;
        }
        _run.Ear.Text = LastText(request.Input);
        _run.Begin(LastToolOutput(request.Input), (server, name) => Refusal(request, server, name));
        _generations.Add(new Generation(request, _run.Next) { ResumesAt = now + script.Thinks });
    }

    /// <summary>The session wants no more of a response; it may not even have made the last call of a tool, also of one that was generated to its end.</summary>
    public void Stop(string responseId, bool isCallUnmade = false)
    {
        Generation? generation = _generations.Find(g => g.Request.ResponseId == responseId);
        if (generation is not null) { _generations.Remove(generation); }
        if (isCallUnmade) { _run.TakeBack(); }
        else if (generation is null or { Request.IsOutOfBand: true }) { return; }
        foreach (ScriptVerdict verdict in _run.Interrupt()) { _verdicts.Enqueue(verdict); }
    }

    /// <summary>The caller's turn is over and was so long.</summary>
    public void HearSpeech(long milliseconds) => _run.Ear.Speech(milliseconds);

    /// <summary>True when the script waited for a key and wants to speak now.</summary>
    public bool Press(char key) => _run.Press(key);

    /// <summary>What the caller is taken to have said in this turn, or null.</summary>
    public string? TakeTranscript() => _run.TakeTranscript();

    /// <summary>What the caller is taken to have said when he pauses, or null.</summary>
    public string? SoFar() => _run.SoFar();

    /// <summary>The same where nobody answers: the flow goes from listen to listen by itself.</summary>
    public string? Overhear() => _run.Overhear();

    /// <summary>The next output, if there is one already.</summary>
    public bool TryTake(Instant now, out ScriptedOutput output)
    {
        if (_verdicts.TryDequeue(out ScriptVerdict? verdict)) { output = new ScriptedOutput.Judged(verdict); return true; }
        foreach (Generation generation in _generations)
        {
            if (Next(now, generation) is not { } next) { continue; }
            if (next is ScriptedOutput.Part { Output: ModelOutput.Completed or ModelOutput.Failed or ModelOutput.Incomplete }) { _generations.Remove(generation); }
            output = next;
            return true;
        }
        output = null!;
        return false;
    }

    private ScriptedOutput? Next(Instant now, Generation generation)
    {
        while (true)
        {
            if (generation.Ready.TryDequeue(out ModelOutput? ready)) { return Part(generation, ready); }
            if (generation.Line is { } line)
            {
                if (!line.IsCompleted) { return null; }
                generation.Take(line.GetAwaiter().GetResult());
                continue;
            }
            if (now < generation.ResumesAt) { return null; }
            switch (generation.Next())
            {
                case ScriptAct.Say say: generation.Line = Synthesize(generation.Request.Config, say.Text); break;
                case ScriptAct.Wait wait: generation.ResumesAt = now + wait.Length; break;
                case ScriptAct.FallSilent: generation.ResumesAt = Instant.Never; break;
                case ScriptAct.NextMessage: return Part(generation, generation.EndMessage());
                case ScriptAct.Judged judged: return new ScriptedOutput.Judged(judged.Verdict);
                case ScriptAct.Send send: return new ScriptedOutput.Send(send.Json);
                case ScriptAct.Expire: return new ScriptedOutput.Expire();
                case ScriptAct.Drop: return new ScriptedOutput.Drop();
                case ScriptAct.ReportError report: return new ScriptedOutput.Report(Error(report.Fault));
                case ScriptAct.CallTool { Server: { } server } tool: return Part(generation, new ModelOutput.McpCall(server, tool.Name, tool.Arguments));
                case ScriptAct.CallTool tool: return Part(generation, new ModelOutput.ToolCall(tool.Name, tool.Arguments));
                case ScriptAct.Fail fail: return Part(generation, new ModelOutput.Failed(Error(fail.Fault)));
                case ScriptAct.StopShort stopShort: return Part(generation, new ModelOutput.Incomplete(stopShort.Reason));
                case ScriptAct.Done: return Part(generation, new ModelOutput.Completed());
            }
        }
    }

    private Task<SpokenLine> Synthesize(SessionConfig config, string text)
    {
        if (!config.IsSpoken) { return Task.FromResult(SpokenLine.Spread(text, default)); }
        Task<SpokenLine> line = desk.SpeakAsync(
            new SpeechRequest(text, script.Voice ?? config.Audio.Output.Voice, script.Language, config.Audio.Output.Speed, sampleRate ?? config.Audio.Output.Format.SampleRate), stop);
        if (!line.IsCompleted) { line.ConfigureAwait(false).GetAwaiter().OnCompleted(arrived); }
        return line;
    }

    private static ScriptedOutput.Part Part(Generation generation, ModelOutput output) => new(generation.Request.ResponseId, output);

    /// <summary>Why the script cannot call this tool in this response: a forgotten tool, or one that nobody asked for, should not look like a working call.</summary>
    private static ScriptFault? Refusal(ResponseRequest request, string? server, string name)
    {
        string tool = server is null ? $"the function '{name}'" : $"the tool '{name}' of the MCP server '{server}'";
        if (!HasTool(request, server, name))
        {
            return new ScriptFault("tool_not_found", $"The script calls {tool}, which {(server is null ? "the session does not have" : "is not loaded")}.");
        }
        ToolChoice choice = request.Config.ToolChoice;
        if (choice.Allows(server, name)) { return null; }
        return new ScriptFault("tool_not_allowed", choice.Type == "none"
            ? $"The script calls {tool}, and the 'tool_choice' of this response is 'none'. Let the script speak here, or ask for this response with 'auto'."
            : $"The script calls {tool}, and the 'tool_choice' of this response is {Chosen(choice)}. Let the script call that one here, or ask for this response with 'auto'.");
    }

    private static string Chosen(ToolChoice choice) => choice.Type == "function" ? $"the function '{choice.Name}'"
        : choice.Name is { } name ? $"the tool '{name}' of the MCP server '{choice.ServerLabel}'"
        : $"any tool of the MCP server '{choice.ServerLabel}'";

    private static bool HasTool(ResponseRequest request, string? server, string name) => server is null
        ? request.Config.Tools.Any(tool => tool is FunctionTool function && function.Name == name)
        : request.McpServers.Any(loaded => loaded.Server.ServerLabel == server && loaded.Find(name) is not null);

    /// <summary>What came of the last call, or null when nothing has yet. The failure of an MCP tool is its error, as JSON.</summary>
    private static string? LastToolOutput(IReadOnlyList<Item> items) => items.LastOrDefault(item => item is FunctionCallItem or McpCallItem) switch
    {
        FunctionCallItem call => items.OfType<FunctionCallOutputItem>().LastOrDefault(item => item.CallId == call.CallId)?.Output,
        McpCallItem call => call.Output ?? (call.Error is { } error ? ScriptJson.Write(error) : null),
        _ => null,
    };

    /// <summary>What the application last wrote as the caller's words, or null.</summary>
    private static string? LastText(IReadOnlyList<Item> items) =>
        items.OfType<MessageItem>().Where(item => item.Role == ItemRole.User)
            .Select(item => string.Concat(item.Content.OfType<InputTextPart>().Select(part => part.Text))).LastOrDefault(text => text.Length > 0);

    private static RealtimeError Error(ScriptFault fault) => RealtimeError.Server(fault.Code, fault.Message);

    /// <summary>One response while it is generated.</summary>
    private sealed class Generation(ResponseRequest request, Func<ScriptAct> next)
    {
        public ResponseRequest Request { get; } = request;
        public Func<ScriptAct> Next { get; } = next;

        /// <summary>The line that is being synthesized.</summary>
        public Task<SpokenLine>? Line { get; set; }

        /// <summary>Nothing is generated before.</summary>
        public Instant ResumesAt { get; set; }

        /// <summary>Words that are synthesized and not taken yet.</summary>
        public Queue<ModelOutput> Ready { get; } = new();

        private bool _hasSpoken;

        /// <summary>The next line begins another message.</summary>
        public ModelOutput.EndOfMessage EndMessage()
        {
            _hasSpoken = false;
            return new ModelOutput.EndOfMessage();
        }

        /// <summary>A line goes out word by word; two lines of one message are parted by a blank.</summary>
        public void Take(SpokenLine line)
        {
            string blank = _hasSpoken ? " " : "";
            foreach (SpokenWord word in line.Words)
            {
                string text = blank + word.Text;
                Ready.Enqueue(Request.Config.IsSpoken ? new ModelOutput.Speech(text, word.Samples) : new ModelOutput.Text(text));
                blank = "";
            }
            (_hasSpoken, Line) = (true, null);
        }
    }
}
