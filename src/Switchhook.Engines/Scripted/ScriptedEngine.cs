using System.Text;
using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Media.Dsp;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Scripted;

/// <summary>
/// A Realtime server next door whose model is a script. One loop owns the session: it is woken by the line, by the
/// application, by its timer and by the synthesizer, brings the session what happened, and does what the session asks.
/// </summary>
public sealed class ScriptedEngine : IVoiceEngine
{
    private readonly EngineRequest _request;
    private readonly EnginePorts _ports;
    private readonly VoiceLine _line;
    private readonly RealtimeSession _session;
    private readonly ScriptedModel _model;
    private readonly VoiceActivity _voice;
    private readonly Mouth _mouth;
    private readonly Channel<ServerEvent> _events = Channel.CreateBounded<ServerEvent>(new BoundedChannelOptions(Limits.EngineEvents) { SingleWriter = true });
    private readonly Channel<ClientEvent> _posted = Channel.CreateBounded<ClientEvent>(new BoundedChannelOptions(Limits.EngineInputs) { SingleReader = true });
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<(string ItemId, string? Words)> _transcripts = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Task _loop;

    private volatile bool _callerGone;
    private Instant _drainedBy = Instant.Never;
    private Instant _quietBy;
    private Instant _keyBy = Instant.Never;
    private bool _wantsToSpeak;
    private int _said;      // the last utterance given to the line
    private int _heard;     // the last one that was played or cut
    private long _speechFromMs;
    private bool _isOver;

