using System.Text;
using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Engines.Handsets;
using Switchhook.Engines.Mcp;
using Switchhook.Engines.Speech;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Scripted;

/// <summary>
/// A Realtime server next door whose model is a script. One loop owns the session: it is woken by the handset, by the
/// application, by its timer and by the synthesizer, brings the session what happened, and does what the session asks.
/// </summary>
public sealed class ScriptedEngine : IVoiceEngine
{
    private readonly EngineRequest _request;
    private readonly EnginePorts _ports;
    private readonly HeardAudio _heard = new();
    private readonly IHandset _handset;
    private readonly RealtimeSession _session;
    private readonly ScriptedModel _model;
    private readonly McpDesk _mcp;
    private readonly Channel<ServerEvent> _events;
    private readonly int _eventsMax;
    private readonly Channel<Posted> _posted = Channel.CreateBounded<Posted>(new BoundedChannelOptions(Limits.EngineInputs) { SingleReader = true });
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<(string ItemId, string? Words)> _transcripts = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Task _loop;

    private volatile bool _callerGone;
    private volatile bool _tellsAudio;
    private Instant _drainedBy = Instant.Never;
    private Instant _quietBy;
    private Instant _keyBy = Instant.Never;
    private bool _wantsToSpeak;
    private bool _hasPrompted;      // and the model was not asked: the response failed as it began
    private bool _wasPressed;
    private TaskCompletionSource<bool>? _bringing;      // of what the handset has and the session has not heard to its end
    private bool _isHeldBack;
    private long _speechFromMs;
    private bool _isOver;

    internal ScriptedEngine(EngineRequest request, Script script, EnginePorts ports)
    {
        (_request, _ports) = (request, ports);
        _handset = request.Line is { } line ? new PhoneHandset(line, _heard, Wake) : new SocketHandset(_heard);
        _eventsMax = request.Line is null ? Limits.SocketEvents : Limits.EngineEvents;
        _events = Channel.CreateBounded<ServerEvent>(new BoundedChannelOptions(_eventsMax) { SingleWriter = true });
        _session = new RealtimeSession(Now, ports.Time.WallClock(), _handset.Surface, request.Config, ports.SessionLimit, _handset.SampleRate, ports.Random);
        _model = new ScriptedModel(script, ports.Speech, _handset.SampleRate, Wake, _stop.Token);
        _mcp = new McpDesk(ports.Mcp.GetValueOrDefault(request.Project) ?? McpAccess.None, ports.Time, ports.Observer, Wake);
        _wantsToSpeak = script.Greets && !request.Config.IsTranscription;
        _timer = ports.Time.CreateTimer(static engine => ((ScriptedEngine)engine!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, ports.Scheduler).Unwrap();
    }

    public ChannelReader<ServerEvent> Events => _events.Reader;

    public ValueTask<bool> PostAsync(ClientEvent clientEvent)
    {
        var heard = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_posted.Writer.TryWrite(new Posted(clientEvent, heard))) { return ValueTask.FromResult(false); }
        Wake();
        return new ValueTask<bool>(heard.Task);
    }

    public void TellAudio(bool isWanted)
    {
        _tellsAudio = isWanted;
        Wake();
    }

    public void CallerGone()
    {
        _callerGone = true;
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: that would wake the loop from the pool, outside of its scheduler.
        _stop.Cancel();
        Wake();
        await _loop;
    }

    private Instant Now => _ports.Time.Now();

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        try
        {
            await DrainAsync(Now);
            while (!_stop.IsCancellationRequested)
            {
                Instant now = Now;
                bool isMore = await TakeAsync(now);
                await GenerateAsync(now);
                await PromptAsync(now);
                if (_isOver || IsDrained(now)) { break; }
                if (isMore) { await Task.Yield(); }     // five minutes of audio may come at once: others have their turn in between
                if (isMore || !Arm(now)) { continue; }
                await _wake.Reader.ReadAsync(CancellationToken.None);   // with a token it would allocate, fifty times a second
            }
            if (_isOver || _stop.IsCancellationRequested) { return; }
            _session.LeaveMcp("The session has ended before the MCP server had answered.");
            await DrainAsync(Now);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
        catch (Exception fault)
        {
            _ports.Observer.Faulted(_request.Owner, fault);
            _events.Writer.TryWrite(ErrorEvent.For(RealtimeError.Server("server_error", "The model failed; the session is over."), null, NewEventId()));
        }
        finally
        {
            Finish();
            await _mcp.DisposeAsync();
        }
    }

    /// <summary>The caller is gone, and all that was pending is done or has had its time.</summary>
    private bool IsDrained(Instant now)
    {
        if (!_callerGone) { return false; }
        bool isQuiet = _session.IsQuiet && _model.IsQuiet && _bringing is null && !_posted.Reader.TryPeek(out _);
        return now >= _drainedBy || (isQuiet && now >= _quietBy);
    }

