using System.Text.Json;

namespace Switchhook.Conformance;

internal static class Check
{
    public static void That(bool isSo, string otherwise)
    {
        if (!isSo) { throw new InvalidOperationException(otherwise); }
    }

    public static void Same(IEnumerable<string> got, IEnumerable<string> expected, string what)
    {
        string[] left = [.. got], right = [.. expected];
        That(left.SequenceEqual(right), $"{what}:\n  {string.Join(' ', left)}\nis not\n  {string.Join(' ', right)}");
    }

    /// <summary>Whether one JSON value says all that another one says; null is nothing.</summary>
    public static bool Holds(JsonElement all, JsonElement some) => some.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Object => all.ValueKind == JsonValueKind.Object && some.EnumerateObject().All(member =>
            member.Value.ValueKind == JsonValueKind.Null || (all.TryGetProperty(member.Name, out JsonElement same) && Holds(same, member.Value))),
        JsonValueKind.Array => all.ValueKind == JsonValueKind.Array && all.EnumerateArray().Count() == some.EnumerateArray().Count()
            && all.EnumerateArray().Zip(some.EnumerateArray(), Holds).All(same => same),
        _ => JsonElement.DeepEquals(all, some),
    };
}
