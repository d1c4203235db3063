using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;

namespace Switchhook.Calls.Effects;

/// <summary>The engine's life: opened while the phone rings, listened to until it has finished, never left behind (S2, S7).</summary>
internal static class Opening
{
    public static void Begin(CallParts parts, CallMessage.Accept accept)
    {
        var line = new VoiceLine(AnswerPlan.SampleRate);
        parts.Line = line;
        parts.Record = parts.Record with { Model = accept.Config.Model, AcceptedAt = parts.Record.AcceptedAt ?? parts.Ports.Time.GetUtcNow() };
        parts.Note(Plane.Session, "engine.opening", accept.Config.Model);
        parts.NoteFormats(accept.Body);
        var request = new EngineRequest(parts.Record.Id.Value, parts.Policy.Id, accept.Config, line) { Body = accept.Body };
        _ = Task.Factory.StartNew(() => LiveAsync(parts, request), CancellationToken.None, TaskCreationOptions.DenyChildAttach, parts.Ports.Scheduler);
    }

    /// <summary>Opens, announces, and passes on what the engine says, until it says nothing more.</summary>
    private static async Task LiveAsync(CallParts parts, EngineRequest request)
    {
        EngineOpening opening = await EngineOpening.WithinAsync(
            parts.Ports.Engines, request, parts.Ports.Time, fault => parts.Ports.Observer.Faulted(parts.Record.Id, fault), CancellationToken.None);
        if (opening.Engine is not { } engine)
        {
            await parts.TellAsync(new CallMessage.EngineFailed(opening.Error ?? RealtimeError.Server("engine_failed", "The model did not open.")));
            return;
        }
        if (!await parts.TellAsync(new CallMessage.EngineReady(engine)))
        {
            await engine.DisposeAsync();
            return;
        }
        await parts.TellAsync(await ListenAsync(parts, engine));
    }

    /// <summary>Passes on what the engine says; returns how it ended.</summary>
    private static async Task<CallMessage.EngineFinished> ListenAsync(CallParts parts, IVoiceEngine engine)
    {
        var end = new CallMessage.EngineFinished(EndedBecause.EngineLost, "The model session was lost");
        try
        {
            while (await engine.Events.WaitToReadAsync())
            {
                while (engine.Events.TryRead(out ServerEvent? serverEvent))
                {
                    if (serverEvent is ErrorEvent { Error: { Code: "session_expired" } expired }) { end = new(EndedBecause.SessionExpired, expired.Message); }
                    if (!await parts.TellAsync(new CallMessage.EngineSaid(serverEvent))) { return end; }
                }
            }
            return end;
        }
        catch (Exception lost) { return end with { Fault = $"{end.Fault}: {lost.Message}" }; }
    }

    public static void Said(CallParts parts, ServerEvent serverEvent)
    {
        if (serverEvent.Type == ResponseOutputAudioDelta.EventType)
        {
            parts.Sidebands.SendAudio(serverEvent);
            return;
        }
        switch (serverEvent)
        {
            case SessionCreated created: parts.Sidebands.SessionIs(created.Session, created.EventId); break;
            case SessionUpdated updated: parts.Sidebands.SessionIs(updated.Session, updated.EventId); break;
            case ConversationItemRetrieved retrieved:
                // A history has everything but the bytes of audio, which may be many.
                parts.NoteEvent(Plane.Session, retrieved.WithoutAudio());
                parts.Sidebands.Send(retrieved);
                return;
        }
        parts.Publish(Plane.Session, serverEvent);
    }

    /// <summary>The caller is gone; the engine finishes. Without an engine there is nothing to wait for.</summary>
    public static void Finish(CallParts parts)
    {
        if (parts.Engine is { } engine) { engine.CallerGone(); }
        else { parts.Tell(new CallMessage.EngineFinished(EndedBecause.HungUp, "")); }
    }

    public static void Stop(CallParts parts)
    {
        if (parts.Engine is not { } engine) { return; }
        parts.Engine = null;
        _ = engine.DisposeAsync().AsTask();
    }
}
