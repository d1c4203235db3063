using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>What must hold of everything a session says, in whatever order things happen to it (realtime-api §6.4).</summary>
internal sealed class OrderLaws(SessionSurface surface, string context)
{
    private readonly HashSet<string> _eventIds = [];
    private readonly HashSet<string> _items = [];
    private readonly HashSet<string> _deleted = [];
    private readonly HashSet<string> _voiceItems = [];
    private readonly Dictionary<string, Told> _responses = [];
    private readonly Dictionary<int, Told> _speakers = [];
    private readonly Dictionary<string, PartState> _parts = [];
    private readonly Dictionary<string, McpState> _mcp = [];
    private readonly HashSet<string> _asking = [];
    private readonly HashSet<string> _approved = [];
    private string? _speech;
    private int _cuts;
    private bool _isCreated;
    private bool _isOver;

    private enum PartState : byte { None, Open, Closed }

    private enum McpState : byte { None, Begun, Made, Running, Completed, Failed, Done }

    public int LastUtterance { get; private set; }

    public int CutThrough { get; private set; }

    public bool IsGone { get; set; }

    /// <summary>How often words were asked for in a pause.</summary>
    public int Pauses { get; private set; }

    /// <summary>Somebody has asked for the audio of a call.</summary>
    public bool TellsAudio { get; set; }

    /// <summary>Items that a client may name.</summary>
    public IReadOnlyCollection<string> Items => _items;

    /// <summary>Responses that are not done.</summary>
    public IEnumerable<string> Open => _responses.Where(r => !r.Value.IsDone).Select(r => r.Key);

    public HashSet<string> Generating { get; } = [];

    public HashSet<string> Transcribing { get; } = [];

    /// <summary>Utterances said and neither cut nor known to be stopped.</summary>
    public SortedDictionary<int, int> Playing { get; } = [];

    /// <summary>Utterances whose last piece was said.</summary>
    public HashSet<int> ClosedUtterances { get; } = [];

    /// <summary>MCP servers whose list is waited for, and calls of their tools that run, by the items.</summary>
    public HashSet<string> Listing { get; } = [];

    public HashSet<string> Calling { get; } = [];

    /// <summary>Approvals that are asked for: the request and the call that waits for it.</summary>
    public Dictionary<string, string> Asked { get; } = [];

    public bool IsCutAsked { get; set; }

    public string? Producing { get; set; }

    public void Check(SessionOutput output)
    {
        That(!_isOver, "something followed the end", output);
        switch (output)
        {
            case SessionOutput.Send send: CheckEvent(JsonElement.Parse(RealtimeJson.Write(send.Event)), send.Event); break;
            case SessionOutput.Generate generate:
                That(_responses.ContainsKey(generate.Request.ResponseId), "generates what was not created", output);
                Generating.Add(generate.Request.ResponseId);
                break;
            case SessionOutput.StopGenerating stop: Generating.Remove(stop.ResponseId); break;
            case SessionOutput.Say say: CheckSay(say); break;
            case SessionOutput.Cut cut:
                That(surface == SessionSurface.Call && cut.ThroughUtterance <= LastUtterance, "cuts what was not said", output);
                CutThrough = Math.Max(CutThrough, cut.ThroughUtterance);
                _cuts++;
                IsCutAsked = true;
                break;
            case SessionOutput.AudioDelta delta:
                That(surface == SessionSurface.Socket || TellsAudio, "sends audio on a call that nobody asked for", output);
                That(_parts.GetValueOrDefault(delta.ItemId) == PartState.Open, "audio outside its part", output);
                break;
            case SessionOutput.Transcribe transcribe:
                That(_items.Contains(transcribe.ItemId) && Transcribing.Add(transcribe.ItemId), "transcribes an unknown item", output);
                break;
            case SessionOutput.SoFar soFar:
                That(_speech == soFar.ItemId && soFar.Pause == Pauses + 1, "asks for words of who does not speak, or twice", output);
                Pauses = soFar.Pause;
                break;
            case SessionOutput.ListTools list: That(Listing.Contains(list.ItemId), "lists tools unannounced", output); break;
            case SessionOutput.CallMcpTool call: That(_mcp.GetValueOrDefault(call.ItemId) == McpState.Running && Calling.Add(call.ItemId), "calls a tool unannounced, or twice", output); break;
            case SessionOutput.Over:
                That(Listing.Count == 0 && !_mcp.ContainsValue(McpState.Running) && !_mcp.ContainsValue(McpState.Made), "MCP is left open", output);
                _isOver = true;
                break;
        }
    }

    /// <summary>The playout has told of this utterance that the ear hears it, and no cut was given up before.</summary>
    public void Hear(int utterance) => _speakers[utterance].IsHeard = true;

    /// <summary>Nothing more is played or told.</summary>
    public void CheckEnd()
    {
        foreach ((string response, Told told) in _responses)
        {
            That(!told.IsHeard || told.Started, "what was heard was started", response);
            That(!told.Started || told.Stopped || told.Cleared, "what was started is stopped or cleared", response);
        }
    }

