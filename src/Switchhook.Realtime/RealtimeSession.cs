using System.Diagnostics.CodeAnalysis;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Mcp;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;
using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime;

/// <summary>Where a session's audio goes: to a phone (played out by us, <c>output_audio_buffer.*</c>) or over the client's own socket (<c>response.output_audio.delta</c>).</summary>
public enum SessionSurface : byte { Call, Socket }

/// <summary>
/// A Realtime session as a pure machine: what local engines (scripted, cascade) drive. Client events, the caller's
/// voice, the playout clock and the model's output go in; server events and wishes come out. After one input, drain
/// <see cref="TryTake"/>, then read <see cref="NextTimeout"/>.
/// </summary>
public sealed partial class RealtimeSession
{
    private readonly WallClock _clock;
    private readonly SessionSurface _surface;
    private readonly int? _sampleRate;
    private readonly SessionOutbox _outbox;
    private readonly Conversation _conversation;
    private readonly TimeSpan _limit;
    private readonly Instant _expiresAt;
    private SessionConfig _config;
    private bool _isGone;
    private bool _isOver;

    /// <param name="now">The present.</param>
    /// <param name="clock">For the dates that clients are told.</param>
    /// <param name="surface">Where the audio goes.</param>
    /// <param name="config">As <see cref="SessionRules"/> made it.</param>
    /// <param name="limit">How long the session may last; then it expires.</param>
    /// <param name="sampleRate">Of the model's speech; null: that of each response's output format.</param>
    /// <param name="random">Where identifiers come from.</param>
    public RealtimeSession(Instant now, WallClock clock, SessionSurface surface, SessionConfig config, TimeSpan limit, int? sampleRate, Random random)
    {
        _clock = clock;
        _surface = surface;
        _sampleRate = sampleRate;
        _outbox = new SessionOutbox(random) { TellsAudio = surface == SessionSurface.Socket };
        _conversation = new Conversation(_outbox.NewId("conv_"));
        (_limit, _expiresAt) = (limit, now + limit);
        _config = config with { Id = config.Id ?? _outbox.NewId("sess_"), ExpiresAt = clock.UnixSeconds(_expiresAt) };
        _turns = new TurnDetector(_config.Audio.Input.TurnDetection);
        _mcpCalls = new McpCalls(_outbox);
        _mcpServers = new McpServers(_conversation, _mcpCalls, _outbox);
        _outbox.Send(new SessionCreated(_config) { EventId = _outbox.NewEventId() });
        _mcpServers.Meet(_config.Tools, isGiven: true);
    }

    /// <summary>The session as it is now.</summary>
    public SessionConfig Config => _config;

    /// <summary>On a call: say the audio in events too (<see cref="SessionOutput.AudioDelta"/>), from now on. On a socket it is always said.</summary>
    public bool TellsAudio
    {
        get => _outbox.TellsAudio;
        set => _outbox.TellsAudio = value || _surface == SessionSurface.Socket;
    }

    /// <summary>When a client that plays the audio itself is through with all that it was told; on a call the playout reports say it.</summary>
    public Instant PlayedBy => _outbox.PlayedBy;

    public Instant NextTimeout
    {
        get
        {
            if (_isOver) { return Instant.Never; }
            Instant next = Instant.Earlier(_expiresAt, IdleDeadline);
            return _cut is { } cut ? Instant.Earlier(next, cut.Deadline) : next;
        }
    }

    /// <summary>
    /// True when nothing is being generated, played, transcribed or held back, no function call waits for its output and no
    /// tool of an MCP server is being called: a drained session may close.
    /// </summary>
    public bool IsQuiet =>
        _isOver || (_responses.Count == 0 && _cut is null && _pendingTurn is null && _transcribing.Count == 0 && !_turns.IsSpeaking
            && !_conversation.HasUnansweredCall && !_mcpCalls.IsAnyRunning);

