using System.Diagnostics.CodeAnalysis;

namespace Switchhook;

/// <summary>
/// The name of a call: <c>rtc_</c> followed by URL-safe characters (<c>[A-Za-z0-9_-]</c>, realtime-api §1.12).
/// It is passed unchanged in paths and in <c>call_id=</c>.
/// </summary>
public readonly record struct CallId
{
    private const string Prefix = "rtc_";
    private const int LengthMax = 64;

    private readonly string? _value;

    private CallId(string value) => _value = value;

    public string Value => _value ?? "";

    public static CallId New(Random random) => new(Tokens.New(Prefix, random));

    public static bool TryParse([NotNullWhen(true)] string? text, out CallId id)
    {
        bool valid = text is not null && text.Length > Prefix.Length && text.Length <= LengthMax
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.AsSpan().IndexOfAnyExcept(Tokens.UrlSafe) < 0;
        id = valid ? new CallId(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
