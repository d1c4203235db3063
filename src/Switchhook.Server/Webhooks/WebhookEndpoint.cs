namespace Switchhook.Server.Webhooks;

/// <summary>
/// Where a project's webhooks go, and what signs them. Several secrets are for the days of a rotation: each of them
/// signs, and the receiver may know any one (realtime-api §2.4).
/// </summary>
internal sealed record WebhookEndpoint(Uri Url, IReadOnlyList<string> Secrets)
{
    /// <summary>The URL as it may be shown: query and user part can hold secrets.</summary>
    public string ShownUrl { get; } = Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public override string ToString() => ShownUrl;
}
