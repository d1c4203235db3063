using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;

namespace Switchhook.Server.Api;

/// <summary>What the query of a socket asks for, when it asks for a session of its own (realtime-api §3.1): <c>?model=…</c>.</summary>
internal static class SessionQuery
{
    /// <summary>A session of that model with every default; its client changes it with session.update.</summary>
    public static bool TryRead(
        IQueryCollection query, IReadOnlyCollection<string> models, [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        string? model = query["model"];
        if (string.IsNullOrEmpty(model))
        {
            config = null;
            error = RealtimeError.Invalid("missing_required_parameter", "Missing required parameter: 'model', or 'call_id' to attach to a call.", "model");
            return false;
        }
        if (SessionRules.TryCreate(Body(model), new SessionRulesContext(models), out config, out error)) { return true; }
        if (error.Param == "session.model") { error = error with { Message = error.Message.Replace("session.model", "model", StringComparison.Ordinal), Param = "model" }; }
        return false;
    }

    private static JsonElement Body(string model) => JsonElement.Parse(ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "realtime"u8);
        json.WriteString("model"u8, model);
        json.WriteEndObject();
    }).Span);
}
