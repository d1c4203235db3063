using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchhook.Server.Options;

/// <summary>
/// The configuration file as a tree, with the environment's overrides laid over it: <c>SWITCHHOOK__SIP__ADVERTISE</c>
/// is <c>sip.advertise</c>, <c>SWITCHHOOK__PROJECTS__0__API_KEYS__0</c> is <c>projects[0].api_keys[0]</c>. Values of
/// the environment are texts and are remembered as such, so that "20000" from there may be a number and from the file may not.
/// </summary>
internal sealed class ConfigurationTree
{
    private const string Prefix = "SWITCHHOOK__";
    private const int IndexDigits = 4;

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
    };

    private readonly Dictionary<JsonNode, string> _fromEnvironment = new(ReferenceEqualityComparer.Instance);

    private ConfigurationTree(JsonObject root) => Root = root;

    public JsonObject Root { get; }

    public List<string> Errors { get; } = [];

    /// <summary>The environment variable that set this value, or null when the file did.</summary>
    public string? VariableOf(JsonNode? node) => node is null ? null : _fromEnvironment.GetValueOrDefault(node);

    public static ConfigurationTree Parse(ConfigurationSource source, IEnumerable<KeyValuePair<string, string>> environment)
    {
        ConfigurationTree tree = new(ParseRoot(source));
        foreach ((string name, string value) in environment.OrderBy(pair => PlaceOf(pair.Key), StringComparer.Ordinal))
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) { tree.Override(name, value); }
        }
        return tree;
    }

    /// <summary>Entries of a list come in the order of their numbers: 10 after 9.</summary>
    private static string PlaceOf(string variable) =>
        string.Join("__", variable.Split("__").Select(step => IsIndex(step) ? step.PadLeft(IndexDigits, '0') : step));

    private static JsonObject ParseRoot(ConfigurationSource source)
    {
        try
        {
            return JsonNode.Parse(source.Text, documentOptions: Lenient) as JsonObject
                ?? throw new ConfigurationException(source.Origin, ["the file must hold one JSON object, { … }"]);
        }
        catch (JsonException error)
        {
            string where = error.LineNumber is { } line ? $"line {line + 1}, column {error.BytePositionInLine + 1}: " : "";
            throw new ConfigurationException(source.Origin, [$"{where}not valid JSON: {Reason(error)}"]);
        }
    }

    /// <summary>The message without the position, which is told first and counted from 1.</summary>
    private static string Reason(JsonException error)
    {
        int position = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? error.Message : error.Message[..position];
    }

    private void Override(string variable, string value)
    {
        string[] steps = variable[Prefix.Length..].Split("__");
        JsonNode at = Root;
        for (int index = 0; index < steps.Length; index++)
        {
            bool isLast = index == steps.Length - 1;
            JsonNode? next = isLast ? JsonValue.Create(value) : null;
            if (isLast) { _fromEnvironment[next!] = variable; }
            JsonNode? stepped = at switch
            {
                JsonArray list => StepIntoList(list, steps[index], next, isLast, variable),
                JsonObject members => StepIntoObject(members, steps[index], next, isLast ? null : steps[index + 1]),
                _ => Refuse(variable, "what it names in the file is a value, not an object or a list"),
            };
            if (stepped is null) { return; }
            at = stepped;
        }
    }

    private static JsonNode StepIntoObject(JsonObject members, string step, JsonNode? value, string? following)
    {
        string key = members.Select(member => member.Key).FirstOrDefault(name => IsSameKey(name, step)) ?? step.ToLowerInvariant();
        if (value is not null) { members[key] = value; }
        return members[key] ??= IsIndex(following!) ? new JsonArray() : new JsonObject();
    }

    private JsonNode? StepIntoList(JsonArray list, string step, JsonNode? value, bool isLast, string variable)
    {
        if (!IsIndex(step)) { return Refuse(variable, $"\"{step}\" must be a number, the place in a list"); }
        int index = int.Parse(step, CultureInfo.InvariantCulture);
        if (index > list.Count) { return Refuse(variable, $"the list has {list.Count} entries; the next one is {list.Count}"); }
        if (index == list.Count) { list.Add(value ?? new JsonObject()); }
        else if (isLast) { list[index] = value; }
        return list[index] ??= new JsonObject();
    }

    private JsonNode? Refuse(string variable, string reason)
    {
        Errors.Add($"{variable}: {reason}");
        return null;
    }

    private static bool IsIndex(string step) => step.Length is > 0 and <= IndexDigits && step.All(char.IsAsciiDigit);

    /// <summary>Shells know neither lower case conventions nor hyphens: SCRIPTED_GREETER is scripted-greeter.</summary>
    private static bool IsSameKey(string key, string step) =>
        string.Equals(key.Replace('-', '_'), step.Replace('-', '_'), StringComparison.OrdinalIgnoreCase);
}
