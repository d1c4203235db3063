using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>
/// One call with a scripted model in simulated time: a telephone that plays a frame every 20 ms, tells what it has
/// played and lets the model hear silence or a voice, and an application that reads the events.
/// </summary>
internal sealed class ScriptedCall : IAsyncDisposable
{
    private readonly SimulatedScheduler _scheduler = new();
    private readonly List<short[]> _voice = Talk.Frames(8000);
    private readonly Queue<SpeechFrame> _toPlay = new();
    private readonly StringBuilder _story = new();
    private IVoiceEngine? _engine;
    private int _playing;
    private int _playedMs;
    private int _cutThrough;
    private int _voiceFrame;
    private int _mark;

    public ScriptedCall(string yaml, string session = "{}", TimeSpan? limit = null)
    {
        (Script? script, IReadOnlyList<ScriptError> errors) = ScriptReader.Read("s.yaml", yaml);
        Assert.Empty(errors);
        var ports = new EnginePorts { Speech = new SpeechDesk(null, Observer), Observer = Observer, Time = Clock, Random = new Random(1), Scheduler = _scheduler, SessionLimit = limit ?? Limits.Session };
        Factory = new EngineFactory(ImmutableDictionary<string, Script>.Empty.Add("model", script!), ports);
        Assert.True(SessionRules.TryCreate(JsonDocument.Parse(Merge(session)).RootElement, new SessionRulesContext(["model"], "model", MayTranscribe: true), out SessionConfig? config, out RealtimeError? error), error?.Message);
        Request = new EngineRequest("rtc_1", "proj", config!, Line) { Body = default };
    }

    public ManualClock Clock { get; } = new();

    public VoiceLine Line { get; } = new(8000);

    public SpeechTests.Silent Observer { get; } = new();

    public EngineFactory Factory { get; }

    public EngineRequest Request { get; set; }

    public List<ServerEvent> Events { get; } = [];

    /// <summary>Frames the caller has heard.</summary>
    public int Heard { get; private set; }

    /// <summary>True while the telephone plays what it is given.</summary>
    public bool IsAnswered { get; set; } = true;

    /// <summary>True while the caller speaks.</summary>
    public bool Speaks { get; set; }

    public bool HasEnded => _engine!.Events.Completion.IsCompleted;

    public IVoiceEngine Engine => _engine!;

    /// <summary>The types of the events so far, shortened: <c>response.</c>, <c>conversation.</c> and <c>input_audio_buffer.</c> are left out.</summary>
    public string Story => _story.ToString().Trim();

    public async Task<RealtimeError?> OpenAsync()
    {
        Task<EngineOpening>? opening = null;
        Task start = _scheduler.Start(async () => _engine = (await (opening = Factory.OpenAsync(Request, CancellationToken.None))).Engine);
        while (!start.IsCompleted)
        {
            if (!_scheduler.RunReady()) { Clock.Advance(TimeSpan.FromMilliseconds(100)); }
        }
        Settle();
        return (await opening!).Error;
    }

    public void Post(ClientEvent clientEvent)
    {
        Task<bool> heard = Begin(clientEvent);
        Settle();
        Assert.True(!heard.IsCompleted || heard.Result);
    }

    /// <summary>Begins to say it; it is done when it was heard.</summary>
    public Task<bool> Begin(ClientEvent clientEvent) => _scheduler.Start(async () => await _engine!.PostAsync(clientEvent));

    public void Press(char key)
    {
        Line.Tell(new MediaEvent(MediaEventKind.Digit) { Digit = key });
        Settle();
    }

    public void HangUp()
    {
        Line.Complete();
        _engine!.CallerGone();
        Settle();
    }

    /// <summary>The application's answer to the last function call.</summary>
    public void Answer(string output)
    {
        string callId = Events.OfType<ResponseFunctionCallArgumentsDone>().Last().CallId;
        Post(new ConversationItemCreate(new FunctionCallOutputItem(callId, output)));
        Post(new ResponseCreate());
    }

