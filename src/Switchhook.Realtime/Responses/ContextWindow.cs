using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>
/// What of a long conversation a model is given (<c>truncation</c>, realtime-api §4.1), in estimated tokens. What does not fit any more
/// is forgotten from the oldest on, for good: it stays in the conversation and is given to no model again. How much is forgotten at once
/// is the retention ratio's business. A response outside the conversation is not given it, and forgets nothing. What a client gave as the
/// input of one response is never shortened.
/// </summary>
internal static class ContextWindow
{
    /// <summary>What of the input is given to the model; the error when not even its newest item fits, or nothing may be forgotten. Then nothing is.</summary>
    public static IReadOnlyList<Conversation.Entry> Fit(ResponseTerms terms, out RealtimeError? error)
    {
        error = null;
        (bool mayForget, double ratio, int? most) = Read(terms.Config.Truncation);
        long room = Math.Max(0, Limits.ContextTokens - UsageEstimate.Instructions(terms.Config));
        if (most < room) { room = most.Value; }
        long tokens = terms.Input.Sum(UsageEstimate.Of);
        if (tokens <= room) { return terms.Input; }
        HashSet<Conversation.Entry> old = mayForget && !terms.IsInputGiven ? Oldest(terms.Input, tokens - (room * ratio)) : [];
        tokens -= old.Sum(UsageEstimate.Of);
        if (tokens > room)
        {
            error = RealtimeError.Invalid("context_length_exceeded",
                $"The input has about {tokens} tokens and there is room for {room}. Delete items, or let older ones be forgotten with truncation 'auto'.");
            return terms.Input;
        }
        if (!terms.IsOutOfBand)
        {
            foreach (Conversation.Entry entry in old) { entry.IsForgotten = true; }
        }
        return [.. terms.Input.Where(entry => !old.Contains(entry))];
    }

    // At least so many tokens, from the oldest on, where that is possible: the newest item stays, and so does a call that it answers or
    // that nobody has answered yet. A call goes with its output; alone neither can be understood.
    private static HashSet<Conversation.Entry> Oldest(IReadOnlyList<Conversation.Entry> input, double excess)
    {
        HashSet<Conversation.Entry> old = [];
        ILookup<string?, Conversation.Entry> outputs = input.ToLookup(entry => (entry.Item as FunctionCallOutputItem)?.CallId);
        foreach (Conversation.Entry entry in input.SkipLast(1))
        {
            if (excess <= 0) { break; }
            Conversation.Entry[] together = entry.Item is FunctionCallItem call ? [entry, .. outputs[call.CallId]] : [entry];
            bool isWaitedFor = entry.Item is FunctionCallItem ? together.Length == 1 && !entry.IsGiven : entry.Item is McpCallItem { Status: ItemStatus.InProgress };
            if (isWaitedFor || together.Contains(input[^1])) { continue; }
            foreach (Conversation.Entry one in together)
            {
                if (old.Add(one)) { excess -= UsageEstimate.Of(one); }
            }
        }
        return old;
    }

    // SessionRules has checked it.
    private static (bool MayForget, double Ratio, int? Most) Read(JsonElement? truncation)
    {
        if (truncation is not { ValueKind: JsonValueKind.Object } given) { return (truncation?.GetString() != "disabled", 1, null); }
        int? most = given.TryGetProperty("token_limits", out JsonElement limits) && limits.ValueKind == JsonValueKind.Object
            && limits.TryGetProperty("post_instructions", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Number ? (int)tokens.GetDouble() : null;
        return (true, given.GetProperty("retention_ratio").GetDouble(), most);
    }
}
