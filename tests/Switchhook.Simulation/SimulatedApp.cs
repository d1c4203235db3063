using System.Text.Json;
using System.Threading.Channels;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Realtime.Session;
using Switchhook.Sip;

namespace Switchhook.Simulation;

/// <summary>What an application does with the calls it hears of. The world's story decides it, call by call.</summary>
public sealed class SimulatedApp(World world) : IWebhooks, ICallObserver
{
    /// <summary>Done for every call that is announced. The default hears and does nothing.</summary>
    public Func<CallId, Task> OnIncoming { get; set; } = _ => Task.CompletedTask;

    public List<CallId> Announced { get; } = [];

    /// <summary>Webhooks whose retries were stopped.</summary>
    public HashSet<CallId> Stopped { get; } = [];

    public Dictionary<CallId, List<CallAnswer>> Answers { get; } = [];

    /// <summary>What each attached socket was told, parsed; the close code last.</summary>
    public Dictionary<CallId, List<Listening>> Sockets { get; } = [];

    public List<SipCause> Refusals { get; } = [];

    public List<Exception> Faults { get; } = [];

    public int Births { get; private set; }

    public List<CallRecord> Ends { get; } = [];

    public CallRecord? Answered { get; private set; }

    public OutboxMessage? Incoming(CallRecord call, IReadOnlyList<SipHeader> headers) => new()
    {
        Id = Tokens.New("wh_", world.Random),
        CallId = call.Id,
        Project = call.Project,
        EventType = "realtime.call.incoming",
        Body = default,
        Lane = OutboxLane.Ringing,
        CreatedAt = call.CreatedAt,
        NextAttemptAt = call.CreatedAt,
    };

    public OutboxMessage? Ended(CallRecord call) => null;

    public void Send(OutboxMessage message, Action<WebhookAttempt> told, CancellationToken stop)
    {
        stop.Register(() => Stopped.Add(message.CallId));
        Announced.Add(message.CallId);
        told(new WebhookAttempt(message.Id, message.EventType, 1, "https://app.example/", 200, null, TimeSpan.FromMilliseconds(3), true));
        _ = world.Scheduler.Start(() => OnIncoming(message.CallId));
    }

    /// <summary>Asks the call, as the REST API would; a call that is not found is gone.</summary>
    public async Task<CallAnswer> AskAsync(CallId id, CallMessage message)
    {
        CallAnswer answer = world.Directory.Find(id, "proj_sim") is { } call
            ? await call.AskAsync(message, CancellationToken.None)
            : new CallAnswer(Verdict.Gone, CallState.Ended);
        if (!Answers.TryGetValue(id, out List<CallAnswer>? answers)) { Answers.Add(id, answers = []); }
        answers.Add(answer);
        return answer;
    }

    public Task<CallAnswer> AcceptAsync(CallId id) => AskAsync(id, new CallMessage.Accept(Config, Body));

    /// <summary>Attaches a socket and reads it to its end.</summary>
    public Listening? Attach(CallId id, string? startingAfter = null, bool includesAudio = false)
    {
        if (world.Directory.Find(id, "proj_sim")?.Attach(startingAfter, includesAudio) is not { } sideband) { return null; }
        var listening = new Listening(sideband);
        if (!Sockets.TryGetValue(id, out List<Listening>? sockets)) { Sockets.Add(id, sockets = []); }
        sockets.Add(listening);
        _ = world.Scheduler.Start(listening.ReadAsync);
        return listening;
    }

    void ICallObserver.Refused(SipEvent.IncomingCall invite, SipCause cause) => Refusals.Add(cause);

    void ICallObserver.Born(CallRecord call) => Births++;

    void ICallObserver.Answered(CallRecord call) => Answered = call;

    void ICallObserver.Ended(CallRecord call) => Ends.Add(call);

    void ICallObserver.Faulted(CallId call, Exception fault) => Faults.Add(fault);

    private static SessionConfig Config { get; } = new() { Model = "simulated" };

    private static JsonElement Body { get; } = JsonDocument.Parse("""{"type":"realtime","model":"simulated"}""").RootElement;
}

/// <summary>One attached socket of the application.</summary>
public sealed class Listening(Sideband sideband)
{
    public List<(string Type, string? EventId)> Events { get; } = [];

    public int? Closed { get; private set; }

    public Sideband Sideband => sideband;

    public IEnumerable<string> Types => Events.Select(e => e.Type);

    internal async Task ReadAsync()
    {
        while (await sideband.WaitAsync(CancellationToken.None))
        {
            if (!sideband.TryTake(out ReadOnlyMemory<byte> json)) { continue; }
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            Events.Add((root.GetProperty("type").GetString()!, root.TryGetProperty("event_id", out JsonElement id) ? id.GetString() : null));
        }
        Closed = sideband.CloseCode;
    }
}