    internal ScriptedEngine(EngineRequest request, Script script, EnginePorts ports)
    {
        (_request, _ports, _line) = (request, ports, request.Line);
        _session = new RealtimeSession(Now, ports.Time.WallClock(), SessionSurface.Call, request.Config, ports.SessionLimit, _line.SampleRate, ports.Random);
        _model = new ScriptedModel(script, ports.Speech, _line.SampleRate, Wake, _stop.Token);
        _wantsToSpeak = script.Greets && !request.Config.IsTranscription;
        _voice = new VoiceActivity(_line.SampleRate);
        _mouth = new Mouth(_line);
        _timer = ports.Time.CreateTimer(static engine => ((ScriptedEngine)engine!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _line.Arrived = Wake;
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, ports.Scheduler).Unwrap();
    }

    public ChannelReader<ServerEvent> Events => _events.Reader;

    public bool Post(ClientEvent clientEvent)
    {
        bool taken = _posted.Writer.TryWrite(clientEvent);
        Wake();
        return taken;
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
                await TakeAsync(now);
                await GenerateAsync(now);
                await PromptAsync(now);
                if (_isOver || IsDrained(now)) { break; }
                if (!Arm(now)) { continue; }
                await _wake.Reader.ReadAsync(CancellationToken.None);   // with a token it would allocate, fifty times a second
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
        catch (Exception fault)
        {
            _ports.Observer.Faulted(_request.CallId, fault);
            _events.Writer.TryWrite(ErrorEvent.For(RealtimeError.Server("server_error", "The model failed; the session is over."), null, NewEventId()));
        }
        finally { Finish(); }
    }

    /// <summary>The caller is gone, and all that was pending is done or has had its time.</summary>
    private bool IsDrained(Instant now)
    {
        if (!_callerGone) { return false; }
        bool isQuiet = _session.IsQuiet && _model.IsQuiet && !_posted.Reader.TryPeek(out _);
        return now >= _drainedBy || (isQuiet && now >= _quietBy);
    }

    /// <summary>Brings the session everything that has happened, one thing after the other.</summary>
    private async ValueTask TakeAsync(Instant now)
    {
        while (_line.Heard.TryRead(out FrameLease? frame))
        {
            float voice;
            try { voice = _voice.Hear(frame.Samples); }
            finally { frame.Return(); }
            _session.Hear(now, TimeSpan.FromMilliseconds(20), voice);
            await DrainAsync(now);
        }
        while (_line.Events.TryRead(out MediaEvent mediaEvent))
        {
            await TakeAsync(now, mediaEvent);
        }
        while (_posted.Reader.TryRead(out ClientEvent? clientEvent))
        {
            // An application that still speaks is about to say more: the output of a function, then response.create.
            if (_callerGone) { _quietBy = now + Limits.DrainedQuiet; }
            _session.Receive(now, clientEvent);
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
    }

    /// <summary>The script itself begins: a greeting, a key that was pressed, or none in time.</summary>
    private async ValueTask PromptAsync(Instant now)
    {
        if (_keyBy <= now) { (_keyBy, _wantsToSpeak) = (Instant.Never, true); }
        if (!_wantsToSpeak || _callerGone) { return; }
        // Refused while another response is under way; then it is tried again when that has ended.
        _session.Prompt(now);
        await DrainAsync(now);
        await GenerateAsync(now);
    }

    private async ValueTask TakeAsync(Instant now, MediaEvent mediaEvent)
    {
        switch (mediaEvent.Kind)
        {
            case MediaEventKind.UtteranceStarted:
                _session.Report(now, new PlayoutReport(PlayoutReportKind.Started, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.UtteranceStopped:
                _heard = Math.Max(_heard, mediaEvent.Utterance);
                _session.Report(now, new PlayoutReport(PlayoutReportKind.Stopped, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.Cut:
                _session.Report(now, new PlayoutReport(PlayoutReportKind.Cut, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.Digit:
                await PressAsync(now, mediaEvent.Digit);
                break;
        }
        await DrainAsync(now);
    }

    private async ValueTask PressAsync(Instant now, char key)
    {
        _session.Digit(now, key);
        await DrainAsync(now);
        if (!_model.Press(key)) { return; }
        _wantsToSpeak = true;
        // Who knows the menu need not hear it to its end.
        if (_said > _heard) { _session.Receive(now, new OutputAudioBufferClear()); }
    }

    /// <summary>Brings the session what the model has.</summary>
    private async ValueTask GenerateAsync(Instant now)
    {
        while (!_isOver && _model.TryTake(now, out ScriptedOutput output))
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

    /// <summary>How long the caller's turns are is what the session tells of them.</summary>
    private void Listen(ServerEvent told)
    {
        if (told is InputAudioBufferSpeechStarted started) { _speechFromMs = started.AudioStartMs; }
        if (told is InputAudioBufferSpeechStopped stopped) { _model.HearSpeech(stopped.AudioEndMs - _speechFromMs); }
    }

    /// <summary>Does what the session asks, in order. What has to be answered is answered after, never in between.</summary>
    private async ValueTask DrainAsync(Instant now)
    {
        while (_session.TryTake(out SessionOutput? output))
        {
            switch (output)
            {
                case SessionOutput.Send send:
                    Listen(send.Event);
                    await _events.Writer.WriteAsync(send.Event, _stop.Token);
                    break;
                case SessionOutput.Say say:
                    _said = say.Utterance;
                    _mouth.Say(say);
                    break;
                case SessionOutput.Cut cut:
                    _heard = Math.Max(_heard, cut.ThroughUtterance);
                    _mouth.Cut(now, cut.ThroughUtterance);
                    break;
                case SessionOutput.Generate generate:
                    if (!generate.Request.IsOutOfBand) { (_wantsToSpeak, _keyBy) = (false, Instant.Never); }
                    _model.Begin(now, generate.Request);
                    break;
                case SessionOutput.StopGenerating stop: _model.Stop(stop.ResponseId); break;
                case SessionOutput.Transcribe transcribe:
                    // The words are those of the step the flow stands at, before the response that may follow moves it on.
                    _transcripts.Enqueue((transcribe.ItemId, _request.Config.IsTranscription ? _model.Overhear() : _model.TakeTranscript()));
                    break;
                case SessionOutput.Over: _isOver = true; break;
            }
        }
        while (_transcripts.TryDequeue(out (string ItemId, string? Words) turn))
        {
            if (turn.Words is not null) { Transcribe(now, turn.ItemId, turn.Words); }
            else { _session.TranscriptionFailed(now, turn.ItemId, RealtimeError.Server("no_transcript", "The script has no words for this turn.")); }
            await DrainAsync(now);
        }
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
        Instant ours = Instant.Earlier(_mouth.Fill(now), Instant.Earlier(_keyBy, _quietBy > now ? _quietBy : _drainedBy));
        Instant next = Instant.Earlier(ours, Instant.Earlier(_session.NextTimeout, _model.NextTimeout));
        if (next <= now) { return false; }
        _timer.Change(next == Instant.Never ? Timeout.InfiniteTimeSpan : next - now, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>A caller's patience with the keys begins when the menu has been heard.</summary>
    private void WatchKeys(Instant now)
    {
        bool isWaiting = _model.Patience is not null && !_wantsToSpeak && !_callerGone && _model.IsQuiet && _said <= _heard;
        if (!isWaiting) { _keyBy = Instant.Never; }
        else if (_keyBy == Instant.Never) { _keyBy = now + _model.Patience!.Value; }
    }

    private void Finish()
    {
        _timer.Dispose();
        _posted.Writer.TryComplete();
        _mouth.Close();
        // The line may outlive its engine; what it still hears goes straight back to the pool.
        _line.Arrived = ReturnHeard;
        ReturnHeard();
        _events.Writer.TryComplete();
    }

    private void ReturnHeard()
    {
        while (_line.Heard.TryRead(out FrameLease? frame)) { frame.Return(); }
    }

    private string NewEventId() => Tokens.New("event_", _ports.Random);
}