    /// <summary>Brings the session what has happened, one thing after the other; true when there is more.</summary>
    private async ValueTask<bool> TakeAsync(Instant now)
    {
        _session.TellsAudio = _tellsAudio;
        bool isMore = true;
        for (int count = 0; isMore && count < Limits.EngineStride; count++)
        {
            if (_handset.TryBring(now, _session)) { await DrainAsync(now); }
            else { isMore = TakePosted(now); }
        }
        while (_mcp.TryTake(out McpAnswer? answer))
        {
            Bring(now, answer);
            await DrainAsync(now);
        }
        if (_callerGone && _drainedBy == Instant.Never)
        {
            _drainedBy = now + Limits.Draining;
            _session.CallerGone(now);
            await DrainAsync(now);
        }
        while (_session.NextTimeout <= now)
        {
            _session.Timeout(now);
            await DrainAsync(now);
        }
        return isMore;
    }

    /// <summary>The next thing that the application said goes to the handset; what it said before has been brought.</summary>
    private bool TakePosted(Instant now)
    {
        _bringing?.SetResult(true);
        _bringing = null;
        if (!_posted.Reader.TryRead(out Posted posted)) { return false; }
        // An application that still speaks is about to say more: the output of a function, then response.create.
        if (_callerGone) { _quietBy = now + Limits.DrainedQuiet; }
        _handset.Take(posted.Event);
        _bringing = posted.Heard;
        return true;
    }

    private void Bring(Instant now, McpAnswer answer)
    {
        switch (answer)
        {
            case McpAnswer.Listed listed: _session.ToolsListed(now, listed.ItemId, listed.Tools); break;
            case McpAnswer.NotListed notListed: _session.ToolsNotListed(now, notListed.ItemId, notListed.Error.Message); break;
            case McpAnswer.Completed completed: _session.McpCallCompleted(now, completed.ItemId, completed.Output); break;
            case McpAnswer.Failed failed: _session.McpCallFailed(now, failed.ItemId, failed.Error); break;
        }
    }

    /// <summary>The script itself begins: a greeting, a key that was pressed, or none in time.</summary>
    private async ValueTask PromptAsync(Instant now)
    {
        if (_keyBy <= now) { (_keyBy, _wantsToSpeak) = (Instant.Never, true); }
        if (!_wantsToSpeak || _callerGone) { return; }
        // Refused while another response is under way; then it is tried again when that has ended.
        if (_session.Prompt(now)) { (_wantsToSpeak, _hasPrompted, _keyBy) = (false, true, Instant.Never); }
        await DrainAsync(now);
        await GenerateAsync(now);
    }

    /// <summary>Brings the session what the model has.</summary>
    private async ValueTask GenerateAsync(Instant now)
    {
        while (!_isOver && !HoldBack() && _model.TryTake(now, out ScriptedOutput output))
        {
            switch (output)
            {
                case ScriptedOutput.Part part: _session.Produce(now, part.ResponseId, part.Output); break;
                case ScriptedOutput.Report report: await _events.Writer.WriteAsync(ErrorEvent.For(report.Error, null, NewEventId()), _stop.Token); break;
                case ScriptedOutput.Judged judged:
                    string eventId = NewEventId();
                    await _events.Writer.WriteAsync(new RawServerEvent(ScriptVerdict.EventType, judged.Verdict.ToEvent(eventId)) { EventId = eventId }, _stop.Token);
                    break;
                case ScriptedOutput.Send send: await _events.Writer.WriteAsync(ScriptedEvent.Of(send.Json, NewEventId()), _stop.Token); break;
                case ScriptedOutput.Expire:
                    await _events.Writer.WriteAsync(ErrorEvent.For(RealtimeError.SessionExpired(_ports.SessionLimit), null, NewEventId()), _stop.Token);
                    _isOver = true;
                    break;
                case ScriptedOutput.Drop: _isOver = true; break;
            }
            await DrainAsync(now);
        }
    }

    /// <summary>
    /// A model speaks faster than time. Who reads slowly holds it back, and nothing else: what is said meanwhile is still heard. That
    /// it was held back is remembered: by the time the timer is set the reader may have caught up, and nobody else would wake us.
    /// </summary>
    private bool HoldBack() => _isHeldBack = _events.Reader.Count >= _eventsMax / 2;

    /// <summary>How long the caller's turns are, and which keys are pressed, is what the session tells of them.</summary>
    private void Listen(ServerEvent told)
    {
        switch (told)
        {
            case InputAudioBufferSpeechStarted started: _speechFromMs = started.AudioStartMs; break;
            case InputAudioBufferSpeechStopped stopped: _model.HearSpeech(stopped.AudioEndMs - _speechFromMs); break;
            case ConversationItemDeleted deleted: _heard.Forget(deleted.ItemId); break;
            case InputAudioBufferDtmfEventReceived key: _wasPressed |= _model.Press(key.Event[0]); break;
        }
    }

    /// <summary>The session tells what it knows of an item; how it sounded is known here.</summary>
    private ServerEvent Completed(ServerEvent told) =>
        told is ConversationItemRetrieved retrieved && _heard.Of(retrieved.Item.Id, _session.Config.Audio.Input.Format) is { } audio ? retrieved.WithAudio(audio) : told;

