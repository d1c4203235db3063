using System.Text.Json;
using System.Threading.Channels;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Calls.Ports;

/// <summary>A Realtime server, next door or far away, as one call sees it: public protocol in and out, audio through the <see cref="VoiceLine"/>.</summary>
public interface IVoiceEngine : IAsyncDisposable
{
    /// <summary>Everything the session says; <c>session.created</c> is the first. Completed when the engine has finished.</summary>
    ChannelReader<ServerEvent> Events { get; }

    /// <summary>False when the engine has ended or cannot keep up.</summary>
    bool Post(ClientEvent clientEvent);

    /// <summary>The caller is gone: finish what is pending, then complete <see cref="Events"/> (S1).</summary>
    void CallerGone();
}

/// <summary>What an engine is opened with. The line is alive from now on; audio flows once the phone is answered.</summary>
public sealed record EngineRequest(CallId CallId, string Project, SessionConfig Config, VoiceLine Line)
{
    /// <summary>The accept body as it was sent, for an upstream that knows members we do not.</summary>
    public required JsonElement Body { get; init; }
}

/// <summary>Either a ready engine or the reason why not.</summary>
public readonly record struct EngineOpening(IVoiceEngine? Engine, RealtimeError? Error);

public interface IEngineFactory
{
    /// <summary>The models an accept may name.</summary>
    IReadOnlyCollection<string> Models { get; }

    /// <summary>Opens an engine whose session is created and configured. Never throws for what a model or an upstream does.</summary>
    Task<EngineOpening> OpenAsync(EngineRequest request, CancellationToken cancellation);
}
