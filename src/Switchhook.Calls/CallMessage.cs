using System.Text.Json;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Calls;

/// <summary>What can be said to a call. The first three come from the API and are answered with a <see cref="CallAnswer"/>.</summary>
public abstract record CallMessage
{
    private protected CallMessage() { }

    /// <summary>Answered when the phone is answered: <paramref name="Config"/> is validated, <paramref name="Body"/> is what was sent.</summary>
    public sealed record Accept(SessionConfig Config, JsonElement Body) : CallMessage;

    /// <summary>Answered when the final response is on its way. <paramref name="Status"/> is 300–699.</summary>
    public sealed record Reject(int Status) : CallMessage;

    /// <summary>Answered when teardown begins.</summary>
    public sealed record Hangup : CallMessage;

    /// <summary>A sideband says something to the session.</summary>
    public sealed record FromClient(ClientEvent Event) : CallMessage;
}
