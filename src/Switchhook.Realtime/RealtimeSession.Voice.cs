using System.Globalization;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime;

/// <summary>The caller's voice: turns, commits, transcripts, and the silence that lasts too long.</summary>
public sealed partial class RealtimeSession
{
    private static readonly TimeSpan CommitMin = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, TimeSpan> _transcribing = [];
    private readonly TurnDetector _turns;

    // What was announced and neither committed nor cleared; never null while the caller speaks.
    private string? _speechItem;
    private Instant? _idleSince;
    private TimeSpan _idleFrom;

    /// <summary>How much of what was heard last <see cref="SessionOutput.Keep"/> may still ask for.</summary>
    public TimeSpan PendingVoice => _turns.Pending;

    /// <summary>One frame of the caller's audio: how long it is and how probable speech is in it, 0 to 1.</summary>
    public void Hear(Instant now, TimeSpan length, float voice)
    {
        if (_isOver || _isGone) { return; }
        switch (_turns.Hear(length, voice))
        {
            case TurnSignal.None: return;
            case TurnSignal.Started: BeginSpeech(now); break;
            case TurnSignal.Paused: _outbox.Put(new SessionOutput.SoFar(_speechItem!, _turns.Pauses)); return;
            case TurnSignal.Stopped:
                if (EndSpeech() && _config.Audio.Input.TurnDetection is { CreateResponse: true }) { Answer(now, ResponseTrigger.Turn); }
                break;
        }
        Settle(now);
    }

    /// <summary>What the caller has said up to a pause (<see cref="SessionOutput.SoFar"/>), as far as anybody knows; the turn may end sooner or later for it.</summary>
    public void SaidSoFar(int pause, string words) => _turns.Judge(pause, Endings.Of(words));

    /// <summary>The next words of a transcript that is on its way, in any pieces; all of them together are those of <see cref="Transcribed"/>.</summary>
    /// <param name="itemId">Whose words they are.</param>
    /// <param name="delta">The words.</param>
    /// <param name="certainty">How sure the transcriber is of each token of the words, where it knows; told only where the session asked.</param>
    public void Transcribing(string itemId, string delta, IReadOnlyList<LogProbability>? certainty = null)
    {
        if (_isOver || !_transcribing.ContainsKey(itemId)) { return; }
        _outbox.Send(new InputAudioTranscriptionDelta(itemId, 0, delta, WantsCertainty ? certainty : null) { EventId = _outbox.NewEventId() });
    }

    public void Transcribed(Instant now, string itemId, string transcript, IReadOnlyList<LogProbability>? certainty = null)
    {
        if (_isOver || !_transcribing.Remove(itemId, out TimeSpan speech)) { return; }
        TellTranscript(itemId, transcript, speech, certainty);
        Settle(now);
    }

    public void TranscriptionFailed(Instant now, string itemId, RealtimeError error)
    {
        if (_isOver || !_transcribing.Remove(itemId)) { return; }
        TellTranscriptionFailed(itemId, error);
        Settle(now);
    }

    private Instant IdleDeadline =>
        _idleSince is { } since && !_isGone && !_turns.IsSpeaking && _config.Audio.Input.TurnDetection is ServerVad { IdleTimeoutMs: { } timeoutMs }
            ? since + TimeSpan.FromMilliseconds(timeoutMs)
            : Instant.Never;

    private void BeginSpeech(Instant now)
    {
        _idleSince = null;
        _speechItem = _outbox.NewId("item_");
        _outbox.Send(new InputAudioBufferSpeechStarted(_speechItem, Ms(_turns.Start)) { EventId = _outbox.NewEventId() });
        if (_config.Audio.Input.TurnDetection is { InterruptResponse: true }) { BargeIn(now); }
    }

    // False when the conversation had no room for what was said.
    private bool EndSpeech()
    {
        string item = _speechItem!;
        TimeSpan speech = _turns.Clock - _turns.Start;
        _idleSince = null;
        _outbox.Send(new InputAudioBufferSpeechStopped(item, Ms(_turns.Clock)) { EventId = _outbox.NewEventId() });
        return Commit(item, speech, isSpeech: true);
    }

