using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Recording;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Realtime.Events;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>
/// What one call holds: its dialog and offer, its leg, line, engine and recorder, its sidebands, its record and its
/// history. Touched only by the call's loop; the effects work on it.
/// </summary>
internal sealed class CallParts
{
    private readonly Call _call;
    private long _sequence;
    private bool _areFormatsNoted;

    public CallParts(Call call, CallPorts ports, ProjectPolicy policy, SipEvent.IncomingCall invite, CallRecord record)
    {
        _call = call;
        Ports = ports;
        Policy = policy;
        Invite = invite;
        Record = record;
        Sidebands = new Sidebands(this);
    }

    public CallPorts Ports { get; }
    public ProjectPolicy Policy { get; }
    public SipEvent.IncomingCall Invite { get; }
    public DialogHandle Dialog => Invite.Dialog;
    public CallTimeline Timeline { get; } = new();
    public Sidebands Sidebands { get; }
    public CallRecord Record { get; set; }

    /// <summary>The state of the SDP negotiation, once the phone was answered.</summary>
    public AnswerPlan? Plan { get; set; }

    /// <summary>What was agreed last.</summary>
    public MediaPlan? Media { get; set; }
    public IMediaLeg? Leg { get; set; }
    public VoiceLine? Line { get; set; }
    public IVoiceEngine? Engine { get; set; }
    public Recorder? Recorder { get; set; }

    /// <summary>The webhook that announces the call; null when the project has none.</summary>
    public OutboxMessage? Webhook { get; set; }

    /// <summary>Cancelled when the webhook is not to be tried again.</summary>
    public CancellationTokenSource Announcing { get; } = new();

    /// <summary>Done when the leg's ports are free; what its audio was like, when there was any.</summary>
    public Task<MediaStats?> MediaClosed { get; set; } = Task.FromResult<MediaStats?>(null);

    public Instant Now => Ports.Time.Now();

    /// <summary>Lines of the history for which the mailbox had no room.</summary>
    public long LinesLost => _call.LinesLost;

    /// <summary>Something happened that decides; the loop will hear of it, as soon as its mailbox has room. Nobody waits.</summary>
    public void Tell(CallMessage message) => _ = _call.TellAsync(message).AsTask();

    /// <summary>Something happened that is only a line of the history: when there is no room it is lost and counted.</summary>
    public void Jot(CallMessage line) => _call.Jot(line);

    /// <summary>As <see cref="Tell"/>, for who can wait for room; false when the call is over.</summary>
    public ValueTask<bool> TellAsync(CallMessage message) => _call.TellAsync(message);

    /// <summary>The dialog may linger for half a minute; what only a living call needs does not.</summary>
    public void LetGo() => (Line, Engine, Recorder, Plan, Webhook) = (null, null, null, null, null);

    /// <summary>The record stands and everybody was told.</summary>
    public void End() => _call.End();

    public void Decide(CallAnswer answer) => _call.Decide(answer);

    /// <summary>A command to the SIP plane. When its queue is full the call cannot go on.</summary>
    public void Post(SipCommand command)
    {
        if (!Ports.Sip.Post(command)) { Tell(new CallMessage.Broken(EndedBecause.Overloaded)); }
    }

    /// <summary>One more entry of the history, in memory and on its way to the store.</summary>
    public void Note(Plane plane, string kind, string text, ReadOnlyMemory<byte> data = default, string? eventId = null)
    {
        var entry = new TimelineEntry(++_sequence, Ports.Time.GetUtcNow(), plane, kind, text, data) { EventId = eventId };
        Timeline.Add(entry);
        if (!Ports.Store.Append(Record.Id, entry)) { Record = Record with { TimelineGap = Record.TimelineGap + 1 }; }
    }

    /// <summary>Says, once a call, that the formats which the session names are not those of the telephone (S6).</summary>
    public void NoteFormats(JsonElement session)
    {
        if (_areFormatsNoted || SessionFormats.Told(session) is not { } text) { return; }
        _areFormatsNoted = true;
        Note(Plane.Session, "session.formats", text);
    }

    /// <summary>An event of the session or of the call: into the history, then to every sideband.</summary>
    public void Publish(Plane plane, ServerEvent serverEvent)
    {
        ReadOnlyMemory<byte> json = NoteEvent(plane, serverEvent);
        Sidebands.Send(json);
    }

    /// <summary>The first half of <see cref="Publish"/>, for what must be on disk before it is told.</summary>
    public ReadOnlyMemory<byte> NoteEvent(Plane plane, ServerEvent serverEvent)
    {
        ReadOnlyMemory<byte> json = RealtimeJson.Write(serverEvent);
        if (json.Length > Limits.TimelineEventBytes)
        {
            Note(plane, serverEvent.Type, $"{json.Length} bytes, too many for a history", eventId: serverEvent.EventId);
            return json;
        }
        // A history is JSON. What another server sent that is none stands in it as text, and is not told again.
        if (serverEvent is RawServerEvent && !EventReader.TryPeek(json.Span, out _, out _)) { Note(plane, serverEvent.Type, "", TimelineData.OfUnreadable(json)); }
        else { Note(plane, serverEvent.Type, "", json, serverEvent.EventId); }
        return json;
    }

    public string NewEventId() => Tokens.New("event_", Ports.Random);
}
