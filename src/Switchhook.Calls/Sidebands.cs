using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Calls;

/// <summary>
/// The sockets attached to one call: fan-out, replay from an event id, slow-reader rule. Touched only by the call's
/// loop. A socket is told <c>session.created</c> first: at once when there is a session, else as soon as there is one (S9).
/// </summary>
internal sealed class Sidebands(CallParts parts)
{
    private readonly List<Sideband> _attached = [];
    private readonly Queue<CallMessage.FromClient> _early = new();
    private long _earlyBytes;
    private SessionConfig? _session;
    private string _sessionEventId = "";
    private (int Code, string Reason)? _closed;

    /// <summary>
    /// The session as it is now: what a late-comer is told as created (realtime-api §3.4). It is told under the id of the
    /// event that made it so, which is in the history: a socket may resume after it.
    /// </summary>
    public void SessionIs(SessionConfig session, string eventId) => (_session, _sessionEventId) = (session, eventId);

    public void Attach(Sideband sideband, string? startingAfter)
    {
        if (_attached.Count >= Limits.Sidebands)
        {
            sideband.Close(1013, $"{Limits.Sidebands} sockets are attached to this call already");
            return;
        }
        _attached.Add(sideband);
        if (_session is not null) { sideband.TrySend(RealtimeJson.Write(new SessionCreated(_session) { EventId = _sessionEventId })); }
        if (startingAfter is not null) { Replay(sideband, startingAfter); }
        if (_closed is { } closed)
        {
            // It came after the end: it may still read what was, and is told nothing more.
            _attached.Remove(sideband);
            sideband.Close(closed.Code, closed.Reason);
            return;
        }
        parts.Note(Plane.Api, "sideband.attached", $"{_attached.Count} attached{(sideband.IncludesAudio ? ", this one with audio" : "")}");
        if (sideband.IncludesAudio) { AskForAudio(); }
    }

    public void Detach(Sideband sideband)
    {
        if (!_attached.Remove(sideband)) { return; }
        parts.Note(Plane.Api, "sideband.detached", $"{_attached.Count} attached");
        if (sideband.IncludesAudio) { AskForAudio(); }
    }

    /// <summary>One event to all. A socket that cannot take it is closed and forgotten; the call goes on.</summary>
    public void Send(ReadOnlyMemory<byte> json) => Send(json, static _ => true);

    /// <summary>The same for an event that no history holds.</summary>
    public void Send(ServerEvent serverEvent)
    {
        if (_attached.Count > 0) { Send(RealtimeJson.Write(serverEvent)); }
    }

    /// <summary>What the model says, to those who asked for it; into no history. Nobody: it is not even written.</summary>
    public void SendAudio(ServerEvent delta)
    {
        if (IsAudioWanted) { Send(RealtimeJson.Write(delta), static sideband => sideband.IncludesAudio); }
    }

    private bool IsAudioWanted => _attached.Exists(sideband => sideband.IncludesAudio);

    private void Send(ReadOnlyMemory<byte> json, Func<Sideband, bool> to)
    {
        for (int i = _attached.Count - 1; i >= 0; i--)
        {
            Sideband sideband = _attached[i];
            if (!to(sideband)) { continue; }
            if (sideband.TrySend(json)) { continue; }
            if (sideband.HasLeft)
            {
                Detach(sideband);
                continue;
            }
            _attached.RemoveAt(i);
            parts.Note(Plane.Api, "sideband.closed", sideband.CloseReason);
            if (sideband.IncludesAudio) { AskForAudio(); }
        }
    }

    /// <summary>What a client says goes to the engine; before there is one it is kept, up to a limit.</summary>
    public void FromClient(CallMessage.FromClient said)
    {
        if (parts.Engine is { } engine)
        {
            said.Hearing = HearAsync(engine, said);
        }
        else if (parts.Record.State is CallState.Draining or CallState.Ended) { Refuse(said, "The call has ended."); }
        else if (_early.Count >= Limits.EarlyClientEvents || _earlyBytes + said.Bytes > Limits.SocketMessageBytes)
        {
            Refuse(said, $"The session is not open yet and holds at most {Limits.EarlyClientEvents} events of {Limits.SocketMessageBytes >> 20} MiB together.");
        }
        else
        {
            _early.Enqueue(said);
            _earlyBytes += said.Bytes;
        }
    }

    /// <summary>Its client waits for this, and says nothing else before: how much an engine has to hold is up to the sockets. Not of the call's loop.</summary>
    private async Task HearAsync(IVoiceEngine engine, CallMessage.FromClient said)
    {
        if (!await engine.PostAsync(said.Event)) { Refuse(said, "The session has ended, or cannot keep up with what it is told."); }
    }

    /// <summary>The session is open: what was said before goes to it, in order.</summary>
    public void Flush()
    {
        AskForAudio();
        _earlyBytes = 0;
        while (_early.TryDequeue(out CallMessage.FromClient? said)) { FromClient(said); }
    }

    /// <summary>There was no session, and there will be none.</summary>
    public void RefuseEarly()
    {
        while (_early.TryDequeue(out CallMessage.FromClient? said)) { Refuse(said, "The call has ended before its session was open."); }
    }

    public void Close(int code, string reason)
    {
        _closed = (code, reason);
        foreach (Sideband sideband in _attached) { sideband.Close(code, reason); }
        _attached.Clear();
    }

    private void AskForAudio() => parts.Engine?.TellAudio(IsAudioWanted);

    private void Replay(Sideband sideband, string startingAfter)
    {
        IReadOnlyList<TimelineEntry> entries = parts.Timeline.Read(0);
        int from = 0;
        while (from < entries.Count && entries[from].EventId != startingAfter) { from++; }
        if (from == entries.Count)
        {
            Refuse(sideband, null, RealtimeError.Invalid("replay_not_available", $"No event '{startingAfter}' is remembered for this call; nothing is replayed.", "starting_after"));
            return;
        }
        for (int i = from + 1; i < entries.Count; i++)
        {
            if (entries[i] is { EventId: { } id, Data.IsEmpty: false } && id != _sessionEventId) { sideband.TrySend(entries[i].Data); }
        }
    }

    // What could not be read is what a session would have said of it, too.
    private void Refuse(CallMessage.FromClient said, string message) => Refuse(said.Sideband, said.Event.EventId,
        said.Event is UnreadableEvent unreadable ? unreadable.Error : RealtimeError.Invalid("session_not_available", message));

    private void Refuse(Sideband sideband, string? eventId, RealtimeError error) => sideband.Tell(ErrorEvent.For(error, eventId, parts.NewEventId()));
}
