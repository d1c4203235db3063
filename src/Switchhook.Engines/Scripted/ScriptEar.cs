using System.Text;

namespace Switchhook.Engines.Scripted;

/// <summary>What the caller and the application did so far, as far as a script may expect something of it.</summary>
internal sealed class ScriptEar
{
    private const int ShownChars = 200;

    private readonly StringBuilder _keys = new();
    private long _speechMs;

    /// <summary>What came of the last call of a tool; null when there is none.</summary>
    public string? ToolResult { get; set; }

    /// <summary>The last text in the caller's name; null when there is none.</summary>
    public string? Text { get; set; }

    /// <summary>One more key; who presses more than anybody expects is not listened to any more.</summary>
    public void Press(char key)
    {
        if (_keys.Length < Limits.ScriptKeysHeard) { _keys.Append(key); }
    }

    public void Speech(long milliseconds) => _speechMs = milliseconds;

    /// <summary>Compares; keys and speech that were asked for are used up by it.</summary>
    public ScriptVerdict Judge(ScriptExpectation expectation)
    {
        var facts = new List<(bool Passed, string Expected, string Heard)>();
        if (expectation.Keys is { } keys)
        {
            string heard = _keys.ToString();
            _keys.Clear();
            facts.Add((heard == keys, $"the keys \"{keys}\"", heard.Length == 0 ? "no key" : $"the keys \"{heard}\""));
        }
        if (expectation.SpeechMs is (int least, int most))
        {
            facts.Add((_speechMs >= least && _speechMs <= most, $"speech of {least} to {most} ms", _speechMs == 0 ? "no speech" : $"speech of {_speechMs} ms"));
            _speechMs = 0;
        }
        if (expectation.ToolResult is { } result) { facts.Add(Compare(result, ToolResult, "a tool output")); }
        if (expectation.Text is { } text) { facts.Add(Compare(text, Text, "a text")); }
        return facts.TrueForAll(fact => fact.Passed)
            ? new ScriptVerdict(expectation.Step, expectation.Line, true, $"heard {string.Join(", ", facts.Select(fact => fact.Heard))}")
            : new ScriptVerdict(expectation.Step, expectation.Line, false,
                string.Join("; ", facts.Where(fact => !fact.Passed).Select(fact => $"expected {fact.Expected}, heard {fact.Heard}")));
    }

    private static (bool Passed, string Expected, string Heard) Compare(ScriptMatch match, string? given, string what) =>
        (given is not null && match.Matches(given), $"{what} that {match}", given is null ? "none" : Shown(given));

    private static string Shown(string text) => text.Length <= ShownChars ? $"\"{text}\"" : $"\"{text[..ShownChars]}…\"";
}