    /// <summary>A client event, whoever of the attached sent it.</summary>
    public void Receive(Instant now, ClientEvent clientEvent)
    {
        if (_isOver) { return; }
        switch (clientEvent)
        {
            case SessionUpdate update: Update(update); break;
            case TranscriptionSessionUpdate update: Update(update); break;
            case InputAudioBufferAppend append: Append(append); break;
            case InputAudioBufferCommit commit: CommitByHand(commit); break;
            case InputAudioBufferClear: ClearInput(); break;
            case OutputAudioBufferClear clear: ClearOutput(now, clear); break;
            case ConversationItemCreate create: Create(create); break;
            case ConversationItemRetrieve retrieve: Retrieve(retrieve); break;
            case ConversationItemTruncate truncate: Truncate(now, truncate); break;
            case ConversationItemDelete delete: Delete(delete); break;
            case ResponseCreate create when _config.IsTranscription:
                Refuse(create, "invalid_value", "This is a transcription session: it writes down what it hears and never responds. Responses need a session of type 'realtime'.", "type");
                break;
            case ResponseCreate create: Create(now, create); break;
            case ResponseCancel cancel: Cancel(now, cancel); break;
            case UnreadableEvent unreadable: _outbox.Refuse(unreadable.Error, unreadable.EventId); break;
        }
        Settle(now);
    }

    /// <summary>A key of the phone: 0-9, *, #, A-D.</summary>
    public void Digit(Instant now, char digit)
    {
        if (_isOver || _isGone) { return; }
        _outbox.Send(new InputAudioBufferDtmfEventReceived(digit.ToString(), _clock.UnixSeconds(now)) { EventId = _outbox.NewEventId() });
    }

    /// <summary>The caller is gone: nothing new is spoken or heard, what is pending is finished (S1).</summary>
    public void CallerGone(Instant now)
    {
        if (_isOver || _isGone) { return; }
        _isGone = true;
        if (_turns.IsSpeaking) { EndSpeech(); }
        _pendingTurn = null;
        if (_cut is { } cut) { Resolve(now, cut, null); }
        foreach (ResponseMachine response in _responses)
        {
            if (response.IsPlaying) { response.Cut(now, int.MaxValue, null); }
            response.Mute();
            response.OpenGate(now);
        }
        Settle(now);
    }

    public void Timeout(Instant now)
    {
        if (_isOver) { return; }
        if (now >= _expiresAt) { Expire(); return; }
        if (_cut is { } cut && now >= cut.Deadline) { Resolve(now, cut, null); }
        if (now >= IdleDeadline) { TriggerIdle(now); }
        Settle(now);
    }

    public bool TryTake([NotNullWhen(true)] out SessionOutput? output) => _outbox.TryTake(out output);

    private void Update(SessionUpdate update)
    {
        if (!SessionRules.TryPatch(_config, update.Session, _outbox.HasSpoken, _mcpServers.Definitions, out SessionConfig? config, out RealtimeError? error))
        {
            _outbox.Refuse(error, update.EventId);
            return;
        }
        bool hasTools = !ReferenceEquals(config.Tools, _config.Tools);
        Configure(config);
        _outbox.Send(new SessionUpdated(config) { EventId = _outbox.NewEventId() });
        if (hasTools) { _mcpServers.Replace(config.Tools); }
    }

    private void Update(TranscriptionSessionUpdate update)
    {
        if (!_config.IsTranscription)
        {
            Refuse(update, "invalid_value", "This is a realtime session, not a transcription session.", "type");
            return;
        }
        if (!SessionRules.TryPatchFormer(_config, update.Session, out SessionConfig? config, out RealtimeError? error))
        {
            _outbox.Refuse(error, update.EventId);
            return;
        }
        Configure(config);
        _outbox.Send(new TranscriptionSessionUpdated(FormerTranscriptionSession.Of(config)) { EventId = _outbox.NewEventId() });
    }

    private void Configure(SessionConfig config)
    {
        _config = config;
        _turns.Configure(config.Audio.Input.TurnDetection);
    }

    private void Expire()
    {
        RealtimeError expired = RealtimeError.SessionExpired(_limit);
        LeaveMcp(expired.Message);
        foreach (ResponseMachine response in _responses)
        {
            if (response.IsDone) { continue; }
            _outbox.Put(new SessionOutput.StopGenerating(response.Id));
            response.Fail(expired);
        }
        _responses.Clear();
        _outbox.Refuse(expired, null);
        _outbox.Put(new SessionOutput.Over());
        _isOver = true;
    }

    private void Refuse(ClientEvent clientEvent, string code, string message, string? param = null) =>
        _outbox.Refuse(RealtimeError.Invalid(code, message, param), clientEvent.EventId);
}
