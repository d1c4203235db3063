using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;

namespace Switchhook.Server.Api;

/// <summary>What the query of a socket asks for, when it asks for a session of its own (realtime-api §3.1): <c>?model=…</c> or <c>?intent=transcription</c>.</summary>
internal static class SessionQuery
{
    /// <summary>
    /// A session with every default, which its client changes with session.update; or the one that was minted with the caller's client
    /// secret, which the query may name again and not contradict.
    /// </summary>
    public static bool TryRead(
        IQueryCollection query, SessionConfig? minted, SessionRulesContext rules, [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        string? model = (string?)query["model"] is { Length: > 0 } named ? named : null;
        string? intent = (string?)query["intent"] is { Length: > 0 } meant ? meant : null;
        config = minted;
        error = query["model"].Count > 1 ? Twice("model")
            : query["intent"].Count > 1 ? Twice("intent")
            : intent is not (null or SessionConfig.TranscriptionType) ? Wrong("intent", intent, "The only intent is 'transcription'; for anything else leave it out.")
            : minted is not null ? Contradiction(minted, model, intent)
            : model is null && intent is null ? Missing
            : null;
        if (error is not null || minted is not null) { return error is null; }
        if (!SessionRules.TryCreate(Body(SessionConfig.RealtimeType, model), rules, out config, out error))
        {
            // Only the model can be wrong.
            error = error with { Message = error.Message.Replace("session.model", "model", StringComparison.Ordinal), Param = "model" };
            return false;
        }
        return intent is null || SessionRules.TryCreate(Body(intent, null), rules with { DefaultModel = config.Model }, out config, out error);
    }

    private static RealtimeError? Contradiction(SessionConfig minted, string? model, string? intent)
    {
        if (model is not null && model != minted.Model) { return Wrong("model", model, $"The client secret opens a session with the model '{minted.Model}'; name that one or none."); }
        return intent is not null && !minted.IsTranscription ? Wrong("intent", intent, "The client secret opens a session of type 'realtime'.") : null;
    }

    private static RealtimeError Missing { get; } = RealtimeError.Invalid(
        "missing_required_parameter", "Missing required parameter: 'model', or 'intent=transcription', or 'call_id' to attach to a call.", "model");

    private static RealtimeError Twice(string name) =>
        RealtimeError.Invalid("invalid_value", $"The query has '{name}' more than once: name one {name}.", name);

    private static RealtimeError Wrong(string name, string value, string rule) =>
        RealtimeError.Invalid("invalid_value", $"Invalid value for '{name}': '{(value.Length <= 64 ? value : value[..64] + "…")}'. {rule}", name);

    private static JsonElement Body(string type, string? model) => JsonElement.Parse(ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        if (model is not null) { json.WriteString("model"u8, model); }
        json.WriteEndObject();
    }).Span);
}
