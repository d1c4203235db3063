using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Switchhook.Storage.Sqlite;

/// <summary>How times and words are written, so that a person can read them and SQL can compare them.</summary>
internal static class SqliteText
{
    // Fixed width, so that the order of the text is the order of time; SQLite's own date functions read it.
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture);

    public static string? Of(DateTimeOffset? time) => time is { } at ? Of(at) : null;

    public static DateTimeOffset ToTime(string text) =>
        DateTimeOffset.ParseExact(text, Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>The word for a value, in snake_case: <c>NoDecision</c> is <c>no_decision</c>.</summary>
    public static string Word<T>(T value) where T : struct, Enum => Words<T>.OfValue[value];

    public static T ToValue<T>(string word) where T : struct, Enum =>
        Words<T>.OfWord.TryGetValue(word, out T value)
            ? value : throw new StoreException($"\"{word}\" in the database is not one of {string.Join(", ", Words<T>.OfWord.Keys)}.");

    private static class Words<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> OfValue =
            Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly FrozenDictionary<string, T> OfWord =
            OfValue.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
    }
}
