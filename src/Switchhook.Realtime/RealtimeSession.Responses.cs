using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime;

/// <summary>Responses: who may begin one, what the model says, and when the next may begin.</summary>
public sealed partial class RealtimeSession
{
    // Generating, being played, or both. The ones that only play are bounded too: nothing begins while there are too many.
    private readonly List<ResponseMachine> _responses = [];
    private ResponseTrigger? _pendingTurn;

    public void Produce(Instant now, string responseId, ModelOutput output)
    {
        if (_isOver || _responses.Find(r => r.Id == responseId) is not { } response) { return; }
        response.Produce(now, output);
        Settle(now);
    }

    /// <summary>
    /// The model itself begins (a scripted greeting): as if a client had sent response.create. False while a response is active: then it may
    /// be tried again. One that fails as it begins has begun.
    /// </summary>
    public bool Prompt(Instant now)
    {
        if (_isOver || _isGone || _config.IsTranscription || _cut is not null || Obstacle(isOutOfBand: false) is not null) { return false; }
        Begin(now, SessionTerms, ResponseTrigger.Prompt);
        Settle(now);
        return true;
    }

    private ResponseMachine? Active => _responses.Find(r => r.IsActive);

    private ResponseTerms SessionTerms => new(_config, false, _conversation.Settled(), null);

    private void Create(Instant now, ResponseCreate create)
    {
        if (!ResponseTerms.TryRead(create.Response, _config, _outbox.HasSpoken, _conversation, _mcpServers.Definitions, out ResponseTerms? terms, out RealtimeError? error))
        {
            _outbox.Refuse(error, create.EventId);
        }
        else if (Obstacle(terms.IsOutOfBand) is { } obstacle) { _outbox.Refuse(obstacle, create.EventId); }
        else { Begin(now, terms, ResponseTrigger.Client); }
    }

    // The caller's turn is over, or lasted in silence. While a cut is open the response it ends is still active: the answer waits.
    private void Answer(Instant now, ResponseTrigger trigger)
    {
        if (_isGone || _config.IsTranscription) { return; }
        if (_cut is not null) { _pendingTurn = trigger; }
        else if (Obstacle(isOutOfBand: false) is { } obstacle) { _outbox.Refuse(obstacle, null); }
        else { Begin(now, SessionTerms, trigger); }
    }

    private void Begin(Instant now, ResponseTerms terms, ResponseTrigger trigger)
    {
        _idleSince = null;
        if (!terms.IsOutOfBand) { _pendingTurn = null; }
        IReadOnlyList<Conversation.Entry> input = ContextWindow.Fit(terms, out RealtimeError? tooLong);
        var request = new ResponseRequest(_outbox.NewId("resp_"), terms.Config, terms.IsOutOfBand)
        {
            Input = [.. input.Select(entry => entry.Item)],
            Trigger = trigger,
            Metadata = terms.Metadata,
            McpServers = _mcpServers.Loaded(terms.Config.Tools),
        };
        var response = new ResponseMachine(
            request, terms.IsOutOfBand ? null : _conversation, UsageEstimate.Input(terms.Config, input), _surface,
            _sampleRate ?? terms.Config.Audio.Output.Format.SampleRate, _isGone, _mcpServers, _mcpCalls, _outbox);
        _responses.Add(response);
        _mcpServers.Meet(terms.Config.Tools, isGiven: !ReferenceEquals(terms.Config.Tools, _config.Tools));
        if ((tooLong ?? Unloaded(request)) is { } error)
        {
            response.Fail(error);
            return;
        }
        _outbox.Put(new SessionOutput.Generate(request));
    }

    private void Cancel(Instant now, ResponseCancel cancel)
    {
        ResponseMachine? response = cancel.ResponseId is { } id ? _responses.Find(r => r.Id == id && !r.IsDone) : Active;
        if (response is null)
        {
            Refuse(cancel, "response_cancel_not_active", "Cancellation failed: no active response found");
            return;
        }
        _outbox.Put(new SessionOutput.StopGenerating(response.Id));

        // What nobody has heard is not said at all. What is being heard plays on until the client clears it.
        if (response.IsUnheard && !_responses.Exists(r => r != response && r.IsPlaying))
        {
            response.Halt("client_cancelled");
            BeginCut(now);
        }
        else { response.Cancel("client_cancelled"); }
    }

    /// <summary>After every input: what had to wait for response.done or for the playout, and what may begin now.</summary>
    private void Settle(Instant now)
    {
        for (int i = 0; i < _responses.Count; i++)
        {
            ResponseMachine response = _responses[i];
            if (!response.IsDone) { continue; }
            response.Truncate();
            if (response.IsPlaying) { continue; }
            if (response.IsStartTold && !response.IsCut) { _outbox.Send(new OutputAudioBufferStopped(response.Id) { EventId = _outbox.NewEventId() }); }
            _responses.RemoveAt(i--);
            if (_responses.Count > 0) { continue; }
            _idleSince = _outbox.PlayedBy > now ? _outbox.PlayedBy : now;
            _idleFrom = _turns.Clock + (_idleSince.Value - now);
        }
        if (_pendingTurn is { } trigger && _cut is null)
        {
            _pendingTurn = null;
            Answer(now, trigger);
        }
    }

    // A tool that must be called has to be there: a list that is still being fetched comes too late for this response (§6.4).
    private static RealtimeError? Unloaded(ResponseRequest request)
    {
        ToolChoice choice = request.Config.ToolChoice;
        bool isLoaded = choice.Type switch
        {
            "function" => request.Config.Tools.Any(tool => tool is FunctionTool function && function.Name == choice.Name),
            "required" => request.Config.Tools.Any(tool => tool is FunctionTool) || request.McpServers.Any(server => server.Tools.Count > 0),
            "mcp" => request.McpServers.FirstOrDefault(server => server.Server.ServerLabel == choice.ServerLabel) is { } server
                && (choice.Name is null ? server.Tools.Count > 0 : server.Find(choice.Name) is not null),
            _ => true,
        };
        return isLoaded ? null : RealtimeError.Invalid("no_tools", choice.Type switch
        {
            "required" => "'tool_choice' requires a tool and no tool is loaded.",
            "function" => $"'tool_choice' requires the function '{choice.Name}', which is not among the tools of this response.",
            _ => $"'tool_choice' requires {(choice.Name is { } name ? $"the tool '{name}'" : "a tool")} of the MCP server '{choice.ServerLabel}', and it is not loaded.",
        });
    }

    // Why no response may begin now, or null.
    private RealtimeError? Obstacle(bool isOutOfBand) =>
        !isOutOfBand && Active is { } active ? RealtimeError.Invalid(
            "conversation_already_has_active_response",
            $"Conversation already has an active response in progress: {active.Id}. Wait until the response is finished before creating a new one.")
        : _responses.Count >= Limits.ResponsesAtOnce ? RealtimeError.Invalid(
            "too_many_responses", $"At most {Limits.ResponsesAtOnce} responses can be generated or played at once.")
        : null;
}
