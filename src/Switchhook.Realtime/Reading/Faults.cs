namespace Switchhook.Realtime.Reading;

/// <summary>What was wrong with a piece of JSON. The first fault wins: it is the one that a person should repair first.</summary>
internal sealed class Faults
{
    // Enough of a value to recognise it; a fault never carries megabytes back.
    private const int QuotedChars = 100;

    private const int NamesMax = 20;

    public RealtimeError? First { get; private set; }

    public void Add(string code, string message, string param) => First ??= RealtimeError.Invalid(code, message, param);

    public void Missing(string path) => Add("missing_required_parameter", $"Missing required parameter: '{path}'.", path);

    public void Unknown(string path) => Add("unknown_parameter", $"Unknown parameter: '{path}'.{FormerNames.Hint(path)}", path);

    public void Type(string path, string expected, string got) =>
        Add("invalid_type", $"Invalid type for '{path}': expected {expected}, but got {got} instead.", path);

    public void Value(string path, string value, string rule) =>
        Add("invalid_value", $"Invalid value for '{path}': {Quote(value)}. {rule}", path);

    /// <summary>The names that exist, in their order, as many as a person reads.</summary>
    public static string Names(IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? "none" : $"'{string.Join("', '", all.Take(NamesMax))}'{(all.Length > NamesMax ? " …" : "")}";
    }

    public static string Quote(string value) => $"'{Clipped(value)}'";

    /// <summary>The beginning of what is too long; no character is cut in half.</summary>
    public static string Clipped(string text, int charsMax = QuotedChars) =>
        text.Length <= charsMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[charsMax - 1]) ? charsMax - 1 : charsMax)}…";
}
