using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>The sound of a response: what goes to the ear, what is withheld until it is heard, and what was cut.</summary>
internal sealed partial class ResponseMachine
{
    private readonly List<Utterance> _utterances = [];
    private readonly Queue<Withheld> _withheld = new();
    private readonly List<(Conversation.Entry Entry, int HeardMs, string? EventId)> _truncations = [];
    private Utterance? _speaking;
    private long _madeCharacters;
    private long _madeSamples;
    private bool _isSpent;
    private Gate _gate;

    /// <summary>Ready: no speech yet. Closed: speech is on its way to the ear and not heard yet. Open: the story is told as it comes.</summary>
    private enum Gate : byte { Ready, Closed, Open }

    /// <summary>What it says from now on is not for the ear.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>Why it will be cancelled (<c>turn_detected</c>, <c>client_cancelled</c>), once the cut is reported; null when it will not.</summary>
    public string? HaltReason { get; private set; }

    /// <summary><c>output_audio_buffer.started</c> was sent.</summary>
    public bool IsStartTold { get; private set; }

    /// <summary>It was cut: there is no <c>stopped</c> for it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Something of it is still to be played.</summary>
    public bool IsPlaying => PlaysThrough(int.MaxValue);

    /// <summary>Nothing of it was heard yet, and its words are withheld.</summary>
    public bool IsUnheard => _gate == Gate.Closed && !_utterances.Exists(u => u.IsStarted);

    /// <summary>More from the model. Ignored once the response is done, or has all that it may have: what would go beyond is not told and not heard, and a call not made.</summary>
    public void Produce(Instant now, ModelOutput output)
    {
        if (IsDone || HaltReason is not null || _isSpent) { return; }
        _isSpent = Request.Config.MaxOutputTokens is { } max && Count(output) > max;
        if (_isSpent)
        {
            _outbox.Put(new SessionOutput.StopGenerating(Id, IsCallUnmade: output is ModelOutput.ToolCall or ModelOutput.McpCall));
            output = new ModelOutput.Incomplete("max_output_tokens");
        }
        Take(now, output);
    }

    private void Take(Instant now, ModelOutput output)
    {
        Utterance? utterance = Speak(output);

        // Words that ended without a sound are never heard: nobody will say that they started.
        bool wasSilent = _gate == Gate.Closed && output is not ModelOutput.Speech && _utterances.Count == 0;
        if (wasSilent) { OpenGate(now); }
        if (_gate == Gate.Closed) { Withhold(now, output, utterance); }
        else { Step(now, output, utterance); }
        if (wasSilent && !IsDone) { _gate = Gate.Ready; }
    }

    // As if it had never been said; the model may have to know.
    private void DropWithheld()
    {
        bool isCallUnmade = _withheld.Any(withheld => withheld.Output is ModelOutput.ToolCall or ModelOutput.McpCall);
        _withheld.Clear();
        _gate = Gate.Open;
        if (isCallUnmade) { _outbox.Put(new SessionOutput.StopGenerating(Id, IsCallUnmade: true)); }
    }

    // The tokens that it has with this output, told or withheld. No fewer than are told in the end.
    private int Count(ModelOutput output)
    {
        (int characters, int samples) = output switch
        {
            ModelOutput.Text text => (text.Delta.Length, 0),
            ModelOutput.Speech speech => (speech.Transcript.Length, IsSpoken ? speech.Samples.Length : 0),
            ModelOutput.ToolCall call => (call.Name.Length + call.Arguments.Length, 0),
            ModelOutput.McpCall call => (call.Name.Length + call.Arguments.Length, 0),
            _ => (0, 0),
        };
        _madeCharacters += characters;
        _madeSamples += samples;
        return UsageEstimate.Text(_madeCharacters) + UsageEstimate.Spoken(_madeSamples * 1000 / _sampleRate);
    }

    /// <summary>Something of it up to this utterance is still to be played.</summary>
    public bool PlaysThrough(int utterance) => _utterances.Exists(u => u.IsOutstanding && u.Number <= utterance);

    public Utterance? Find(int utterance) => _utterances.Find(u => u.Number == utterance && u.Number > 0);

    /// <summary>The playout has begun, or is not waited for any longer: what was withheld is told.</summary>
    public void OpenGate(Instant now)
    {
        _gate = Gate.Open;
        while (_withheld.TryDequeue(out Withheld withheld)) { Step(now, withheld.Output, withheld.Utterance); }
    }

    /// <summary>The ear hears it: said once, and before the words.</summary>
    public void TellStarted()
    {
        if (IsStartTold || IsCut) { return; }
        IsStartTold = true;
        _outbox.Send(new OutputAudioBufferStarted(Id) { EventId = _outbox.NewEventId() });
    }

