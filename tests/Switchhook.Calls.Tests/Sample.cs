using System.Text.Json;
using Switchhook.Realtime.Session;

namespace Switchhook.Calls.Tests;

internal static class Sample
{
    public static SessionConfig Config { get; } = new() { Model = "m" };

    public static JsonElement Body(string json) => JsonDocument.Parse(json).RootElement;
}
