using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>A session without a call, with a scripted model, in simulated time: one client that says one event after the other and reads what it is told.</summary>
internal sealed class ScriptedSocket : IAsyncDisposable
{
    private readonly SimulatedScheduler _scheduler;
    private readonly StringBuilder _story = new();
    private readonly IVoiceEngine _engine;
    private int _mark;

    public ScriptedSocket(string yaml, string session = "{}", ScriptedSocket? beside = null)
    {
        _scheduler = beside?._scheduler ?? new SimulatedScheduler();
        Clock = beside?.Clock ?? new ManualClock();
        (Script? script, IReadOnlyList<ScriptError> errors) = ScriptReader.Read("s.yaml", yaml);
        Assert.Empty(errors);
        var ports = new EnginePorts { Speech = new SpeechDesk(null, Observer), Observer = Observer, Time = Clock, Random = new Random(1), Scheduler = _scheduler };
        string members = session.Trim()[1..^1];
        Assert.True(SessionRules.TryCreate(
            JsonElement.Parse($$"""{"type":"realtime","model":"model"{{(members.Length > 0 ? "," + members : "")}}}"""), default, out SessionConfig? config, out RealtimeError? error), error?.Message);
        var factory = new EngineFactory(ImmutableDictionary<string, Script>.Empty.Add("model", script!), ports);
        Task<EngineOpening> opening = factory.OpenAsync(new EngineRequest("sess_1", "proj", config, null), CancellationToken.None);
        Assert.True(opening.IsCompletedSuccessfully);
        _engine = opening.Result.Engine!;
        Settle();
    }

    public ManualClock Clock { get; }

    public SpeechTests.Silent Observer { get; } = new();

    public List<ServerEvent> Events { get; } = [];

    /// <summary>False: the client reads nothing.</summary>
    public bool Reads { get; set; } = true;

    public bool HasEnded => _engine.Events.Completion.IsCompleted;

    /// <summary>The types of the events so far, shortened as in <see cref="ScriptedCall.Story"/>; deltas of audio that follow each other are one.</summary>
    public string Story => _story.ToString().Trim();

    /// <summary>All audio of the answers.</summary>
    public byte[] Audio => [.. Events.OfType<ResponseOutputAudioDelta>().SelectMany(delta => delta.Delta.ToArray())];

    /// <summary>Says it, and lets it be heard to its end.</summary>
    public void Say(string json) => Say(Read(json));

    public void Say(ClientEvent said) => Assert.True(TrySay(said));

    /// <summary>False when the session took it and is not through with it, or is over.</summary>
    public bool TrySay(ClientEvent said)
    {
        Task<bool> heard = Begin(said);
        Settle();
        return heard.IsCompletedSuccessfully && heard.Result;
    }

    /// <summary>Begins to say it; it is done when it was heard.</summary>
    public Task<bool> Begin(ClientEvent said) => _scheduler.Start(async () => await _engine.PostAsync(said));

    /// <summary>The next thing that can happen happens.</summary>
    public void Step() => _scheduler.RunOne();

    /// <summary>Events that the client has not read.</summary>
    public int Waiting => _engine.Events.Count;

    public void Append(ReadOnlyMemory<byte> audio) => Say(new InputAudioBufferAppend(audio));

    public void Run(int milliseconds)
    {
        for (int at = 0; at < milliseconds; at += 20)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            Settle();
        }
    }

    /// <summary>Lets time pass until there is such an event behind the one that was waited for last.</summary>
    public T RunUntil<T>(int withinMs = 30_000) where T : ServerEvent
    {
        for (int at = 0; at < withinMs; at += 20)
        {
            int found = Events.FindIndex(_mark, e => e is T);
            if (found >= 0)
            {
                _mark = found + 1;
                return (T)Events[found];
            }
            Run(20);
        }
        Assert.Fail($"no {typeof(T).Name} within {withinMs} ms: {Story}");
        return null!;
    }

    public void Settle()
    {
        do
        {
            _scheduler.RunReady();
            while (Reads && _engine.Events.TryRead(out ServerEvent? told)) { Hear(told); }
        }
        while (_scheduler.RunReady());
    }

    public async ValueTask DisposeAsync()
    {
        Task end = _scheduler.Start(async () => await _engine.DisposeAsync());
        Settle();
        await end.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Null(Observer.Fault);
    }

    /// <summary>Silence and voice as a client would send them: <c>500s 800v</c> is half a second of nothing and 800 ms of speech.</summary>
    public static byte[] Sound(string pattern, AudioFormat format)
    {
        List<short[]> voice = Talk.Frames(format.SampleRate);
        var samples = new List<short>();
        int frame = 0;
        foreach (string part in pattern.Split(' '))
        {
            int count = int.Parse(part[..^1], System.Globalization.CultureInfo.InvariantCulture) * format.SampleRate / 1000;
            if (part[^1] == 's') { samples.AddRange(Enumerable.Repeat((short)0, count)); continue; }
            for (int left = count; left > 0; left -= voice[0].Length) { samples.AddRange(voice[frame++ % voice.Count].Take(left)); }
        }
        return Encode([.. samples], format);
    }

    public static byte[] Encode(short[] samples, AudioFormat format)
    {
        if (format == AudioFormat.Pcm) { return MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(); }
        byte[] codes = new byte[samples.Length];
        G711.Encode(format == AudioFormat.Pcma ? AudioCodec.Pcma : AudioCodec.Pcmu, samples, codes);
        return codes;
    }

    private static ClientEvent Read(string json) => EventReader.ReadClientEvent(Encoding.UTF8.GetBytes(json));

    private void Hear(ServerEvent told)
    {
        bool isMore = told is ResponseOutputAudioDelta && Events[^1] is ResponseOutputAudioDelta;
        Events.Add(told);
        if (!isMore) { _story.Append(' ').Append(ScriptedCall.Shorten(told.Type)); }
    }
}
