using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Switchhook.Realtime.Session;

/// <summary>A prompt that is kept under an id, in its versions; the last one is meant where none is named.</summary>
public sealed record StoredPrompt(IReadOnlyList<KeyValuePair<string, PromptText>> Versions)
{
    public PromptText? Find(string? version) => Versions.LastOrDefault(one => version is null || one.Key == version).Value;
}

/// <summary>Instructions with <c>{{variables}}</c> in them. A name is a letter or underscore, then letters, digits and underscores; blanks around it do not count.</summary>
public sealed class PromptText
{
    private const int NameChars = 64;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    // Text and variables in turn: the text before each variable, and last the text after all of them.
    private readonly List<(string Before, string? Variable)> _pieces;

    private PromptText(List<(string Before, string? Variable)> pieces)
    {
        _pieces = pieces;
        Variables = [.. pieces.Select(piece => piece.Variable).OfType<string>().Distinct()];
    }

    /// <summary>Every variable once, in the order of their appearance.</summary>
    public IReadOnlyList<string> Variables { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out PromptText? prompt, [NotNullWhen(false)] out string? error)
    {
        prompt = null;
        error = null;
        var pieces = new List<(string, string?)>();
        int from = 0;
        while (text.IndexOf("{{", from, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = text.IndexOf("}}", open, StringComparison.Ordinal);
            string name = close < 0 ? "" : text[(open + 2)..close].Trim();
            if (!IsName(name))
            {
                error = close < 0 ? $"the {{{{ at character {open + 1} is not closed" : $"\"{name}\" at character {open + 1} is not the name of a variable: letters, digits and underscores, not a digit first, at most {NameChars}";
                return false;
            }
            pieces.Add((text[from..open], name));
            from = close + 2;
        }
        pieces.Add((text[from..], null));
        prompt = new PromptText(pieces);
        return true;
    }

    /// <summary>The text with every variable in its place; <paramref name="values"/> has all of them. Null when it would be longer than <see cref="Limits.PromptChars"/>.</summary>
    public string? Filled(IReadOnlyDictionary<string, string> values)
    {
        if (_pieces.Sum(piece => (long)piece.Before.Length + (piece.Variable is null ? 0 : values[piece.Variable].Length)) > Limits.PromptChars) { return null; }
        var text = new StringBuilder();
        foreach ((string before, string? variable) in _pieces) { text.Append(before).Append(variable is null ? "" : values[variable]); }
        return text.ToString();
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= NameChars && !char.IsAsciiDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(NameCharacters);
}
