using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Switchhook.Realtime.Reading;

/// <summary>
/// One JSON object and the path to it. Every reader names what is wrong by its exact path in <see cref="Faults"/> and then
/// returns something harmless, so that rules read like a list of members.
/// In a patch an absent member keeps what is, and null resets it; in an override (<paramref name="isOverride"/>) null is a member that is absent.
/// </summary>
internal readonly struct FieldReader(JsonElement element, string path, Faults faults, bool isOverride = false)
{
    public Faults Faults { get; } = faults;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public string At(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Faults every member that is not listed.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name)) { Faults.Unknown(At(Quoted.Clipped(member.Name, Faults.QuotedChars))); return; }
        }
    }

    public bool Has(string name) => TryGet(name, out _);

    public bool IsNull(string name) => TryGet(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>True when the member is there and not null.</summary>
    public bool TryFind(string name, out JsonElement value) =>
        TryGet(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The object at this member; false when it is absent, null, or faulty.</summary>
    public bool TryObject(string name, out FieldReader reader)
    {
        reader = default;
        if (!TryFind(name, out JsonElement value)) { return false; }
        if (value.ValueKind != JsonValueKind.Object) { Faults.Type(At(name), "an object", Kind(value)); return false; }
        reader = new FieldReader(value, At(name), Faults, isOverride);
        return true;
    }

    /// <summary>The elements of the array at this member with their paths; none when it is absent, null or faulty.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)> Elements(string name, int countMax)
    {
        if (!TryFind(name, out JsonElement value)) { return []; }
        if (value.ValueKind != JsonValueKind.Array) { Faults.Type(At(name), "an array", Kind(value)); return []; }
        int count = value.GetArrayLength();
        if (count > countMax)
        {
            Faults.Value(At(name), string.Create(CultureInfo.InvariantCulture, $"{count} elements"), $"At most {countMax} are allowed.");
            return [];
        }
        var elements = new List<(JsonElement, string)>(count);
        foreach (JsonElement one in value.EnumerateArray())
        {
            elements.Add((one, string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{elements.Count}]")));
        }
        return elements;
    }

    /// <summary>An element of the array at a member, an object, in which null means what it means here.</summary>
    public FieldReader Element(JsonElement value, string at) => new(value, at, Faults, isOverride);

    public string Text(string name, string current, string reset)
    {
        if (!TryGet(name, out JsonElement value)) { return current; }
        if (value.ValueKind == JsonValueKind.Null) { return reset; }
        return TryText(value, At(name), out string? text) ? text : current;
    }

    public string? OptionalText(string name, string? current = null)
    {
        if (!TryGet(name, out JsonElement value)) { return current; }
        if (value.ValueKind == JsonValueKind.Null) { return null; }
        return TryText(value, At(name), out string? text) ? text : current;
    }

    /// <summary>A member that must be there. Empty when faulty.</summary>
    public string RequiredText(string name)
    {
        if (!TryFind(name, out JsonElement value)) { Faults.Missing(At(name)); return ""; }
        return TryText(value, At(name), out string? text) ? text : "";
    }

    public string Choice(string name, string current, string reset, params ReadOnlySpan<string> allowed)
    {
        string text = Text(name, current, reset);
        if (Has(name) && !allowed.Contains(text)) { Faults.Value(At(name), text, Supported(allowed)); return current; }
        return text;
    }

    public string? OptionalChoice(string name, string? current, params ReadOnlySpan<string> allowed)
    {
        string? text = OptionalText(name, current);
        if (text is not null && Has(name) && !allowed.Contains(text)) { Faults.Value(At(name), text, Supported(allowed)); return current; }
        return text;
    }

    public bool Flag(string name, bool current, bool reset) => OptionalFlag(name, current) ?? reset;

    public bool? OptionalFlag(string name, bool? current)
    {
        if (!TryGet(name, out JsonElement value)) { return current; }
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            default: Faults.Type(At(name), "a boolean", Kind(value)); return current;
        }
    }

    public double Number(string name, double current, double reset, double min, double max) =>
        OptionalNumber(name, current, min, max) ?? reset;

    public double? OptionalNumber(string name, double? current, double min, double max)
    {
        if (!TryGet(name, out JsonElement value)) { return current; }
        if (value.ValueKind == JsonValueKind.Null) { return null; }
        if (value.ValueKind != JsonValueKind.Number) { Faults.Type(At(name), "a number", Kind(value)); return current; }
        if (!value.TryGetDouble(out double number) || !(number >= min && number <= max))
        {
            Faults.Value(At(name), value.GetRawText(), string.Create(CultureInfo.InvariantCulture, $"It must be between {min} and {max}."));
            return current;
        }
        return number;
    }

    public int Whole(string name, int current, int reset, int min, int max) => OptionalWhole(name, current, min, max) ?? reset;

    public int? OptionalWhole(string name, int? current, int min, int max)
    {
        if (!TryGet(name, out JsonElement value)) { return current; }
        if (value.ValueKind == JsonValueKind.Null) { return null; }
        if (value.ValueKind != JsonValueKind.Number) { Faults.Type(At(name), "an integer", Kind(value)); return current; }
        if (!value.TryGetDouble(out double number) || !(number >= min && number <= max) || number != Math.Floor(number))
        {
            Faults.Value(At(name), value.GetRawText(), string.Create(CultureInfo.InvariantCulture, $"It must be a whole number between {min} and {max}."));
            return current;
        }
        return (int)number;
    }

    public IReadOnlyList<string>? OptionalTexts(string name, IReadOnlyList<string>? current, int countMax)
    {
        if (!Has(name)) { return current; }
        if (IsNull(name)) { return null; }
        var texts = new List<string>();
        foreach ((JsonElement value, string at) in Elements(name, countMax))
        {
            if (TryText(value, at, out string? text, Faults)) { texts.Add(text); }
        }
        return texts;
    }

    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    public static string Supported(ReadOnlySpan<string> allowed) => $"Supported values are: '{string.Join("', '", allowed!)}'.";

    public static bool TryText(JsonElement value, string at, [NotNullWhen(true)] out string? text, Faults faults)
    {
        text = null;
        if (value.ValueKind != JsonValueKind.String) { faults.Type(at, "a string", Kind(value)); return false; }
        text = value.GetString()!;
        return true;
    }

    private bool TryGet(string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && !(isOverride && value.ValueKind == JsonValueKind.Null);

    private bool TryText(JsonElement value, string at, [NotNullWhen(true)] out string? text) => TryText(value, at, out text, Faults);
}
