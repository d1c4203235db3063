using System.Text.Json;
using System.Threading.Channels;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Calls.Ports;

/// <summary>
/// A Realtime server, next door or far away, as one call or one client sees it: public protocol in and out. The audio of a
/// call goes through the <see cref="VoiceLine"/>; that of a session without one is in the events.
/// </summary>
public interface IVoiceEngine : IAsyncDisposable
{
    /// <summary>Everything the session says; <c>session.created</c> is the first. Completed when the engine has finished.</summary>
    ChannelReader<ServerEvent> Events { get; }

    /// <summary>
    /// Done when the engine has heard it to its end: whoever speaks faster than that waits, so that no more than one event of each
    /// client is ever held. False when the engine has ended before that, or too many wait.
    /// </summary>
    ValueTask<bool> PostAsync(ClientEvent clientEvent);

    /// <summary>On a call: whether <see cref="Events"/> hold what is spoken too (<see cref="ResponseOutputAudioDelta"/>), from now on.</summary>
    void TellAudio(bool isWanted);

    /// <summary>The caller is gone: finish what is pending, then complete <see cref="Events"/> (S1).</summary>
    void CallerGone();
}

/// <summary>What an engine is opened with.</summary>
/// <param name="Owner">Who it works for: the id of the call, or of the session that has none.</param>
/// <param name="Project">Whose.</param>
/// <param name="Config">The session to be.</param>
/// <param name="Line">Alive from now on; audio flows once the phone is answered. Null without a call.</param>
public sealed record EngineRequest(string Owner, string Project, SessionConfig Config, VoiceLine? Line)
{
    /// <summary>The accept body as it was sent, for an upstream that knows members we do not; undefined where there was none.</summary>
    public JsonElement Body { get; init; }
}

/// <summary>Either a ready engine or the reason why not.</summary>
public readonly record struct EngineOpening(IVoiceEngine? Engine, RealtimeError? Error)
{
    /// <summary>Opens one. Too late, or by a mistake of ours, is an ordinary failure; who cancels gets <see cref="OperationCanceledException"/>.</summary>
    public static async Task<EngineOpening> WithinAsync(
        IEngineFactory engines, EngineRequest request, TimeProvider time, Action<Exception> faulted, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Limits.EngineOpening, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try { return await engines.OpenAsync(request, either.Token); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new EngineOpening(null, RealtimeError.Server("engine_timeout", $"The model did not open within {Limits.EngineOpening.TotalSeconds:0} s."));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            faulted(fault);
            return new EngineOpening(null, RealtimeError.Server("engine_failed", "The model could not be opened."));
        }
    }
}

public interface IEngineFactory
{
    /// <summary>The models an accept may name.</summary>
    IReadOnlyCollection<string> Models { get; }

    /// <summary>Opens an engine whose session is created and configured. Never throws for what a model or an upstream does.</summary>
    Task<EngineOpening> OpenAsync(EngineRequest request, CancellationToken cancellation);
}
