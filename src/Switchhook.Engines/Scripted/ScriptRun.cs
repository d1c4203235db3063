using System.Collections.Immutable;
using System.Diagnostics;

namespace Switchhook.Engines.Scripted;

/// <summary>What a script wants done next in the response at hand.</summary>
internal abstract record ScriptAct
{
    private ScriptAct() { }

    public sealed record Say(string Text) : ScriptAct;
    public sealed record CallTool(string? Server, string Name, string Arguments) : ScriptAct;
    public sealed record Wait(TimeSpan Length) : ScriptAct;
    public sealed record Fail(ScriptFault Fault) : ScriptAct;
    public sealed record StopShort(string Reason) : ScriptAct;
    public sealed record ReportError(ScriptFault Fault) : ScriptAct;
    public sealed record NextMessage : ScriptAct;
    public sealed record Judged(ScriptVerdict Verdict) : ScriptAct;
    public sealed record Send(string Json) : ScriptAct;
    public sealed record FallSilent : ScriptAct;
    public sealed record Expire : ScriptAct;
    public sealed record Drop : ScriptAct;

    /// <summary>The response is complete.</summary>
    public sealed record Done : ScriptAct;
}

/// <summary>
/// One call's way through a script; pure. A response takes steps until one that ends it: listen, dtmf, a tool call, a
/// failure, or the end of the flow. What it stopped at is where the next one begins:
/// <code>
///   listen     passed by the next response, whoever asked for it
///   call_tool  left by its output, through the first case that matches; asked again before, it asks for patience
///   dtmf       left by a key, by none in time, or by a response that comes otherwise: a caller who talks instead
///   the end    the last words again
/// </code>
/// </summary>
internal sealed class ScriptRun
{
    private readonly Script _script;
    private readonly Stack<Place> _places = new();
    private ScriptStep? _stoppedAt;
    private Func<string?, string, ScriptFault?> _refusal = (_, _) => null;
    private bool _wasOverheard;
    private char? _key;
    private string _lastLine = "";
    private bool _spoke;
    private int _stepsTaken;

    public ScriptRun(Script script)
    {
        _script = script;
        Enter(script.Flow);
        // The caller may speak first.
        if (Peek() is ScriptStep.Listen) { _stoppedAt = Advance(); }
    }

    /// <summary>What was heard so far.</summary>
    public ScriptEar Ear { get; } = new();

    /// <summary>How long the flow waits for a key, or null when it does not.</summary>
    public TimeSpan? Patience => _stoppedAt is ScriptStep.Keys keys ? keys.Patience : null;

    /// <summary>A response begins: <see cref="Next"/> tells what it consists of.</summary>
    /// <param name="toolOutput">What came of the last call of a tool, if it has ended.</param>
    /// <param name="refusal">Why a function of this name, or this tool of the MCP server of this label, cannot be called in it; null where it can.</param>
    public void Begin(string? toolOutput, Func<string?, string, ScriptFault?> refusal)
    {
        _stepsTaken = 0;
        _spoke = false;
        _refusal = refusal;
        Ear.ToolResult = toolOutput;
        switch (_stoppedAt)
        {
            case ScriptStep.Listen:
                _stoppedAt = null;
                break;
            case ScriptStep.Keys keys:
                Enter(_key is { } key && keys.Branches.TryGetValue(key, out ImmutableArray<ScriptStep> branch) ? branch : keys.Else);
                _stoppedAt = null;
                break;
            case ScriptStep.CallTool tool when toolOutput is not null:
                Enter(tool.Branches.FirstOrDefault(b => b.Match is null || b.Match.Matches(toolOutput))?.Steps ?? []);
                _stoppedAt = null;
                break;
        }
        _key = null;
    }

    /// <summary>The next part of the response that began; after one that ends it, there is none.</summary>
    public ScriptAct Next()
    {
        while (true)
        {
            if (_stoppedAt is ScriptStep.CallTool tool) { return _spoke ? new ScriptAct.Done() : Speak(tool.Meanwhile); }
            if (_stoppedAt is not null) { return new ScriptAct.Done(); }
            if (++_stepsTaken > Limits.ScriptStepsPerResponse)
            {
                return new ScriptAct.Fail(new ScriptFault("script_runs_in_circles", $"The script took {Limits.ScriptStepsPerResponse} steps without coming to an end of the response."));
            }
            if (Peek() is ScriptStep.CallTool call && _refusal(call.Server, call.Name) is { } refusal) { return new ScriptAct.Fail(refusal); }
            ScriptStep? step = Advance();
            if (step is null) { return _spoke ? new ScriptAct.Done() : Speak(_script.Otherwise ?? LastLine); }
            if (Take(step) is { } act) { return act; }
        }
    }

    /// <summary>The call that the flow came to last was not made: nobody will answer it, and the next response comes to it again.</summary>
    public void TakeBack()
    {
        _stoppedAt = null;
        _places.Peek().Index--;
    }

    /// <summary>
    /// The response was cut off. A model is ahead of what is heard, so the caller's interruption does not change what
    /// it was about to say: the flow goes on behind it, at the next step that ends a response or, where it goes in circles,
    /// wherever it has come to. What it expected on the way was heard or not all the same.
    /// </summary>
    public IReadOnlyList<ScriptVerdict> Interrupt()
    {
        List<ScriptVerdict> verdicts = [];
        while (_stoppedAt is null && Peek() is { } step && !Ends(step) && ++_stepsTaken <= Limits.ScriptStepsPerResponse)
        {
            Advance();
            // What was not said is not the last line.
            if (step is not ScriptStep.Say && Take(step) is ScriptAct.Judged judged) { verdicts.Add(judged.Verdict); }
        }
        // Whoever talks into the question for a key has been asked it.
        if (_stoppedAt is null && Peek() is (ScriptStep.Listen or ScriptStep.Keys)) { _stoppedAt = Advance(); }
        return verdicts;
    }