    private void CheckSay(SessionOutput.Say say)
    {
        That(surface == SessionSurface.Call && !IsGone, "speaks where nobody hears", say);
        That(say.Utterance > CutThrough && !ClosedUtterances.Contains(say.Utterance), "speaks on after the end of an utterance", say);
        That(say.Utterance == LastUtterance || say.Utterance == LastUtterance + 1 || Playing.ContainsKey(say.Utterance), "skips an utterance", say);
        if (Producing is { } response && _responses.TryGetValue(response, out Told? told))
        {
            told.HasSaid = true;
            _speakers.TryAdd(say.Utterance, told);
        }
        LastUtterance = Math.Max(LastUtterance, say.Utterance);
        Playing[say.Utterance] = Playing.GetValueOrDefault(say.Utterance) + say.Samples.Length;
        if (say.IsLast) { ClosedUtterances.Add(say.Utterance); }
    }

    private void CheckEvent(JsonElement told, ServerEvent e)
    {
        That(_eventIds.Add(e.EventId) && e.EventId.StartsWith("event_", StringComparison.Ordinal), "event ids are unique", told);
        That(_isCreated == (e is not SessionCreated), "session.created is the first", told);
        _isCreated = true;
        switch (e)
        {
            case ResponseCreated created:
                That(created.Response.ConversationId is null || !_responses.Values.Any(r => r is { IsDone: false, IsApart: false }), "two responses in the conversation", told);
                That(_responses.TryAdd(created.Response.Id, new Told { IsApart = created.Response.ConversationId is null, CutsAtBirth = _cuts }), "created twice", told);
                That(created.Response.Usage is null, "usage before the end", told);
                break;
            case InputAudioBufferSpeechStarted started: _speech = started.ItemId; break;
            case InputAudioBufferSpeechStopped stopped:
                That(_speech == stopped.ItemId, "stops what was not begun", told);
                _speech = null;
                break;
            case ResponseDone done: CheckDone(done, told); break;
            case OutputAudioBufferStarted started:
                Told starting = Of(started.ResponseId, told);
                That(starting is { Started: false, Stopped: false, Cleared: false }, "started twice", told);
                starting.Started = true;
                break;
            case OutputAudioBufferStopped stopped:
                Told stopping = Of(stopped.ResponseId, told);
                That(stopping is { Started: true, Stopped: false, Cleared: false, IsDone: true }, "stopped once, after started and done, not after cleared", told);
                stopping.Stopped = true;
                break;
            case OutputAudioBufferCleared cleared:
                Told clearing = Of(cleared.ResponseId, told);
                That(clearing is { Started: true, Stopped: false, Cleared: false }, "cleared once, after started, not after stopped", told);
                clearing.Cleared = true;
                break;
            default: CheckInner(told, e); break;
        }
    }

    private void CheckInner(JsonElement told, ServerEvent e)
    {
        string? item = told.TryGetProperty("item_id", out JsonElement id) ? id.GetString() : null;
        if (told.TryGetProperty("previous_item_id", out JsonElement previous) && previous.GetString() is { } before)
        {
            That(_items.Contains(before) && !_deleted.Contains(before), "previous_item_id is unknown, or deleted", told);
        }
        switch (e)
        {
            case InputAudioBufferSpeechStarted or InputAudioBufferTimeoutTriggered: That(_voiceItems.Add(item!), "a future item twice", told); return;
            case InputAudioBufferSpeechStopped: That(_voiceItems.Contains(item!), "stopped speaking unasked", told); return;
            case InputAudioBufferCommitted: _voiceItems.Add(item!); return;
            case ConversationItemAdded added: That(_items.Add(added.Item.Id) || _deleted.Remove(added.Item.Id), "an item is added twice", told); return;
            case ConversationItemDeleted deleted: _deleted.Add(deleted.ItemId); return;
            case ConversationItemDone done:
                That(_items.Contains(done.Item.Id) && !_deleted.Contains(done.Item.Id), "done before added, or after it was deleted", told);
                if (done.Item is McpApprovalResponseItem { Approve: true } approval && Asked.Remove(approval.ApprovalRequestId, out string? approved)) { _approved.Add(approved); }
                if (done.Item is McpApprovalResponseItem { Approve: false } refusal) { Asked.Remove(refusal.ApprovalRequestId); }
                return;
            case McpListToolsInProgress: That(_items.Contains(item!) && Listing.Add(item!), "a list is announced once, after its item", told); return;
            case McpListToolsCompleted or McpListToolsFailed: That(Listing.Remove(item!), "a list ends once", told); return;
            case ResponseMcpCallInProgress:
                That(!_asking.Contains(item!) || _approved.Contains(item!), "runs what was not approved", told);
                MoveMcp(item!, McpState.Running, told, McpState.Made);
                return;
            case ResponseMcpCallCompleted: MoveMcp(item!, McpState.Completed, told, McpState.Running); return;
            case ResponseMcpCallFailed: MoveMcp(item!, McpState.Failed, told, McpState.Running, McpState.Made); return;
        }
        if (item is not null && e is not ResponseContentPartAdded) { That(_items.Contains(item) || _parts.ContainsKey(item), "an item is unknown", told); }
        if (e.Type.StartsWith("response.", StringComparison.Ordinal)) { CheckOfResponse(told, e, item); }
    }