    private void CommitByHand(InputAudioBufferCommit commit)
    {
        if (_turns.Buffered < CommitMin)
        {
            string bufferedMs = _turns.Buffered.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);
            Refuse(commit, "input_audio_buffer_commit_empty",
                $"Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has {bufferedMs}ms of audio.");
            return;
        }
        if (_conversation.IsFull)
        {
            _outbox.Refuse(Conversation.Full, commit.EventId);
            return;
        }

        // While the caller speaks it is the turn that was announced, else everything since the last one.
        Commit(_speechItem ?? _outbox.NewId("item_"), _turns.IsSpeaking ? _turns.Clock - _turns.Start : _turns.Buffered, isSpeech: true);
    }

    private bool Commit(string itemId, TimeSpan audio, bool isSpeech)
    {
        _turns.Empty();
        _speechItem = null;
        var item = new MessageItem(ItemRole.User, [new InputAudioPart()]) { Id = itemId };
        if (_conversation.Append(item, audio) is not { } entry)
        {
            _outbox.Refuse(Conversation.Full, null);
            return false;
        }
        _outbox.Put(new SessionOutput.Keep(itemId, audio));
        _outbox.Send(new InputAudioBufferCommitted(itemId, entry.PreviousItemId) { EventId = _outbox.NewEventId() });
        TellNew(entry);
        if (_config.Audio.Input.Transcription is null) { return true; }
        if (!isSpeech) { TellTranscript(itemId, "", audio, []); }
        else if (_transcribing.Count >= Limits.TranscriptionsAtOnce)
        {
            TellTranscriptionFailed(itemId, RealtimeError.Server("overloaded", $"{Limits.TranscriptionsAtOnce} transcriptions are under way already."));
        }
        else
        {
            _transcribing.Add(itemId, audio);
            _outbox.Put(new SessionOutput.Transcribe(itemId, audio));
        }
        return true;
    }

    private void ClearInput()
    {
        _turns.Empty();
        _speechItem = null;
        _outbox.Send(new InputAudioBufferCleared() { EventId = _outbox.NewEventId() });
    }

    private void Append(InputAudioBufferAppend append)
    {
        // On a socket the driver turns appends into heard frames and never brings them here.
        Refuse(append, "invalid_value",
            _surface == SessionSurface.Call ? "This session hears the telephone; audio cannot be appended to it." : "Audio is appended before the session.", "type");
    }

    private void TriggerIdle(Instant now)
    {
        _idleSince = null;
        string item = _outbox.NewId("item_");

        // A held phone sends no audio: then the silence has no length. What was committed or cleared is no part of it.
        var silence = TimeSpan.FromTicks(Math.Clamp((_turns.Clock - _idleFrom).Ticks, 0, _turns.Buffered.Ticks));
        _outbox.Send(new InputAudioBufferTimeoutTriggered(item, Ms(_turns.Clock - silence), Ms(_turns.Clock)) { EventId = _outbox.NewEventId() });
        if (Commit(item, silence, isSpeech: false) && _config.Audio.Input.TurnDetection is { CreateResponse: true })
        {
            Answer(now, ResponseTrigger.Idle);
        }
    }

    private bool WantsCertainty => _config.Include?.Contains(SessionRules.TranscriptionLogprobs) == true;

    private void TellTranscript(string itemId, string transcript, TimeSpan speech, IReadOnlyList<LogProbability>? certainty)
    {
        if (_conversation.Find(itemId) is { Item: MessageItem message, IsGiven: false } entry) { entry.Item = message with { Content = [new InputAudioPart(transcript)] }; }
        _outbox.Send(new InputAudioTranscriptionCompleted(itemId, 0, transcript, new TranscriptionDuration((long)Math.Ceiling(speech.TotalSeconds)))
        {
            EventId = _outbox.NewEventId(),
            Logprobs = WantsCertainty ? certainty : null,
        });
    }

    private void TellTranscriptionFailed(string itemId, RealtimeError error) =>
        _outbox.Send(new InputAudioTranscriptionFailed(itemId, 0, new TranscriptionError(error.Type, error.Code ?? error.Type, error.Message, error.Param))
        {
            EventId = _outbox.NewEventId(),
        });

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;
}
