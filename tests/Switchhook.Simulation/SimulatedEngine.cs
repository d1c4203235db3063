using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;

namespace Switchhook.Simulation;

/// <summary>What an engine does to a call. Drawn from the seed of the world.</summary>
public sealed record EngineTemper
{
    public TimeSpan Opening { get; init; } = TimeSpan.FromMilliseconds(200);
    public bool FailsToOpen { get; init; }

    /// <summary>The session is lost so long after it opened; null: never.</summary>
    public TimeSpan? LostAfter { get; init; }

    /// <summary>How long what is pending takes once the caller is gone, and how many events it is.</summary>
    public TimeSpan Finishing { get; init; } = TimeSpan.FromSeconds(1);
    public int LateEvents { get; init; } = 3;
}

/// <summary>Engines of a simulated world, and the count of those that live.</summary>
public sealed class SimulatedEngines(TimeProvider time, Func<EngineTemper> draw) : IEngineFactory
{
    private readonly Dictionary<string, Engine> _living = [];
    private int _events;

    private TimeProvider Time { get; } = time;

    public IReadOnlyCollection<string> Models => ["simulated"];

    public int Opened { get; private set; }

    public int Alive { get; private set; }

    /// <summary>Told when an engine is given a client event.</summary>
    public Action Posted { get; set; } = () => { };

    /// <summary>What an engine is given is heard when this is done; false: it is not heard.</summary>
    public Task<bool> Hearing { get; set; } = Task.FromResult(true);

    /// <summary>Events that each call's engine has said.</summary>
    public Dictionary<string, List<string>> Said { get; } = [];

    public async Task<EngineOpening> OpenAsync(EngineRequest request, CancellationToken cancellation)
    {
        EngineTemper temper = draw();
        await Task.Delay(temper.Opening, Time, cancellation);
        if (temper.FailsToOpen) { return new EngineOpening(null, RealtimeError.Server("upstream_refused", "The simulated upstream refused.")); }
        Opened++;
        Alive++;
        return new EngineOpening(new Engine(this, temper, request), null);
    }

    /// <summary>The engine of this call says so much audio, if anybody wants it.</summary>
    public void Speak(CallId call, int bytes) => _living[call.Value].Speak(bytes);

    /// <summary>The engine of this call tells of an item of the caller's with so much audio.</summary>
    public void TellHeard(CallId call, int bytes) => _living[call.Value].TellHeard(bytes);

    /// <summary>The engine of this call says this, under the id that it is given.</summary>
    public void Say(CallId call, Func<string, ServerEvent> make) => _living[call.Value].Say(make);

    /// <summary>Somebody wants the audio of this call.</summary>
    public bool TellsAudio(CallId call) => _living[call.Value].TellsAudio;

    private sealed class Engine : IVoiceEngine
    {
        private readonly Channel<ServerEvent> _events = Channel.CreateBounded<ServerEvent>(Limits.SidebandEvents);
        private readonly SimulatedEngines _engines;
        private readonly EngineTemper _temper;
        private readonly string _call;
        private bool _isDisposed;

        public Engine(SimulatedEngines engines, EngineTemper temper, EngineRequest request)
        {
            (_engines, _temper, _call) = (engines, temper, request.Owner);
            engines._living[_call] = this;
            Say(id => new SessionCreated(request.Config) { EventId = id });
            if (temper.LostAfter is not null) { _ = LoseAsync(temper.LostAfter.Value); }
        }

        public ChannelReader<ServerEvent> Events => _events.Reader;

        public bool TellsAudio { get; private set; }

        public async ValueTask<bool> PostAsync(ClientEvent clientEvent)
        {
            _engines.Posted();
            return await _engines.Hearing && !_isDisposed;
        }

        public void TellAudio(bool isWanted) => TellsAudio = isWanted;

        public void CallerGone() => _ = FinishAsync();

        public ValueTask DisposeAsync()
        {
            if (!_isDisposed) { _engines.Alive--; }
            _isDisposed = true;
            _events.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public void Speak(int bytes)
        {
            if (TellsAudio) { _events.Writer.TryWrite(new ResponseOutputAudioDelta("resp_1", "item_1", 0, 0, new byte[bytes]) { EventId = $"event_{++_engines._events}" }); }
        }

        public void TellHeard(int bytes) => Say(id =>
            new ConversationItemRetrieved(new MessageItem(ItemRole.User, [new InputAudioPart("Hello.") { Audio = new byte[bytes] }]) { Id = "item_1" }) { EventId = id });

        public void Say(Func<string, ServerEvent> make)
        {
            string id = $"event_{++_engines._events}";
            if (!_events.Writer.TryWrite(make(id))) { return; }
            if (!_engines.Said.TryGetValue(_call, out List<string>? said)) { _engines.Said.Add(_call, said = []); }
            said.Add(id);
        }

        private async Task FinishAsync()
        {
            for (int i = 0; i < _temper.LateEvents; i++)
            {
                await Task.Delay(_temper.Finishing / _temper.LateEvents, _engines.Time);
                Say(id => new InputAudioBufferCleared { EventId = id });
            }
            _events.Writer.TryComplete();
        }

        private async Task LoseAsync(TimeSpan after)
        {
            await Task.Delay(after, _engines.Time);
            _events.Writer.TryComplete(new IOException("the simulated upstream hung up"));
        }
    }
}