    /// <summary>Does what the session asks, in order. What has to be answered is answered after, never in between.</summary>
    private async ValueTask DrainAsync(Instant now)
    {
        while (_session.TryTake(out SessionOutput? output))
        {
            switch (output)
            {
                case SessionOutput.Send send:
                    Listen(send.Event);
                    await _events.Writer.WriteAsync(Completed(send.Event), _stop.Token);
                    break;
                case SessionOutput.Keep keep: _heard.Keep(keep.ItemId, keep.Length); break;
                case SessionOutput.Say or SessionOutput.Cut or SessionOutput.AudioDelta:
                    if (_handset.Speak(now, output) is { } told) { await _events.Writer.WriteAsync(told, _stop.Token); }
                    break;
                case SessionOutput.Generate generate:
                    if (!generate.Request.IsOutOfBand) { (_wantsToSpeak, _hasPrompted, _keyBy) = (false, false, Instant.Never); }
                    _model.Begin(now, generate.Request);
                    break;
                case SessionOutput.StopGenerating stop: _model.Stop(stop.ResponseId, stop.IsCallUnmade); break;
                case SessionOutput.Transcribe transcribe:
                    // The words are those of the step the flow stands at, before the response that may follow moves it on.
                    _transcripts.Enqueue((transcribe.ItemId, _request.Config.IsTranscription ? _model.Overhear() : _model.TakeTranscript()));
                    break;
                case SessionOutput.SoFar soFar:
                    if (_model.SoFar() is { } words) { _session.SaidSoFar(soFar.Pause, words); }
                    break;
                case SessionOutput.ListTools list: _mcp.List(list); break;
                case SessionOutput.CallMcpTool call: _mcp.Call(call); break;
                case SessionOutput.ForgetServer forget: _mcp.Forget(forget.ServerLabel); break;
                case SessionOutput.Over: _isOver = true; break;
            }
        }
        while (_transcripts.TryDequeue(out (string ItemId, string? Words) turn))
        {
            if (turn.Words is not null) { Transcribe(now, turn.ItemId, turn.Words); }
            else { _session.TranscriptionFailed(now, turn.ItemId, RealtimeError.Server("no_transcript", "The script has no words for this turn.")); }
            await DrainAsync(now);
        }
        if (!_wasPressed) { return; }
        (_wasPressed, _wantsToSpeak) = (false, true);
        // Who knows the menu need not hear it to its end.
        if (_handset.WasHeard) { return; }
        _session.Receive(now, new OutputAudioBufferClear());
        await DrainAsync(now);
    }

    /// <summary>Word by word. A script is certain of its words, so the logarithm of every probability is 0.</summary>
    private void Transcribe(Instant now, string itemId, string transcript)
    {
        List<LogProbability> certainty = [];
        foreach (string word in SpokenLine.Cut(transcript))
        {
            certainty.Add(new LogProbability(word, 0, [.. Encoding.UTF8.GetBytes(word).Select(octet => (int)octet)]));
            _session.Transcribing(itemId, word, [certainty[^1]]);
        }
        _session.Transcribed(now, itemId, transcript, certainty);
    }

    /// <summary>Fills the line and sets the timer; false when there is something to do at once.</summary>
    private bool Arm(Instant now)
    {
        WatchKeys(now);
        Instant ours = Instant.Earlier(_handset.Fill(now), Instant.Earlier(_keyBy, _quietBy > now ? _quietBy : _drainedBy));
        Instant theirs = _isHeldBack ? now + Limits.EngineRoom : _model.NextTimeout;
        Instant next = Instant.Earlier(Instant.Earlier(ours, theirs), Instant.Earlier(_session.NextTimeout, _session.PlayedBy > now ? _session.PlayedBy : Instant.Never));
        if (next <= now) { return false; }
        _timer.Change(next == Instant.Never ? Timeout.InfiniteTimeSpan : next - now, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>A caller's patience with the keys begins when the menu has been heard, and ends once.</summary>
    private void WatchKeys(Instant now)
    {
        bool isWaiting = _model.Patience is not null && !_wantsToSpeak && !_hasPrompted && !_callerGone && _model.IsQuiet && _handset.WasHeard && _session.PlayedBy <= now;
        if (!isWaiting) { _keyBy = Instant.Never; }
        else if (_keyBy == Instant.Never) { _keyBy = now + _model.Patience!.Value; }
    }

    private void Finish()
    {
        _timer.Dispose();
        _posted.Writer.TryComplete();
        _bringing?.SetResult(false);
        while (_posted.Reader.TryRead(out Posted unheard)) { unheard.Heard.SetResult(false); }
        _handset.Close();
        _heard.Close();
        _events.Writer.TryComplete();
    }

    private string NewEventId() => Tokens.New("event_", _ports.Random);

    /// <summary>What a client said, and the client who waits until it was heard.</summary>
    private readonly record struct Posted(ClientEvent Event, TaskCompletionSource<bool> Heard);
}
