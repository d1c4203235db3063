using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Media.Dsp;
using Switchhook.Realtime;
using Switchhook.Realtime.Conversations;
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
    private readonly Script _script;
    private readonly SpeechDesk _desk;
    private readonly TimeProvider _time;
    private readonly IEngineObserver _observer;
    private readonly Random _random;
    private readonly VoiceLine _line;
    private readonly RealtimeSession _session;
    private readonly ScriptRun _run;
    private readonly VoiceActivity _voice;
    private readonly Mouth _mouth;
    private readonly Channel<ServerEvent> _events = Channel.CreateBounded<ServerEvent>(new BoundedChannelOptions(Limits.EngineEvents) { SingleWriter = true });
    private readonly Channel<ClientEvent> _posted = Channel.CreateBounded<ClientEvent>(new BoundedChannelOptions(Limits.EngineInputs) { SingleReader = true });
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Generation> _generations = [];
    private readonly Queue<SessionOutput.Transcribe> _untranscribed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Task _loop;

    private long _asked;
    private long _served;
    private volatile bool _callerGone;
    private Instant _drainedBy = Instant.Never;
    private Instant _keyBy = Instant.Never;
    private bool _wantsToSpeak;
    private int _said;      // the last utterance given to the line
    private int _heard;     // the last one that was played or cut
    private bool _isOver;

    internal ScriptedEngine(EngineRequest request, Script script, SpeechDesk desk, TimeProvider time, IEngineObserver observer, Random random)
    {
        (_request, _script, _desk, _time, _observer, _random, _line) = (request, script, desk, time, observer, random, request.Line);
        _session = new RealtimeSession(time.Now(), time.WallClock(), SessionSurface.Call, request.Config, _line.SampleRate, random);
        _run = new ScriptRun(script);
        _wantsToSpeak = script.Greets;
        _voice = new VoiceActivity(_line.SampleRate);
        _mouth = new Mouth(_line);
        _timer = time.CreateTimer(static engine => ((ScriptedEngine)engine!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _line.Arrived = Wake;
        _loop = Task.Run(RunAsync);
    }

    public ChannelReader<ServerEvent> Events => _events.Reader;

    /// <summary>True when all that woke the loop was dealt with: nothing happens before something else does.</summary>
    internal bool IsIdle => Volatile.Read(ref _served) == Volatile.Read(ref _asked) || _loop.IsCompleted;

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
        await _stop.CancelAsync();
        Wake();
        await _loop;
    }

    private void Wake()
    {
        Interlocked.Increment(ref _asked);
        _wake.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await DrainAsync(_time.Now());
            while (!_isOver && !_stop.IsCancellationRequested)
            {
                long asked = Volatile.Read(ref _asked);
                Instant now = _time.Now();
                await TakeAsync(now);
                await GenerateAsync(now);
                await PromptAsync(now);
                if (_callerGone && (IsQuiet || now >= _drainedBy)) { break; }
                if (!_isOver && !Arm(now)) { continue; }
                Volatile.Write(ref _served, asked);
                await _wake.Reader.ReadAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
        catch (Exception fault)
        {
            _observer.Faulted(_request.CallId, fault);
            _events.Writer.TryWrite(ErrorEvent.For(RealtimeError.Server("server_error", "The model failed; the session is over."), null, NewEventId()));
        }
        finally { Finish(); }
    }

    private bool IsQuiet => _session.IsQuiet && _generations.Count == 0 && !_posted.Reader.TryPeek(out _);

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
            Take(now, mediaEvent);
            await DrainAsync(now);
        }
        while (_posted.Reader.TryRead(out ClientEvent? clientEvent))
        {
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

    private void Take(Instant now, MediaEvent mediaEvent)
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
                _session.Digit(now, mediaEvent.Digit);
                if (!_run.Press(mediaEvent.Digit)) { break; }
                // Who knows the menu need not hear it to its end.
                if (_said > _heard) { _session.Receive(now, new OutputAudioBufferClear()); }
                _wantsToSpeak = true;
                break;
        }
    }

    /// <summary>Does what the session asks, in order. What has to be answered is answered after, never in between.</summary>
    private async ValueTask DrainAsync(Instant now)
    {
        while (_session.TryTake(out SessionOutput? output))
        {
            switch (output)
            {
                case SessionOutput.Send send: await _events.Writer.WriteAsync(send.Event, _stop.Token); break;
                case SessionOutput.Say say:
                    _said = say.Utterance;
                    _mouth.Say(say);
                    break;
                case SessionOutput.Cut cut:
                    _heard = Math.Max(_heard, cut.ThroughUtterance);
                    _mouth.Cut(now, cut.ThroughUtterance);
                    break;
                case SessionOutput.Generate generate: Begin(generate.Request); break;
                case SessionOutput.StopGenerating stop: Stop(stop.ResponseId); break;
                case SessionOutput.Transcribe transcribe: _untranscribed.Enqueue(transcribe); break;
                case SessionOutput.Over: _isOver = true; break;
            }
        }
        while (_untranscribed.TryDequeue(out SessionOutput.Transcribe? transcribe))
        {
            if (_run.TakeTranscript() is { } words) { _session.Transcribed(now, transcribe.ItemId, words); }
            else { _session.TranscriptionFailed(now, transcribe.ItemId, RealtimeError.Server("no_transcript", "The script has no words for this turn.")); }
            await DrainAsync(now);
        }
    }

    private void Begin(ResponseRequest request)
    {
        if (request.IsOutOfBand)
        {
            // Beside the conversation, so beside the flow: always the same words.
            var acts = new Queue<ScriptAct>([new ScriptAct.Say(_script.OutOfBand), new ScriptAct.Done()]);
            _generations.Add(new Generation(request, acts.Dequeue));
            return;
        }
        (_wantsToSpeak, _keyBy) = (false, Instant.Never);
        _run.Begin(LastToolOutput(request.Input), name => request.Config.Tools.Any(tool => tool is FunctionTool function && function.Name == name));
        _generations.Add(new Generation(request, _run.Next));
    }

    /// <summary>The answer to the last function call, or null when there is none yet.</summary>
    private static string? LastToolOutput(IReadOnlyList<Item> items)
    {
        string? callId = items.OfType<FunctionCallItem>().LastOrDefault()?.CallId;
        return callId is null ? null : items.OfType<FunctionCallOutputItem>().LastOrDefault(item => item.CallId == callId)?.Output;
    }

    private void Stop(string responseId)
    {
        if (_generations.Find(g => g.Request.ResponseId == responseId) is not { } generation) { return; }
        End(generation);
        if (!generation.Request.IsOutOfBand) { _run.Interrupt(); }
    }

    private void End(Generation generation)
    {
        generation.IsOver = true;
        _generations.Remove(generation);
    }

    private async ValueTask GenerateAsync(Instant now)
    {
        for (int i = _generations.Count - 1; i >= 0; i--)
        {
            if (i < _generations.Count) { await GenerateAsync(now, _generations[i]); }
        }
    }

    /// <summary>As much of a response as there is without waiting.</summary>
    private async ValueTask GenerateAsync(Instant now, Generation generation)
    {
        while (!generation.IsOver && !_isOver)
        {
            if (generation.Line is { } line)
            {
                if (!line.IsCompleted) { return; }
                generation.Line = null;
                await SpeakAsync(now, generation, await line);
                continue;
            }
            if (now < generation.ResumesAt) { return; }
            await ActAsync(now, generation, generation.Next());
        }
    }

    private async ValueTask ActAsync(Instant now, Generation generation, ScriptAct act)
    {
        switch (act)
        {
            case ScriptAct.Say say: generation.Line = Synthesize(generation.Request.Config, say.Text); break;
            case ScriptAct.Wait wait: generation.ResumesAt = now + wait.Length; break;
            case ScriptAct.FallSilent: generation.ResumesAt = Instant.Never; break;
            case ScriptAct.Drop: _isOver = true; break;
            case ScriptAct.ReportError report: await _events.Writer.WriteAsync(ErrorEvent.For(Error(report.Fault), null, NewEventId()), _stop.Token); break;
            case ScriptAct.CallTool tool: await ProduceAsync(now, generation, new ModelOutput.ToolCall(tool.Name, tool.Arguments)); break;
            case ScriptAct.Fail fail: await ProduceAsync(now, generation, new ModelOutput.Failed(Error(fail.Fault)), isFinal: true); break;
            case ScriptAct.StopShort stop: await ProduceAsync(now, generation, new ModelOutput.Incomplete(stop.Reason), isFinal: true); break;
            case ScriptAct.Done: await ProduceAsync(now, generation, new ModelOutput.Completed(), isFinal: true); break;
        }
    }

    private Task<SpokenLine> Synthesize(SessionConfig config, string text)
    {
        if (!config.IsSpoken) { return Task.FromResult(SpokenLine.Spread(text, default)); }
        Task<SpokenLine> line = _desk.SpeakAsync(
            new SpeechRequest(text, _script.Voice ?? config.Audio.Output.Voice, _script.Language, config.Audio.Output.Speed, _line.SampleRate), _stop.Token);
        if (!line.IsCompleted) { line.GetAwaiter().OnCompleted(Wake); }
        return line;
    }

    private async ValueTask SpeakAsync(Instant now, Generation generation, SpokenLine line)
    {
        string blank = generation.HasSpoken ? " " : "";
        generation.HasSpoken = true;
        foreach (SpokenWord word in line.Words)
        {
            if (generation.IsOver) { return; }
            string text = blank + word.Text;
            blank = "";
            await ProduceAsync(now, generation, generation.Request.Config.IsSpoken ? new ModelOutput.Speech(text, word.Samples) : new ModelOutput.Text(text));
        }
    }

    private async ValueTask ProduceAsync(Instant now, Generation generation, ModelOutput output, bool isFinal = false)
    {
        if (isFinal) { End(generation); }
        _session.Produce(now, generation.Request.ResponseId, output);
        await DrainAsync(now);
    }

    /// <summary>Fills the line and sets the timer; false when there is something to do at once.</summary>
    private bool Arm(Instant now)
    {
        WatchKeys(now);
        Instant next = Instant.Earlier(_mouth.Fill(now), Instant.Earlier(_session.NextTimeout, Instant.Earlier(_keyBy, _drainedBy)));
        foreach (Generation generation in _generations)
        {
            if (generation.Line is null) { next = Instant.Earlier(next, generation.ResumesAt); }
        }
        if (next <= now) { return false; }
        _timer.Change(next == Instant.Never ? Timeout.InfiniteTimeSpan : next - now, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>A caller's patience with the keys begins when the menu has been heard.</summary>
    private void WatchKeys(Instant now)
    {
        bool isWaiting = _run.Patience is not null && !_wantsToSpeak && !_callerGone && _generations.Count == 0 && _said <= _heard;
        if (!isWaiting) { _keyBy = Instant.Never; }
        else if (_keyBy == Instant.Never) { _keyBy = now + _run.Patience!.Value; }
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

    private string NewEventId() => Tokens.New("event_", _random);

    private static RealtimeError Error(ScriptFault fault) => RealtimeError.Server(fault.Code, fault.Message);
}
