using System.Text.Json;

namespace Switchhook.Server;

/// <summary>Names of our enumerations as the outside reads them: HungUp is <c>hung_up</c>.</summary>
internal static class Words
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