    /// <summary>A key was pressed. True when the flow waited for one and wants to speak now.</summary>
    public bool Press(char key)
    {
        Ear.Press(key);
        if (_stoppedAt is not ScriptStep.Keys || _key is not null) { return false; }
        _key = key;
        return true;
    }

    /// <summary>What the caller is taken to have said in the turn at hand, or null when the script has no words for it.</summary>
    public string? TakeTranscript()
    {
        if (_stoppedAt is not ScriptStep.Listen { Transcript: { } words } listen) { return null; }
        _stoppedAt = listen with { Transcript = null, SoFar = null };
        return words;
    }

    /// <summary>
    /// What the caller is taken to have said when he pauses in this turn: each time a little more, then all of it. Null when the script
    /// does not say: all the words of the turn are nothing to go by at its first pause.
    /// </summary>
    public string? SoFar()
    {
        if (_stoppedAt is not ScriptStep.Listen { SoFar: { } soFar } listen) { return null; }
        if (soFar.IsEmpty) { return listen.Transcript; }
        _stoppedAt = listen with { SoFar = soFar[1..] };
        return soFar[0];
    }

    /// <summary>
    /// The words of a turn that nobody answers: those of the listen the flow stands at, or of the next one, over everything that
    /// would be said and done before it. Null when that listen has none, or there is no further.
    /// </summary>
    public string? Overhear()
    {
        if (_stoppedAt is not ScriptStep.Listen || _wasOverheard)
        {
            if (_stoppedAt is ScriptStep.CallTool) { _stoppedAt = null; }       // nobody will answer it
            Begin(null, (_, _) => null);
            while (Next() is not (ScriptAct.Done or ScriptAct.Fail)) { }
        }
        _wasOverheard = true;
        return TakeTranscript();
    }

    private string LastLine => _lastLine.Length > 0 ? _lastLine : "I have nothing more to say.";

    private static bool Ends(ScriptStep step) => step is not (ScriptStep.Say or ScriptStep.Wait or ScriptStep.NextMessage or ScriptStep.Expect
        or ScriptStep.Repeat or ScriptStep.GoTo or ScriptStep.Send or ScriptStep.ReportError);

    private ScriptAct? Take(ScriptStep step)
    {
        switch (step)
        {
            case ScriptStep.Say say:
                _lastLine = say.Text;
                return Speak(say.Text);
            case ScriptStep.Wait wait: return new ScriptAct.Wait(wait.Length);
            case ScriptStep.Listen or ScriptStep.Keys:
                _stoppedAt = step;
                return new ScriptAct.Done();
            case ScriptStep.CallTool tool:
                _stoppedAt = tool;
                _spoke = true;
                return new ScriptAct.CallTool(tool.Server, tool.Name, tool.Arguments);
            case ScriptStep.Repeat repeat:
                if (!repeat.Steps.IsEmpty) { _places.Push(new Place(repeat.Steps, repeat.Times)); }
                return null;
            case ScriptStep.GoTo jump:
                _places.Clear();
                _places.Push(new Place(_script.Flows[jump.Flow], 1));
                return null;
            case ScriptStep.FailResponse fail: return new ScriptAct.Fail(fail.Fault);
            case ScriptStep.StopShort stop: return new ScriptAct.StopShort(stop.Reason);
            case ScriptStep.ReportError report: return new ScriptAct.ReportError(report.Fault);
            case ScriptStep.NextMessage: return new ScriptAct.NextMessage();
            case ScriptStep.Expect expect: return new ScriptAct.Judged(Ear.Judge(expect.Expectation));
            case ScriptStep.Send send: return new ScriptAct.Send(send.Json);
            case ScriptStep.Expire: return new ScriptAct.Expire();
            case ScriptStep.FallSilent: return new ScriptAct.FallSilent();
            case ScriptStep.Drop: return new ScriptAct.Drop();
            default: throw new UnreachableException();
        }
    }

    private ScriptAct.Say Speak(string text)
    {
        _spoke = true;
        return new ScriptAct.Say(text);
    }

    private void Enter(ImmutableArray<ScriptStep> branch)
    {
        if (!branch.IsEmpty) { _places.Push(new Place(branch, 1)); }
    }

    private ScriptStep? Peek()
    {
        while (_places.TryPeek(out Place? place))
        {
            if (place.Index < place.Steps.Length) { return place.Steps[place.Index]; }
            if (--place.Rounds > 0) { place.Index = 0; continue; }
            _places.Pop();
        }
        return null;
    }

    private ScriptStep? Advance()
    {
        ScriptStep? step = Peek();
        if (step is not null) { _places.Peek().Index++; }
        return step;
    }

    /// <summary>A list of steps, where in it the flow stands, and how often it is still gone through.</summary>
    private sealed class Place(ImmutableArray<ScriptStep> steps, int rounds)
    {
        public ImmutableArray<ScriptStep> Steps { get; } = steps;
        public int Index { get; set; }
        public int Rounds { get; set; } = rounds;
    }
}
