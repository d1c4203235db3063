using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>
/// What of a long conversation a model is given (<c>truncation</c>, realtime-api §4.1), in estimated tokens. What does not fit any more
/// is forgotten from the oldest on, for good: it stays in the conversation and is given to no model again. How much is forgotten at once
/// is the retention ratio's business. What a client gave as the input of one response is never shortened.
/// </summary>
internal static class ContextWindow
{
    /// <summary>What of the input is given to the model; the error when not even its newest item fits, or nothing may be forgotten.</summary>
    public static IReadOnlyList<Conversation.Entry> Fit(ResponseTerms terms, out RealtimeError? error)
    {
        error = null;
        (bool mayForget, double ratio, int? most) = Read(terms.Config.Truncation);
        long room = Math.Max(0, Limits.ContextTokens - UsageEstimate.Instructions(terms.Config));
        if (most < room) { room = most.Value; }
        long tokens = terms.Input.Sum(UsageEstimate.Of);
        if (tokens <= room) { return terms.Input; }
        int from = 0;
        if (mayForget && !terms.IsInputGiven)
        {
            for (; from < terms.Input.Count - 1 && tokens > room * ratio; from++) { tokens -= Forget(terms.Input[from]); }
        }
        if (tokens > room)
        {
            error = RealtimeError.Invalid("context_length_exceeded",
                $"The input has about {tokens} tokens and there is room for {room}. Delete items, or let older ones be forgotten with truncation 'auto'.");
        }
        return [.. terms.Input.Skip(from)];
    }

    private static long Forget(Conversation.Entry entry)
    {
        entry.IsForgotten = true;
        return UsageEstimate.Of(entry);
    }

    // SessionRules has checked it.
    private static (bool MayForget, double Ratio, int? Most) Read(JsonElement? truncation)
    {
        if (truncation is not { ValueKind: JsonValueKind.Object } given) { return (truncation?.GetString() != "disabled", 1, null); }
        int? most = given.TryGetProperty("token_limits", out JsonElement limits) && limits.ValueKind == JsonValueKind.Object
            && limits.TryGetProperty("post_instructions", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Number ? tokens.GetInt32() : null;
        return (true, given.GetProperty("retention_ratio").GetDouble(), most);
    }
}
