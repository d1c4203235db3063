namespace Switchhook.Realtime.Reading;

/// <summary>What was wrong with a piece of JSON. The first fault wins: it is the one that a person should repair first.</summary>
internal sealed class Faults
{
    /// <summary>Enough of a value to recognise it; a fault never carries megabytes back.</summary>
    public const int QuotedChars = 100;

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

    public static string Quote(string value) => $"'{Quoted.Clipped(value, QuotedChars)}'";
}
