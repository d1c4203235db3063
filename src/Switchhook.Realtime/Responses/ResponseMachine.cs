using System.Text;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Mcp;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>
/// One response, from <c>response.created</c> to its last sound. The order of its events is law (realtime-api §6.4):
/// <code>
///   created, rate_limits ─► [output_item.added, item.added ─► content ─► output_item.done, item.done]* ─► done
///                                                                 completed | cancelled | incomplete | failed
/// </code>
/// On a telephone what a model says goes to the ear at once, but is told only when the ear begins to hear it: from the first audio
/// part on, the model's outputs wait until the playout has started, so that <c>output_audio_buffer.started</c> comes before the words.
/// </summary>
internal sealed partial class ResponseMachine
{
    private readonly SessionOutbox _outbox;
    private readonly Conversation? _conversation;
    private readonly SessionSurface _surface;
    private readonly int _sampleRate;
    private readonly McpServers _mcpServers;
    private readonly McpCalls _mcpCalls;
    private readonly (int Text, int Audio) _input;
    private readonly List<Item> _output = [];
    private readonly StringBuilder _text = new();

    private Part _open;
    private Conversation.Entry? _entry;
    private long _outputCharacters;
    private long _spokenMs;

    private enum Part : byte { None, Text, Audio }

    /// <param name="request">What the model is asked.</param>
    /// <param name="conversation">Where the output goes; null outside the conversation.</param>
    /// <param name="input">The tokens of the input, text and audio.</param>
    /// <param name="isMuted">Nobody listens any more: nothing is spoken or withheld.</param>
    public ResponseMachine(
        ResponseRequest request, Conversation? conversation, (int Text, int Audio) input,
        SessionSurface surface, int sampleRate, bool isMuted, McpServers mcpServers, McpCalls mcpCalls, SessionOutbox outbox)
    {
        Request = request;
        _conversation = conversation;
        _input = input;
        _surface = surface;
        _sampleRate = sampleRate;
        _mcpServers = mcpServers;
        _mcpCalls = mcpCalls;
        _outbox = outbox;
        IsMuted = isMuted;
        _gate = surface == SessionSurface.Call && !isMuted ? Gate.Ready : Gate.Open;
        _outbox.Send(new ResponseCreated(Told(ResponseStatus.InProgress, null)) { EventId = _outbox.NewEventId() });

        // Nothing is rationed here; clients want the event and its two names all the same.
        _outbox.Send(new RateLimitsUpdated([new("requests", 1_000_000, 1_000_000, 0), new("tokens", 1_000_000, 1_000_000, 0)]) { EventId = _outbox.NewEventId() });
    }

    public ResponseRequest Request { get; }

    public string Id => Request.ResponseId;

    /// <summary>Generating in the conversation: there is at most one such response.</summary>
    public bool IsActive => !IsDone && !Request.IsOutOfBand;

    /// <summary><c>response.done</c> was sent.</summary>
    public bool IsDone { get; private set; }

    private bool IsSpoken => Request.Config.IsSpoken;

    /// <summary>Ends it before its time, as if what is still withheld had never been said.</summary>
    public void Cancel(string reason)
    {
        DropWithheld();
        Finish(ResponseStatus.Cancelled, StatusDetails.Cancelled(reason));
    }

    public void Fail(RealtimeError error)
    {
        DropWithheld();
        Finish(ResponseStatus.Failed, StatusDetails.Failed(error));
    }

    // One step of the story that is told. Sound was handled before, by Speak.
    private void Step(Instant now, ModelOutput output, Utterance? utterance)
    {
        if (IsDone) { return; }
        switch (output)
        {
            case ModelOutput.Text text: SayText(text.Delta); break;
            case ModelOutput.Speech speech when IsSpoken: SaySpeech(now, speech, utterance); break;
            case ModelOutput.Speech speech: SayText(speech.Transcript); break;
            case ModelOutput.EndOfMessage: CloseMessage(ItemStatus.Completed); break;
            case ModelOutput.ToolCall call: Call(call); break;
            case ModelOutput.McpCall call: Call(call); break;
            case ModelOutput.Completed: Finish(ResponseStatus.Completed, null); break;
            case ModelOutput.Incomplete incomplete: Finish(ResponseStatus.Incomplete, StatusDetails.Incomplete(incomplete.Reason)); break;
            case ModelOutput.Failed failed: Finish(ResponseStatus.Failed, StatusDetails.Failed(failed.Error)); break;
        }
    }

