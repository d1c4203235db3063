using System.Collections.Immutable;
using Switchhook.Calls;
using Switchhook.Engines.Mcp;
using Switchhook.Realtime.Session;

namespace Switchhook.Server.Options;

/// <summary>A tenant: who may command its calls, and who is told of them (null: nobody).</summary>
internal sealed record ProjectOptions(ProjectPolicy Policy, IReadOnlyList<byte[]> KeyHashes, WebhookOptions? Webhook)
{
    /// <summary>Where the MCP servers may be that its sessions name; null: every public place that speaks https.</summary>
    public IReadOnlyList<McpOrigin>? McpAllowed { get; init; }

    public string Id => Policy.Id;

    /// <summary>What its sessions may name as their <c>prompt</c>, by id.</summary>
    public IReadOnlyDictionary<string, StoredPrompt> Prompts { get; init; } = ImmutableDictionary<string, StoredPrompt>.Empty;
}

/// <summary>Where the project's webhooks go and the secret that signs them (realtime-api §2.4).</summary>
internal sealed record WebhookOptions(Uri Url, string Secret)
{
    /// <summary>The URL as it may be shown: query and user part can hold secrets, and the secret is not for logs.</summary>
    public override string ToString() => Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
