using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchhook.Server.Options;

/// <summary>A value of the configuration and where it stands, for the sentence that says what is wrong with it.</summary>
internal readonly record struct Setting(string Path, string Value);

/// <summary>
/// One object of the configuration while it is read. Every member that is asked for is known; <see cref="Close"/>
/// makes an error of each other one. Nothing throws: errors are collected, the asker gets the default.
/// </summary>
internal sealed class Section
{
    private readonly ConfigurationTree _tree;
    private readonly JsonObject? _members;
    private readonly string _path;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public Section(ConfigurationTree tree, JsonObject? members, string path = "") => (_tree, _members, _path) = (tree, members, path);

    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    /// <summary>False when the file has no such object; reading one gives the defaults.</summary>
    public bool IsGiven => _members is not null;

    public bool Has(string key) => Member(key) is not null;

    /// <summary>Null when absent or null.</summary>
    public string? Text(string key) => Member(key) is { } node ? AsText(node, PathOf(key)) : null;

    public string? RequiredText(string key)
    {
        if (!Has(key)) { Wrong(key, "is missing"); }
        return Text(key);
    }

    public int Number(string key, int otherwise, int min, int max)
    {
        if (Member(key) is not { } node) { return otherwise; }
        bool isFromEnvironment = _tree.VariableOf(node) is not null;
        bool isNumber = isFromEnvironment
            ? int.TryParse(node.GetValue<string>(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            : ((node as JsonValue)?.TryGetValue(out number) ?? Nothing(out number)) && node.GetValueKind() == JsonValueKind.Number;
        if (isNumber && number >= min && number <= max) { return number; }
        Wrong(key, isNumber ? $"{number} is out of range: {min} to {max}" : $"{Shown(node)} is not a whole number: {min} to {max}");
        return otherwise;
    }

    public bool Flag(string key, bool otherwise)
    {
        if (Member(key) is not { } node) { return otherwise; }
        switch (node.GetValueKind())
        {
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.String when _tree.VariableOf(node) is not null && bool.TryParse(node.GetValue<string>(), out bool flag): return flag;
            default:
                Wrong(key, $"{Shown(node)} is not true or false");
                return otherwise;
        }
    }

    /// <summary>A list of texts; from the environment also one text with commas. Null when absent.</summary>
    public IReadOnlyList<Setting>? Texts(string key)
    {
        if (Member(key) is not { } node) { return null; }
        if (node is not JsonArray list)
        {
            if (_tree.VariableOf(node) is not null)
            {
                return [.. node.GetValue<string>()
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => new Setting(PathOf(key), text))];
            }
            Wrong(key, $"{Kind(node)} is not a list of texts");
            return null;
        }
        List<Setting> texts = [];
        for (int index = 0; index < list.Count; index++)
        {
            string path = $"{PathOf(key)}[{index}]";
            if (AsText(list[index], path) is { } text) { texts.Add(new Setting(path, text)); }
        }
        return texts;
    }

    /// <summary>A member that is an object; an empty one when absent.</summary>
    public Section Child(string key)
    {
        JsonNode? node = Member(key);
        if (node is not null and not JsonObject) { Wrong(key, $"{Kind(node)} is not an object"); }
        return new Section(_tree, node as JsonObject, PathOf(key));
    }

    /// <summary>A member that is a list of objects.</summary>
    public IReadOnlyList<Section> Children(string key)
    {
        if (Member(key) is not { } node) { return []; }
        if (node is not JsonArray list)
        {
            Wrong(key, $"{Kind(node)} is not a list of objects");
            return [];
        }
        List<Section> sections = [];
        for (int index = 0; index < list.Count; index++)
        {
            string path = $"{PathOf(key)}[{index}]";
            if (list[index] is JsonObject members) { sections.Add(new Section(_tree, members, path)); }
            else { WrongAt(path, $"{Kind(list[index])} is not an object"); }
        }
        return sections;
    }

    /// <summary>A member that is an object of named objects.</summary>
    public IReadOnlyList<(string Name, Section Section)> Named(string key)
    {
        Section map = Child(key);
        return map._members is null ? [] : [.. map._members.Select(member => (member.Key, map.Child(member.Key)))];
    }

    public void Wrong(string key, string reason) => WrongAt(PathOf(key), reason, Member(key));

    public void WrongAt(string path, string reason) => WrongAt(path, reason, null);

    /// <summary>Whatever was not asked for is an error that names the nearest key there is.</summary>
    public void Close()
    {
        if (_members is null) { return; }
        foreach ((string key, JsonNode? node) in _members)
        {
            if (_known.Contains(key)) { continue; }
            string advice = NearestKey.Of(key, _known) is { } nearest
                ? $"did you mean {PathOf(nearest)}?"
                : $"known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}";
            WrongAt(PathOf(key), $"is not a key; {advice}", node);
        }
    }

    private void WrongAt(string path, string reason, JsonNode? node)
    {
        string variable = _tree.VariableOf(node) is { } name ? $" (from {name})" : "";
        _tree.Errors.Add($"{path}{variable}: {reason}");
    }

    private JsonNode? Member(string key)
    {
        _known.Add(key);
        return _members?[key];
    }

    private string? AsText(JsonNode? node, string path)
    {
        if (node is JsonValue value && value.TryGetValue(out string? text)) { return text; }
        WrongAt(path, $"{Kind(node)} is not a text", node);
        return null;
    }

    private static bool Nothing(out int number)
    {
        number = 0;
        return false;
    }

    private static string Shown(JsonNode? node) => node is JsonValue ? node.ToJsonString() : Kind(node);

    /// <summary>Where a text is wanted, or what holds some, there may be a secret: what stands there instead is not repeated.</summary>
    private static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
