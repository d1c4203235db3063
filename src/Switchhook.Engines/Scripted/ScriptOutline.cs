using System.Collections.Immutable;
using System.Globalization;

namespace Switchhook.Engines.Scripted;

/// <summary>A script as its reader understood it: every step of every flow, and what is expected where.</summary>
public static class ScriptOutline
{
    /// <summary>One line a step, branches indented below the step they belong to.</summary>
    public static IEnumerable<string> Lines(Script script) => Flows(script).SelectMany(flow => (string[])[flow.Name, .. Lines(flow.Steps, 1)]);

    /// <summary>
    /// Every expectation, and how many times it must be come to: as often as nothing but an end of the call can keep the flow from it. In a
    /// branch, and in a flow that something has to jump to, that is never; in a repeat it is each round, if nothing leaves it between them.
    /// </summary>
    public static IEnumerable<(ScriptExpectation Expectation, int Times)> Expectations(Script script) =>
        Expectations(script.Flow, 1).Concat(script.Flows.OrderBy(flow => flow.Key, StringComparer.Ordinal).SelectMany(flow => Expectations(flow.Value, 0)));

    private static IEnumerable<(string Name, ImmutableArray<ScriptStep> Steps)> Flows(Script script) =>
        script.Flows.OrderBy(flow => flow.Key, StringComparer.Ordinal).Select(flow => ($"flows.{flow.Key}", flow.Value)).Prepend(("flow", script.Flow));

    private static IEnumerable<string> Lines(ImmutableArray<ScriptStep> steps, int depth)
    {
        string indent = new(' ', depth * 2);
        for (int i = 0; i < steps.Length; i++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{indent}[{i}] {Tell(steps[i])}");
            foreach ((string label, ImmutableArray<ScriptStep> branch) in Branches(steps[i]))
            {
                yield return $"{indent}    {label}:";
                foreach (string line in Lines(branch, depth + 3)) { yield return line; }
            }
        }
    }

    private static IEnumerable<(ScriptExpectation, int)> Expectations(ImmutableArray<ScriptStep> steps, int times)
    {
        foreach (ScriptStep step in steps)
        {
            if (step is ScriptStep.Expect expect) { yield return (expect.Expectation, times); }
            long within = step is ScriptStep.Repeat repeat ? (long)times * (Jumps(repeat) ? 1 : repeat.Times) : 0;
            foreach ((ScriptExpectation, int) inner in Branches(step).SelectMany(branch => Expectations(branch.Steps, (int)Math.Min(within, int.MaxValue)))) { yield return inner; }
            if (Jumps(step)) { times = 0; }
        }
    }

    /// <summary>Whether the flow may go elsewhere from here, so that what follows may never be come to.</summary>
    private static bool Jumps(ScriptStep step) => step is ScriptStep.GoTo || Branches(step).Any(branch => branch.Steps.Any(Jumps));

    private static IEnumerable<(string Label, ImmutableArray<ScriptStep> Steps)> Branches(ScriptStep step) => step switch
    {
        ScriptStep.CallTool tool => tool.Branches.Select(branch => (branch.Match?.ToString() ?? "otherwise", branch.Steps)),
        ScriptStep.Keys keys => keys.Branches.OrderBy(branch => branch.Key).Select(branch => ($"key {branch.Key}", branch.Value)).Append(("else", keys.Else)),
        ScriptStep.Repeat repeat => [("each time", repeat.Steps)],
        _ => [],
    };

    private static string Tell(ScriptStep step) => step switch
    {
        ScriptStep.Say say => $"say \"{Shown(say.Text)}\"",
        ScriptStep.Listen { Transcript: { } words } => $"listen, taken to be \"{Shown(words)}\"",
        ScriptStep.Listen => "listen",
        ScriptStep.CallTool tool => $"call {(tool.Server is { } server ? server + "." : "")}{tool.Name}({Shown(tool.Arguments)})",
        ScriptStep.Keys keys => string.Create(CultureInfo.InvariantCulture, $"wait {keys.Patience.TotalMilliseconds} ms for a key"),
        ScriptStep.Wait wait => string.Create(CultureInfo.InvariantCulture, $"wait {wait.Length.TotalMilliseconds} ms"),
        ScriptStep.Repeat repeat => string.Create(CultureInfo.InvariantCulture, $"repeat {repeat.Times} times"),
        ScriptStep.GoTo jump => $"go to {jump.Flow}",
        ScriptStep.NextMessage => "begin another message",
        ScriptStep.Expect expect => $"expect {Tell(expect.Expectation)}",
        ScriptStep.Send send => $"send {Shown(send.Json)}",
        ScriptStep.FailResponse fail => $"fail the response: {fail.Fault.Code}",
        ScriptStep.StopShort stop => $"leave the response incomplete: {stop.Reason}",
        ScriptStep.ReportError report => $"tell an error: {report.Fault.Code}",
        ScriptStep.FallSilent => "fall silent",
        ScriptStep.Expire => "let the session expire",
        _ => "drop the connection",
    };

    private static string Tell(ScriptExpectation expectation)
    {
        List<string> facts = [];
        if (expectation.Keys is { } keys) { facts.Add($"the keys \"{keys}\""); }
        if (expectation.SpeechMs is (int least, int most)) { facts.Add(string.Create(CultureInfo.InvariantCulture, $"speech of {least} to {most} ms")); }
        if (expectation.ToolResult is { } result) { facts.Add($"a tool output that {Shown(result.ToString())}"); }
        if (expectation.Text is { } text) { facts.Add($"a text that {Shown(text.ToString())}"); }
        return string.Join(", ", facts);
    }

    private static string Shown(string text) => text.ReplaceLineEndings(" ") is var line && line.Length > 60 ? line[..60] + "…" : line;
}
