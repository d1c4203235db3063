using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Simulation;

/// <summary>
/// One server and its phones, an application, a network, a disk and models, in simulated time on one thread. The same
/// seed and the same story give the same world, byte for byte.
/// </summary>
public sealed class World : ISipPlane
{
    private static readonly PeerAddress ServerAddress = PeerAddress.FromIPv4(0x0A00_0001, 5060);
    private static readonly PeerAddress PhonesAddress = PeerAddress.FromIPv4(0x0A00_0102, 5062);

    private readonly Queue<SipCommand> _commands = new();
    private readonly PriorityQueue<Action, (Instant At, int Order)> _story = new();
    private int _order;

    public World(int seed, NetworkWeather? weather = null, int ports = 1_000, Func<Random, EngineTemper>? temper = null, ProjectPolicy? policy = null, int calls = Limits.Calls)
    {
        Random = new Random(seed);
        Network = new SimulatedNetwork(seed, weather ?? NetworkWeather.Calm);
        Server = new SipEndpoint(new SipEndpointOptions { Listeners = [new SipListenerAddress(SipTransport.Udp, ServerAddress, "10.0.0.1", 5060)] }, Random);
        Phones = new SimulatedPhones(PhonesAddress, ServerAddress, Random);
        Media = new SimulatedMedia(ports);
        Disk = new SimulatedDisk(Clock);
        Engines = new SimulatedEngines(Clock, () => temper?.Invoke(Random) ?? new EngineTemper());
        App = new SimulatedApp(this);
        policy ??= new ProjectPolicy { Id = "proj_sim" };
        Directory = new CallDirectory(
            new CallPorts
            {
                Sip = this,
                Media = Media,
                Engines = Engines,
                Store = Disk,
                Webhooks = App,
                Observer = App,
                Time = Clock,
                Random = Random,
                Scheduler = Scheduler,
            },
            new Dictionary<string, ProjectPolicy> { [policy.Id] = policy },
            calls);
    }

    public Random Random { get; }
    public ManualClock Clock { get; } = new();
    public SimulatedScheduler Scheduler { get; } = new();
    public SimulatedNetwork Network { get; }
    public SipEndpoint Server { get; }
    public SimulatedPhones Phones { get; }
    public SimulatedMedia Media { get; }
    public SimulatedDisk Disk { get; }
    public SimulatedEngines Engines { get; }
    public SimulatedApp App { get; }
    public CallDirectory Directory { get; }

    public Instant Now => Clock.Now();

    /// <summary>Something that happens so much later.</summary>
    public void After(TimeSpan delay, Action happening) => _story.Enqueue(happening, (Now + delay, _order++));

    bool ISipPlane.Post(SipCommand command)
    {
        _commands.Enqueue(command);
        return true;
    }

    /// <summary>Lets so much time pass, and everything happen that happens in it.</summary>
    public void Run(TimeSpan time)
    {
        Instant until = Now + time;
        while (true)
        {
            Settle();
            Instant next = NextHappening();
            if (next > until) { break; }
            Clock.AdvanceTo(next);
        }
        Clock.AdvanceTo(until);
        Settle();
    }

    private Instant NextHappening()
    {
        Instant next = Instant.Earlier(Network.NextTimeout, Instant.Earlier(Server.NextTimeout, Phones.Endpoint.NextTimeout));
        if (Clock.NextTimer is { } timer) { next = Instant.Earlier(next, timer); }
        return _story.TryPeek(out _, out (Instant At, int Order) key) ? Instant.Earlier(next, key.At) : next;
    }

    /// <summary>All that can happen at this instant, until nothing more does.</summary>
    private void Settle()
    {
        bool moved;
        do
        {
            moved = Scheduler.RunReady();
            while (_story.TryPeek(out _, out (Instant At, int Order) key) && key.At <= Now) { _story.Dequeue()(); moved = true; }
            while (_commands.TryDequeue(out SipCommand? command)) { Server.Do(Now, command); DrainServer(); moved = true; }
            while (Network.TryDeliver(Now, out Datagram datagram)) { Deliver(datagram); moved = true; }
            if (Server.NextTimeout <= Now) { Server.Timeout(Now); moved = true; }
            if (Phones.Endpoint.NextTimeout <= Now) { Phones.Endpoint.Timeout(Now); moved = true; }
            DrainServer();
            DrainPhones();
        } while (moved);
    }

    private void Deliver(Datagram datagram)
    {
        var flow = new SipFlow(SipTransport.Udp, 0, 0, datagram.From);
        if (datagram.To == ServerAddress) { Server.Receive(Now, flow, datagram.Bytes.Span); DrainServer(); }
        else { Phones.Endpoint.Receive(Now, flow, datagram.Bytes.Span); DrainPhones(); }
    }

    private void DrainServer()
    {
        while (Server.TryTake(out SipOutput? output))
        {
            if (output is SipOutput.Transmit transmit) { Network.Send(Now, ServerAddress, transmit.Flow.Peer, transmit.Message.Span); }
            else if (output is SipOutput.Tell tell) { Directory.OnSip(tell.Event); }
        }
    }

    private void DrainPhones()
    {
        while (Phones.Endpoint.TryTake(out SipOutput? output))
        {
            if (output is SipOutput.Transmit transmit) { Network.Send(Now, PhonesAddress, transmit.Flow.Peer, transmit.Message.Span); }
            else if (output is SipOutput.Tell tell) { Phones.Witness(tell.Event); }
        }
    }
}
