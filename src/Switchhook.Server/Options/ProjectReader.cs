using Switchhook.Calls;
using Switchhook.Engines.Mcp;
using Switchhook.Realtime.Session;

namespace Switchhook.Server.Options;

/// <summary>Reads <c>projects</c>: each with its own keys, webhook, patience and prompts.</summary>
internal sealed class ProjectReader(Func<string, string?> environment, PromptReader prompts)
{
    private const int ProjectsMax = 1_000;
    private const int KeysMax = 16;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    public IReadOnlyList<ProjectOptions> Read(Section root)
    {
        IReadOnlyList<Section> sections = root.Children("projects");
        if (!root.Has("projects") || (sections.Count == 0)) { root.Wrong("projects", "is missing or empty; a call must belong to a project"); }
        if (sections.Count > ProjectsMax) { root.Wrong("projects", $"{sections.Count} are too many: 1 to {ProjectsMax}"); }
        List<ProjectOptions> projects = [];
        foreach (Section section in sections)
        {
            if (ReadOne(section) is { } project) { projects.Add(project); }
        }
        return projects;
    }

    private ProjectOptions? ReadOne(Section section)
    {
        string? id = ReadId(section);
        IReadOnlyList<byte[]> keys = ReadKeys(section);
        (WebhookOptions? webhook, bool announceEnd) = ReadWebhook(section.Child("webhook"));
        int decisionMs = section.Number("decision_timeout_ms", (int)Limits.Decision.TotalMilliseconds, 100, 180_000);
        int undecided = section.Number("undecided_status", 503, 300, 699);
        bool record = section.Flag("record", false);
        IReadOnlyDictionary<string, StoredPrompt> stored = prompts.Read(section);
        IReadOnlyList<McpOrigin>? mcpAllowed = ReadMcp(section.Child("mcp"));
        section.Close();
        if (id is null) { return null; }
        ProjectPolicy policy = new()
        {
            Id = id,
            Decision = TimeSpan.FromMilliseconds(decisionMs),
            UndecidedStatus = undecided,
            Record = record,
            AnnounceEnd = announceEnd,
        };
        return new ProjectOptions(policy, keys, webhook) { Prompts = stored, McpAllowed = mcpAllowed };
    }

    private string? ReadId(Section section)
    {
        if (section.RequiredText("id") is not { } id) { return null; }
        if (id.Length is 0 or > 64 || id.AsSpan().ContainsAnyExcept(Tokens.UrlSafe))
        {
            section.Wrong("id", $"\"{id}\" is not an id: 1 to 64 of A-Z a-z 0-9 _ - (it is the user part of the URI that is called)");
        }
        else if (!_ids.Add(id)) { section.Wrong("id", $"\"{id}\" is the id of another project"); }
        return id;
    }

    private List<byte[]> ReadKeys(Section section)
    {
        IReadOnlyList<Setting> settings = section.Texts("api_keys") ?? [];
        if (settings.Count is 0 or > KeysMax) { section.Wrong("api_keys", $"has {settings.Count} keys: 1 to {KeysMax}"); }
        List<byte[]> hashes = [];
        foreach (Setting setting in settings)
        {
            if (Secrets.KeyHash(section, setting, environment) is not { } hash) { continue; }
            if (!_keys.TryAdd(Convert.ToHexString(hash), setting.Path))
            {
                section.WrongAt(setting.Path, $"is the same key as {_keys[Convert.ToHexString(hash)]}; a key belongs to one project");
            }
            hashes.Add(hash);
        }
        return hashes;
    }

    private static List<McpOrigin>? ReadMcp(Section section)
    {
        List<McpOrigin>? allowed = null;
        if (section.Texts("allow") is { } places)
        {
            allowed = [];
            foreach (Setting place in places)
            {
                if (McpOrigin.TryParse(place.Value, out McpOrigin? origin)) { allowed.Add(origin); }
                else { section.WrongAt(place.Path, $"\"{place.Value}\" is not a place of MCP servers: https://HOST[:PORT] or http://HOST[:PORT], where HOST may be * or begin with *. and PORT may be *"); }
            }
        }
        section.Close();
        return allowed;
    }

    /// <summary>Without one the project's calls are found by asking for the list.</summary>
    private (WebhookOptions? Webhook, bool AnnounceEnd) ReadWebhook(Section section)
    {
        if (!section.IsGiven) { return (null, false); }
        string? url = section.RequiredText("url");
        bool isUrl = Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https";
        if (url is not null && !isUrl) { section.Wrong("url", "is not an http or https URL"); }
        string? secret = section.RequiredText("secret");
        if (secret is not null) { secret = Secrets.WebhookSecret(section, new Setting(section.PathOf("secret"), secret), environment); }
        bool announceEnd = section.Flag("announce_end", false);
        section.Close();
        return (isUrl && secret is not null ? new WebhookOptions(parsed!, secret) : null, announceEnd);
    }
}
