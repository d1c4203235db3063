using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>
/// The <c>prompt</c> of a session or a response: <c>{id, version?, variables?}</c>, one of those its project keeps. It gives the
/// instructions where nobody gave others, and is echoed as it came.
/// </summary>
internal static class PromptRules
{
    public static SessionConfig Apply(FieldReader f, SessionConfig current)
    {
        if (!f.Has("prompt")) { return current; }
        if (!f.TryObject("prompt", out FieldReader prompt)) { return current with { Prompt = null, PromptInstructions = null }; }
        prompt.Only("id", "version", "variables");
        string id = prompt.RequiredText("id");
        string? version = prompt.OptionalText("version");
        f.TryFind("prompt", out JsonElement given);
        if (f.Faults.First is not null || Find(prompt, current.Prompts, id, version) is not { } text) { return current; }
        return current with { Prompt = given.Clone(), PromptInstructions = Fill(prompt, text) };
    }

    private static PromptText? Find(FieldReader prompt, IReadOnlyDictionary<string, StoredPrompt> stored, string id, string? version)
    {
        if (!stored.TryGetValue(id, out StoredPrompt? found))
        {
            prompt.Faults.Value(prompt.At("id"), id, stored.Count == 0
                ? "The configuration of this project has no prompts."
                : $"Prompts of this project are: {Faults.Names(stored.Keys)}.");
            return null;
        }
        PromptText? text = found.Find(version);
        if (text is null) { prompt.Faults.Value(prompt.At("version"), version!, $"Versions of the prompt '{id}' are: {Faults.Names(found.Versions.Select(one => one.Key))}."); }
        return text;
    }

    private static string? Fill(FieldReader prompt, PromptText text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        bool areGiven = prompt.TryObject("variables", out FieldReader variables);
        if (areGiven) { variables.Only([.. text.Variables]); }
        foreach (string name in text.Variables)
        {
            string at = $"{prompt.At("variables")}.{name}";
            if (areGiven && variables.TryFind(name, out JsonElement value)) { values[name] = Value(variables, name, value, at); }
            else { prompt.Faults.Missing(at); }
        }
        if (prompt.Faults.First is not null) { return null; }
        string? filled = text.Filled(values);
        if (filled is null) { prompt.Faults.Add("invalid_value", $"With these variables the prompt would have more than {Limits.PromptChars} characters.", prompt.At("variables")); }
        return filled;
    }

    // A text, or the part of a message that holds one.
    private static string Value(FieldReader variables, string name, JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Object && variables.TryObject(name, out FieldReader part))
        {
            part.Only("type", "text");
            string type = part.RequiredText("type");
            if (type != "input_text" && part.Faults.First is null) { part.Faults.Value(part.At("type"), type, FieldReader.Supported(["input_text"])); }
            return part.RequiredText("text");
        }
        return FieldReader.TryText(value, at, out string? text, variables.Faults) ? text : "";
    }
}
