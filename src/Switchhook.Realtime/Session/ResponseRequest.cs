namespace Switchhook.Realtime.Session;

/// <summary>All that a model needs to generate one response: the session's configuration with the response's own overrides applied, and the conversation as it stood.</summary>
public sealed record ResponseRequest(string ResponseId, SessionConfig Config, bool IsOutOfBand);
