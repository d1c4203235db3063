using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Tests.Events;

/// <summary>docs/protocol/events.md lists every event that is read or written, with its fields: neither knows more than the other.</summary>
public sealed partial class EventsPageTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [Theory]
    [InlineData(typeof(ClientEvent), "## What clients send")]
    [InlineData(typeof(ServerEvent), "## What the server sends")]
    public void The_page_and_the_code_have_the_same_events_with_the_same_fields(Type family, string chapter)
    {
        string page = File.ReadAllText(Path.Combine(GoldenTests.Root, "docs", "protocol", "events.md")).ReplaceLineEndings("\n");
        string text = page.Split("\n## ").Single(part => chapter.EndsWith(part.Split('\n')[0], StringComparison.Ordinal));
        string[] told = [.. Row().Matches(text).Select(row => $"{row.Groups["event"]}: {row.Groups["fields"].Value.Replace("`", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal).Trim()}")];
        string[] known = [.. family.Assembly.GetTypes().Where(type => type.IsSubclassOf(family) && type != typeof(RawServerEvent) && type != typeof(UnreadableEvent)).Select(Line)];
        Assert.Equal(known.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private static string Line(Type type)
    {
        IEnumerable<string> fields = type.GetProperties()
            .Where(property => property.Name is not ("Type" or "EventId" or "EqualityContract") && property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always)
            .OrderBy(property => property.MetadataToken)
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name) + Absence(property));
        return $"{TypeOf(type)}: {string.Join(", ", fields)}";
    }

    private static string Absence(PropertyInfo property) =>
        property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.Never ? "|null"
        : Nullability.Create(property).ReadState == NullabilityState.Nullable ? "?"
        : "";

    // Each record hands its type to its base; nothing else of it is needed.
    private static object? TypeOf(Type type)
    {
        ConstructorInfo made = type.GetConstructors().Single();
        object record = made.Invoke([.. made.GetParameters().Select(parameter => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
        return type.GetProperty("Type")!.GetValue(record);
    }

    [GeneratedRegex(@"^\| `(?<event>[a-z_.]+)` \|(?<fields>( `[^`]+`,?)*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