    private void CheckOfResponse(JsonElement told, ServerEvent e, string? item)
    {
        Told response = Of(told.GetProperty("response_id").GetString()!, told);
        int index = told.GetProperty("output_index").GetInt32();
        if (e is ResponseOutputItemDone { Item: McpCallItem call })
        {
            // The only thing that a response is told after it is done (§6.4, MCP).
            MoveMcp(call.Id, McpState.Done, told, McpState.Completed, McpState.Failed);
            That(response.Items[index] == call.Id && (call.Output is null) != (call.Error is null), "a call ends in its place, with an output or an error", told);
            return;
        }
        That(!response.IsDone, "told after response.done", told);
        That(index == (e is ResponseOutputItemAdded ? response.Items.Count : response.Items.Count - 1), "output_index counts", told);
        switch (e)
        {
            case ResponseOutputItemAdded added:
                That(response.OpenItem is null, "an item inside an item", told);
                response.OpenItem = added.Item.Id;
                response.Items.Add(added.Item.Id);
                if (added.Item is McpCallItem) { _mcp[added.Item.Id] = McpState.Begun; }
                if (added.Item is McpApprovalRequestItem)
                {
                    string asking = response.Items[^2];
                    That(_mcp[asking] == McpState.Made && _asking.Add(asking), "asks for approval of the call before it, once", told);
                    Asked[added.Item.Id] = asking;
                }
                _parts[added.Item.Id] = PartState.None;
                return;
            case ResponseOutputItemDone done:
                That(response.OpenItem == done.Item.Id && _parts[done.Item.Id] != PartState.Open, "item done out of order", told);
                That(done.Item.Status != ItemStatus.InProgress, "done in progress", told);
                response.OpenItem = null;
                return;
            case ResponseContentPartAdded: Move(item!, PartState.None, PartState.Open, told); return;
            case ResponseContentPartDone: Move(item!, PartState.Open, PartState.Closed, told); return;
            case ResponseFunctionCallArgumentsDelta or ResponseFunctionCallArgumentsDone: That(response.OpenItem == item, "arguments outside their item", told); return;
            case ResponseMcpCallArgumentsDelta: That(response.OpenItem == item, "arguments outside their item", told); return;
            case ResponseMcpCallArgumentsDone:
                That(response.OpenItem == item, "arguments outside their item", told);
                MoveMcp(item!, McpState.Made, told, McpState.Begun);
                response.OpenItem = null;
                return;
        }
        That(response.OpenItem == item && _parts[item!] == PartState.Open, "a delta outside its part", told);
        if (e is ResponseOutputAudioTranscriptDelta && surface == SessionSurface.Call)
        {
            That(response.Started || !response.HasSaid || IsGone || _cuts > response.CutsAtBirth, "words before the sound", told);
        }
    }

    private void CheckDone(ResponseDone done, JsonElement told)
    {
        Told response = Of(done.Response.Id, told);
        That(!response.IsDone && response.OpenItem is null, "done once, and whole", told);
        That(done.Response.Usage is not null && done.Response.Output.Select(item => item.Id).SequenceEqual(response.Items), "done tells usage and all its items", told);
        That(done.Response.Status != ResponseStatus.InProgress, "done in progress", told);
        That(!(done.Response.Usage!.OutputTokens > done.Response.MaxOutputTokens), "more tokens than it may have", told);
        That(done.Response.Status != ResponseStatus.Cancelled || !Generating.Contains(done.Response.Id), "a model whose response is cancelled was told to stop", told);
        response.IsDone = true;
        Generating.Remove(done.Response.Id);
    }

    private void Move(string item, PartState from, PartState to, JsonElement told)
    {
        That(_parts.GetValueOrDefault(item) == from, $"a part goes from {from} to {to}", told);
        _parts[item] = to;
    }

    private void MoveMcp(string item, McpState to, JsonElement told, params ReadOnlySpan<McpState> from)
    {
        That(from.Contains(_mcp.GetValueOrDefault(item)), $"a call becomes {to}", told);
        _mcp[item] = to;
        if (to is not (McpState.Completed or McpState.Failed)) { return; }
        Calling.Remove(item);
        foreach ((string request, string asking) in Asked.ToArray())
        {
            if (asking == item) { Asked.Remove(request); }
        }
    }

    private Told Of(string response, JsonElement told)
    {
        That(_responses.TryGetValue(response, out Told? known), "an unknown response", told);
        return known!;
    }

    private void That(bool holds, string law, object what) => Assert.True(holds, $"{context}: {law}: {what}");

    private sealed class Told
    {
        public bool IsApart, IsDone, Started, Stopped, Cleared, HasSaid, IsHeard;
        public string? OpenItem;
        public readonly List<string> Items = [];
        public int CutsAtBirth;
    }
}
