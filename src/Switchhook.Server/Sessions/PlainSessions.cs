using System.Collections.Concurrent;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;

namespace Switchhook.Server.Sessions;

/// <summary>The sessions without a call: how many there may be, and what becomes of them when the process goes down.</summary>
internal sealed class PlainSessions(IEngineFactory engines, SessionLog log, TimeProvider time, Random random, int sessionsMax = Limits.Sessions)
{
    private readonly ConcurrentDictionary<string, PlainSession> _open = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;     // those that are being opened included
    private volatile bool _isDraining;
    private volatile bool _isClosing;

    /// <summary>Sessions open or being opened.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A session ready to be spoken with (<see cref="RunAsync"/>), or why there is none. Answered before the upgrade (realtime-api §3.3).</summary>
    public async Task<(PlainSession? Session, ApiAnswer? Refusal)> OpenAsync(ProjectOptions project, SessionConfig config, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _count) > sessionsMax || _isDraining)
        {
            Forget();
            return (null, _isDraining ? ShuttingDown : NoRoom);
        }
        string id = Tokens.New("sess_", random);
        EngineOpening opening = default;
        try
        {
            opening = await EngineOpening.WithinAsync(engines, new EngineRequest(id, project.Id, config with { Id = id }, null), time, fault => log.Faulted(id, fault), cancellation);
        }
        finally
        {
            if (opening.Engine is null) { Forget(); }
        }
        if (opening.Engine is not { } engine) { return (null, ApiAnswer.EngineFailed(opening.Error!)); }
        PlainSession session = new(id, engine);
        _open[id] = session;
        if (_isClosing) { session.ShutDown(); }
        log.Opened(id, project.Id, config.Model);
        return (session, null);
    }

    /// <summary>Until either side ends it. Whatever happens to the socket, the session is closed and counted.</summary>
    public async Task RunAsync(PlainSession session, Func<ISocketPeer, Task> speak)
    {
        long began = time.GetTimestamp();
        try { await speak(session); }
        finally
        {
            await CloseAsync(session);
            _open.TryRemove(session.Id, out _);
            log.Ended(session.Id, session.End, time.GetElapsedTime(began));
            Forget();
        }
    }

    /// <summary>No new sessions from now on; done when the last one has ended, or when <paramref name="deadline"/> has passed and the rest was closed.</summary>
    public async Task DrainAsync(TimeSpan deadline)
    {
        _isDraining = true;
        await AllEndedAsync(deadline);
        _isClosing = true;
        foreach (PlainSession session in _open.Values) { session.ShutDown(); }
        await AllEndedAsync(Limits.ShutdownLast);
    }

    private async Task CloseAsync(PlainSession session)
    {
        try
        {
            session.Leave(SocketEnd.Lost);
            await session.CloseAsync();
        }
        catch (Exception fault) { log.Faulted(session.Id, fault); }
    }

    private void Forget()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _isDraining) { _emptied.TrySetResult(); }
    }

    private async Task AllEndedAsync(TimeSpan patience)
    {
        if (Count == 0) { return; }
        try { await _emptied.Task.WaitAsync(patience, time); }
        catch (TimeoutException) { }
    }

    private ApiAnswer NoRoom => ApiAnswer.Refuse(StatusCodes.Status429TooManyRequests, RealtimeError.Invalid(
        "session_limit_reached", $"The limit of {sessionsMax} sessions is reached. Close one, or try again later.")) with
    { RetryAfter = TimeSpan.FromSeconds(5) };

    private static ApiAnswer ShuttingDown => ApiAnswer.Refuse(StatusCodes.Status503ServiceUnavailable, RealtimeError.Server(
        "shutting_down", "The server is shutting down.")) with
    { RetryAfter = TimeSpan.FromSeconds(5) };
}
