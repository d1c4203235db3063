using Switchhook.Realtime.Session;

namespace Switchhook.Server.Options;

/// <summary>Reads <c>prompts</c> of a project: instructions with variables, under an id and a version. A text stands in the configuration or in a file of its own.</summary>
internal sealed class PromptReader(Func<string, string> absolute)
{
    public IReadOnlyDictionary<string, StoredPrompt> Read(Section project)
    {
        Dictionary<string, StoredPrompt> prompts = new(StringComparer.Ordinal);
        foreach ((string id, Section section) in project.Named("prompts"))
        {
            if (!IsName(id)) { project.Wrong("prompts", $"\"{id}\" is not an id: 1 to 128 of A-Z a-z 0-9 _ -"); }
            List<KeyValuePair<string, PromptText>> versions = [];
            IReadOnlyList<(string Name, Section Section)> named = section.Named("versions");
            foreach ((string version, Section one) in named)
            {
                if (!IsName(version)) { section.Wrong("versions", $"\"{version}\" is not a version: 1 to 128 of A-Z a-z 0-9 _ -"); }
                if (ReadText(one) is { } text) { versions.Add(new(version, text)); }
            }
            if (named.Count is 0 or > Limits.PromptVersions) { section.Wrong("versions", $"has {named.Count} versions: 1 to {Limits.PromptVersions}"); }
            section.Close();
            prompts[id] = new StoredPrompt(versions);
        }
        if (prompts.Count > Limits.Prompts) { project.Wrong("prompts", $"{prompts.Count} are too many: 1 to {Limits.Prompts}"); }
        return prompts;
    }

    private PromptText? ReadText(Section section)
    {
        string? instructions = section.Text("instructions");
        string? file = section.Text("file");
        section.Close();
        if ((instructions is null) == (file is null))
        {
            section.Wrong("instructions", "is the text of this version, or \"file\" names a file that holds it: give one of the two");
            return null;
        }
        string key = instructions is null ? "file" : "instructions";
        string? text = instructions ?? ReadFile(section, file!);
        if (text is null) { return null; }
        if (text.Length > Limits.PromptChars)
        {
            section.Wrong(key, $"has {text.Length} characters; a prompt has at most {Limits.PromptChars}");
            return null;
        }
        if (PromptText.TryParse(text, out PromptText? prompt, out string? error)) { return prompt; }
        section.Wrong(key, error);
        return null;
    }

    private string? ReadFile(Section section, string file)
    {
        string path = absolute(file);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > 4L * Limits.PromptChars } large)
            {
                section.Wrong("file", $"\"{file}\" has {large.Length} bytes; a prompt has at most {Limits.PromptChars} characters");
                return null;
            }
            return File.ReadAllText(path).TrimEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            section.Wrong("file", $"\"{file}\" cannot be read: {error.Message}");
            return null;
        }
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExcept(Tokens.UrlSafe);
}