    /// <summary>Lets time pass, tick by tick.</summary>
    public void Run(int milliseconds)
    {
        for (int at = 0; at < milliseconds; at += 20)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            Tick();
            Settle();
        }
    }

    /// <summary>Lets time pass until there is such an event behind the one that was waited for last.</summary>
    public void RunUntil(string eventType, int withinMs = 30_000)
    {
        for (int at = 0; at < withinMs; at += 20)
        {
            int found = Events.FindIndex(_mark, e => e.Type == eventType);
            if (found >= 0) { _mark = found + 1; return; }
            Run(20);
        }
        Assert.Fail($"no {eventType} within {withinMs} ms: {Story}");
    }

    public async ValueTask DisposeAsync()
    {
        Tick();   // the telephone does not know yet that nobody listens
        Task end = _scheduler.Start(async () => await _engine!.DisposeAsync());
        Settle();
        await end.WaitAsync(TimeSpan.FromSeconds(5));
        Line.Complete();
        while (_toPlay.TryDequeue(out SpeechFrame frame)) { frame.Audio.Return(); }
    }

    private void Tick()
    {
        if (Line.Heard.Completion.IsCompleted) { return; }
        FrameLease heard = FramePool.Narrowband.Rent();
        heard.Samples.Clear();
        if (Speaks) { _voice[_voiceFrame++ % _voice.Count].CopyTo(heard.Samples); }
        Line.Hear(heard);
        if (!IsAnswered) { return; }
        if (Line.CutThrough > _cutThrough) { Cut(); }
        if (_toPlay.Count == 0 && Line.TryTakeSpeech(out SpeechFrame next)) { _toPlay.Enqueue(next); }
        if (!_toPlay.TryDequeue(out SpeechFrame frame)) { return; }
        frame.Audio.Return();
        if (frame.Utterance <= _cutThrough) { return; }
        Heard++;
        if (frame.Utterance != _playing)
        {
            (_playing, _playedMs) = (frame.Utterance, 0);
            Line.Tell(new MediaEvent(MediaEventKind.UtteranceStarted) { Utterance = frame.Utterance });
        }
        _playedMs += 20;
        if (!frame.IsLast) { return; }
        Line.Tell(new MediaEvent(MediaEventKind.UtteranceStopped) { Utterance = frame.Utterance, Ms = _playedMs });
        _playing = 0;
    }

    private void Cut()
    {
        _cutThrough = Line.CutThrough;
        while (_toPlay.TryDequeue(out SpeechFrame frame)) { frame.Audio.Return(); }
        while (Line.TryTakeSpeech(out SpeechFrame frame))
        {
            if (frame.Utterance > _cutThrough) { _toPlay.Enqueue(frame); break; }
            frame.Audio.Return();
        }
        bool wasPlaying = _playing > 0 && _playing <= _cutThrough;
        Line.Tell(new MediaEvent(MediaEventKind.Cut) { Utterance = wasPlaying ? _playing : 0, Ms = wasPlaying ? _playedMs : 0 });
        _playing = 0;
    }

    private void Settle()
    {
        do
        {
            _scheduler.RunReady();
            while (_engine is not null && _engine.Events.TryRead(out ServerEvent? serverEvent))
            {
                Events.Add(serverEvent);
                _story.Append(' ').Append(Shorten(serverEvent.Type));
            }
        }
        while (_scheduler.RunReady());
    }

    internal static string Shorten(string type) => type
        .Replace("response.", "", StringComparison.Ordinal)
        .Replace("conversation.", "", StringComparison.Ordinal)
        .Replace("input_audio_buffer.", "", StringComparison.Ordinal)
        .Replace("output_audio_buffer.", "playout.", StringComparison.Ordinal)
        .Replace("output_audio_transcript.", "transcript.", StringComparison.Ordinal);

    private static string Merge(string session)
    {
        string members = session.Trim()[1..^1];
        if (members.Contains("\"type\":\"transcription\"", StringComparison.Ordinal)) { return session; }
        return $$"""{"type":"realtime","model":"model"{{(members.Length > 0 ? "," + members : "")}}}""";
    }
}