    /// <summary>What the ear has got of it was said, even if a cut came before it could be told: that it started, and its words.</summary>
    public void TellHeard(Instant now)
    {
        if (!_utterances.Exists(u => u.WasHeard)) { return; }
        TellStarted();
        while (_withheld.TryPeek(out Withheld said) && said is { Output: ModelOutput.Speech or ModelOutput.EndOfMessage, Utterance: not { WasHeard: false } })
        {
            _withheld.Dequeue();
            Step(now, said.Output, said.Utterance);
        }
    }

    /// <summary>What it says from now on does not go to the ear.</summary>
    public void Mute() => IsMuted = true;

    /// <summary>What the model still produces is ignored; how the response ends is decided when the cut is reported.</summary>
    public void Halt(string reason)
    {
        HaltReason ??= reason;
        IsMuted = true;
    }

    /// <summary>Nothing more of it will be heard. <paramref name="position"/> is where the playout was, null when it did not say.</summary>
    public void Cut(Instant now, int throughUtterance, PlayoutPosition? position)
    {
        IsMuted = true;
        foreach (Utterance utterance in _utterances)
        {
            if (utterance.IsOutstanding && utterance.Number <= throughUtterance) { utterance.Cut(now, position); }
        }
        _speaking = null;
        TellHeard(now);
        if (IsStartTold) { _outbox.Send(new OutputAudioBufferCleared(Id) { EventId = _outbox.NewEventId() }); }
        IsCut = true;
    }

    /// <summary>After response.done: tells and applies where what was said ceased to be heard.</summary>
    public void Truncate()
    {
        foreach (Utterance utterance in _utterances)
        {
            if (!utterance.IsCut || utterance.Entry is not { Spoken: { } spoken } entry) { continue; }
            utterance.Entry = null;
            if (utterance.HeardMs < spoken.DurationMs) { Truncate(entry, utterance.HeardMs); }
        }
        foreach ((Conversation.Entry entry, int heardMs, _) in _truncations) { Truncate(entry, heardMs); }
        _truncations.Clear();
    }

    /// <summary>A client says where an item that is still being said was cut; it counts once the response is done.</summary>
    public bool TryTruncateLater(string itemId, int heardMs, string? eventId)
    {
        if (_open != Part.Audio || _entry!.Item.Id != itemId || _truncations.Count >= Limits.ResponseItems) { return false; }
        _truncations.Add((_entry, heardMs, eventId));
        return true;
    }

    /// <summary>The events that asked to truncate an item later, which was deleted now: nothing will answer them any more.</summary>
    public IReadOnlyList<string?> TakeTruncations(string itemId)
    {
        var eventIds = _truncations.Where(t => t.Entry.IsRemoved && t.Entry.Item.Id == itemId).Select(t => t.EventId).ToArray();
        _truncations.RemoveAll(t => t.Entry.IsRemoved && t.Entry.Item.Id == itemId);
        return eventIds;
    }

    private void Truncate(Conversation.Entry entry, int heardMs)
    {
        entry.Truncate(heardMs);
        if (_conversation is null || entry.IsRemoved) { return; }
        _outbox.Send(new ConversationItemTruncated(entry.Item.Id, 0, entry.Spoken!.DurationMs) { EventId = _outbox.NewEventId() });
    }

    // Sound goes to the ear at once, whatever of the story is withheld.
    private Utterance? Speak(ModelOutput output)
    {
        if (output is not ModelOutput.Speech speech || !IsSpoken) { CloseUtterance(); return null; }
        if (_surface != SessionSurface.Call || IsMuted || speech.Samples.IsEmpty) { return _speaking; }
        if (_speaking is null)
        {
            _speaking = new Utterance(_outbox.NewUtterance(), _sampleRate);
            _utterances.Add(_speaking);
        }
        _speaking.Add(speech.Samples.Length);
        _outbox.Put(new SessionOutput.Say(_speaking.Number, speech.Samples, IsLast: false));
        return _speaking;
    }

    // A part that begins when nobody listens any more was cut before its first word.
    private void MarkUnheard()
    {
        var utterance = new Utterance(0, _sampleRate) { Entry = _entry };
        utterance.Cut(default, null);
        _utterances.Add(utterance);
    }

    private void CloseUtterance()
    {
        if (_speaking is not { } speaking) { return; }
        _speaking = null;
        speaking.IsClosed = true;
        if (!speaking.IsCut && !IsMuted) { _outbox.Put(new SessionOutput.Say(speaking.Number, default, IsLast: true)); }
    }

    // With its sound: who asks for it meanwhile is told it behind the words.
    private void Withhold(Instant now, ModelOutput output, Utterance? utterance)
    {
        _withheld.Enqueue(new Withheld(output, utterance));
        if (_withheld.Count > Limits.WithheldOutputs) { OpenGate(now); }
    }

    private readonly record struct Withheld(ModelOutput Output, Utterance? Utterance);
}
