namespace Switchhook;

/// <summary>What a stranger wrote, where a person is to read it.</summary>
public static class Quoted
{
    /// <summary>One line: a terminal obeys nothing that came from outside.</summary>
    public static string OneLine(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')
            ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;

    /// <summary>The beginning of what is too long; no character is cut in half.</summary>
    public static string Clipped(string text, int charsMax) =>
        text.Length <= charsMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[charsMax - 1]) ? charsMax - 1 : charsMax)}…";
}