    private void SayText(string delta)
    {
        if (delta.Length == 0 || !OpenMessage(Part.Text)) { return; }
        _text.Append(delta);
        _outputCharacters += delta.Length;
        _outbox.Send(new ResponseOutputTextDelta(Id, _entry!.Item.Id, _output.Count, 0, delta) { EventId = _outbox.NewEventId() });
    }

    private void SaySpeech(Instant now, ModelOutput.Speech speech, Utterance? utterance)
    {
        bool begins = _open != Part.Audio;
        if ((speech.Transcript.Length == 0 && speech.Samples.IsEmpty) || !OpenMessage(Part.Audio)) { return; }
        if (utterance is not null) { utterance.Entry = _entry; }
        else if (begins && IsMuted && _surface == SessionSurface.Call) { MarkUnheard(); }
        if (_gate == Gate.Ready)
        {
            _gate = Gate.Closed;
            Withhold(now, speech, utterance);
            return;
        }
        _entry!.Spoken!.Append(speech.Transcript, speech.Samples.Length);
        _outputCharacters += speech.Transcript.Length;
        if (speech.Transcript.Length > 0)
        {
            _outbox.Send(new ResponseOutputAudioTranscriptDelta(Id, _entry.Item.Id, _output.Count, 0, speech.Transcript) { EventId = _outbox.NewEventId() });
        }
        if (_outbox.TellsAudio && !IsMuted) { TellAudio(now, speech.Samples); }
    }

    private void TellAudio(Instant now, ReadOnlyMemory<short> samples)
    {
        int deltaMax = (int)(_sampleRate * Limits.AudioDelta.TotalSeconds);
        for (ReadOnlyMemory<short> rest = samples; !rest.IsEmpty; rest = rest[Math.Min(deltaMax, rest.Length)..])
        {
            _outbox.Put(new SessionOutput.AudioDelta(
                _outbox.NewEventId(), Id, _entry!.Item.Id, _output.Count, 0, Request.Config.Audio.Output.Format, rest[..Math.Min(deltaMax, rest.Length)]));
        }
        if (_surface == SessionSurface.Socket) { _outbox.Play(now, TimeSpan.FromSeconds((double)samples.Length / _sampleRate)); }
    }

    // False when there is no room for another item; the response has failed then.
    private bool OpenMessage(Part part)
    {
        if (_open == part) { return true; }
        CloseMessage(ItemStatus.Completed);
        if (!Add(new MessageItem(ItemRole.Assistant, []) { Id = _outbox.NewId("item_"), Status = ItemStatus.InProgress })) { return false; }
        _open = part;
        _entry!.Spoken = part == Part.Audio ? new SpokenTranscript(_sampleRate) : null;
        _outbox.Send(new ResponseContentPartAdded(Id, _entry.Item.Id, _output.Count, 0, part == Part.Audio ? ResponsePart.OfAudio("") : ResponsePart.OfText(""))
        {
            EventId = _outbox.NewEventId(),
        });
        return true;
    }

    private void CloseMessage(ItemStatus status)
    {
        if (_open == Part.None) { return; }
        Conversation.Entry entry = _entry!;
        string item = entry.Item.Id;
        int index = _output.Count;
        ContentPart content;
        ResponsePart part;
        if (_open == Part.Audio)
        {
            string transcript = entry.Spoken!.Text;
            _spokenMs += entry.Spoken.GeneratedMs;
            content = new OutputAudioPart(transcript);
            part = ResponsePart.OfAudio(transcript);
            _outbox.Send(new ResponseOutputAudioDone(Id, item, index, 0) { EventId = _outbox.NewEventId() });
            _outbox.Send(new ResponseOutputAudioTranscriptDone(Id, item, index, 0, transcript) { EventId = _outbox.NewEventId() });
        }
        else
        {
            string text = _text.ToString();
            content = new OutputTextPart(text);
            part = ResponsePart.OfText(text);
            _outbox.Send(new ResponseOutputTextDone(Id, item, index, 0, text) { EventId = _outbox.NewEventId() });
        }
        _outbox.Send(new ResponseContentPartDone(Id, item, index, 0, part) { EventId = _outbox.NewEventId() });
        _open = Part.None;
        _text.Clear();
        Complete(((MessageItem)entry.Item) with { Content = [content], Status = status });
    }

    private void Call(ModelOutput.ToolCall call)
    {
        CloseMessage(ItemStatus.Completed);
        string callId = _outbox.NewId("call_");
        if (!Add(new FunctionCallItem(call.Name, callId, "") { Id = _outbox.NewId("item_"), Status = ItemStatus.InProgress })) { return; }
        string item = _entry!.Item.Id;
        int index = _output.Count;
        if (call.Arguments.Length > 0)
        {
            _outbox.Send(new ResponseFunctionCallArgumentsDelta(Id, item, index, callId, call.Arguments) { EventId = _outbox.NewEventId() });
        }
        _outbox.Send(new ResponseFunctionCallArgumentsDone(Id, item, index, callId, call.Name, call.Arguments) { EventId = _outbox.NewEventId() });
        _outputCharacters += call.Name.Length + call.Arguments.Length;
        Complete(((FunctionCallItem)_entry.Item) with { Arguments = call.Arguments, Status = ItemStatus.Completed });
    }

    private bool Add(Item item)
    {
        RealtimeError? error = _output.Count >= Limits.ResponseItems
            ? RealtimeError.Server("too_many_items", $"A response may have {Limits.ResponseItems} items.")
            : null;
        _entry = null;
        if (error is null)
        {
            _entry = _conversation is null ? new Conversation.Entry(item, null) : _conversation.Append(item);
            if (_entry is null) { error = Conversation.Full; }
        }
        if (error is not null)
        {
            _outbox.Put(new SessionOutput.StopGenerating(Id));
            Finish(ResponseStatus.Failed, StatusDetails.Failed(error));
            return false;
        }
        _outbox.Send(new ResponseOutputItemAdded(Id, _output.Count, item) { EventId = _outbox.NewEventId() });
        if (_conversation is not null) { _outbox.Send(new ConversationItemAdded(_entry!.PreviousItemId, item) { EventId = _outbox.NewEventId() }); }
        return true;
    }

    private void Complete(Item item)
    {
        _entry!.Item = item;
        _outbox.Send(new ResponseOutputItemDone(Id, _output.Count, item) { EventId = _outbox.NewEventId() });
        if (_conversation is not null && !_entry.IsRemoved) { _outbox.Send(new ConversationItemDone(_conversation.Before(_entry), item) { EventId = _outbox.NewEventId() }); }
        _output.Add(item);
    }

    private void Finish(ResponseStatus status, StatusDetails? details)
    {
        if (IsDone) { return; }
        CloseUtterance();
        CloseMessage(status == ResponseStatus.Completed ? ItemStatus.Completed : ItemStatus.Incomplete);
        IsDone = true;
        _outbox.Send(new ResponseDone(Told(status, details) with { Output = Output(), Usage = Cost() }) { EventId = _outbox.NewEventId() });
    }

    private Usage Cost() => Usage.Of(_input.Text, _input.Audio, UsageEstimate.Text(_outputCharacters), UsageEstimate.Spoken(_spokenMs));

    private Response Told(ResponseStatus status, StatusDetails? details) => new()
    {
        Id = Id,
        Status = status,
        StatusDetails = details,
        ConversationId = _conversation?.Id,
        OutputModalities = Request.Config.OutputModalities,
        MaxOutputTokens = Request.Config.MaxOutputTokens,
        Audio = new ResponseAudio(new ResponseAudioOutput(Request.Config.Audio.Output.Format, Request.Config.Audio.Output.Voice)),
        Metadata = Request.Metadata,
    };
}
