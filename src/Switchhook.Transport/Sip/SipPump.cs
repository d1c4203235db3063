using System.Buffers;
using System.Net.Sockets;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>
/// The one owner of the SIP endpoint: one task that takes messages, commands and deadlines in turn, drains the
/// endpoint after each, and sleeps until the next. No lock, because nobody else touches the endpoint.
/// </summary>
public sealed class SipPump : ISipPlane, IAsyncDisposable
{
    /// <summary>Of each queue, before the other has its turn.</summary>
    private const int Batch = 256;

    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_timerMax = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly SipIntake _intake;
    private readonly IListener[] _listeners;
    private readonly SipEndpoint _endpoint;
    private readonly ITimer _timer;
    private readonly Queue<SipFlow> _failed = new();
    private readonly Dictionary<DialogHandle, SipFlow> _flowOfDialog = [];
    private readonly long[] _rejected = new long[Enum.GetValues<SipError>().Length];
    private ISipListener? _listener;
    private Instant _nextSweep;
    private long _sent;
    private long _sendFailures;
    private long _faults;
    private int _dialogs;
    private int _transactions;
    private Task _running = Task.CompletedTask;
    private volatile bool _stopping;

    private SipPump(IListener[] listeners, SipIntake intake, string? product, TimeProvider time, Random random)
    {
        _time = time;
        _intake = intake;
        _listeners = listeners;
        SipListenerAddress[] addresses = [.. listeners.Select(listener => listener.Address)];
        Listeners = addresses;
        _endpoint = new SipEndpoint(product is null ? new() { Listeners = addresses } : new() { Listeners = addresses, Product = product }, random);
        _timer = time.CreateTimer(_ => _intake.Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is bound, in the order it was asked for; a port 0 has become the real one.</summary>
    public IReadOnlyList<SipListenerAddress> Listeners { get; }

    /// <summary>How long messages waited for the pump, and how late it met its deadlines.</summary>
    public Lateness Lateness { get; } = new();

    /// <summary>The first of our own mistakes, for the log; <see cref="SipCounters.Faults"/> counts them all.</summary>
    public Exception? FirstFault { get; private set; }

    public SipCounters Counters => new()
    {
        Received = _intake.Received,
        Sent = Volatile.Read(ref _sent),
        Dropped = _intake.Dropped,
        SendFailures = Volatile.Read(ref _sendFailures),
        Connections = _listeners.Sum(listener => listener.Connections),
        ConnectionsRefused = _intake.ConnectionsRefused,
        ConnectionsFailed = _intake.ConnectionsFailed,
        Dialogs = Volatile.Read(ref _dialogs),
        Transactions = Volatile.Read(ref _transactions),
        Faults = Volatile.Read(ref _faults),
        Rejected = [.. _rejected],
    };

    /// <summary>
    /// Binds every listener or none. Throws <see cref="IOException"/> that names the one which failed and why.
    /// Nothing is received before <see cref="Start"/>.
    /// </summary>
    public static SipPump Bind(IReadOnlyList<SipListen> listens, TimeProvider time, Random random, string? product = null)
    {
        ArgumentNullException.ThrowIfNull(listens);
        SipIntake intake = new(time);
        List<IListener> bound = [];
        try
        {
            foreach (SipListen listen in listens) { bound.Add(Bind(bound.Count, listen, intake, time)); }
            return new SipPump([.. bound], intake, product, time, random);
        }
        catch
        {
            foreach (IListener listener in bound) { listener.Dispose(); }
            throw;
        }
    }

    public void Start(ISipListener listener)
    {
        if (_listener is not null) { throw new InvalidOperationException("the pump is started once"); }
        _listener = listener;
        _nextSweep = _time.Now() + s_sweep;
        _running = Task.Run(RunAsync);
        foreach (IListener bound in _listeners) { bound.Start(); }
    }

    public bool Post(SipCommand command) => _intake.Post(command);

    /// <summary>Asks the endpoint something on its own loop, such as <see cref="SipEndpoint.NewDialog"/> or <see cref="SipEndpoint.Describe"/>.</summary>
    public Task<T> AskAsync<T>(Func<SipEndpoint, T> question)
    {
        SipQuestion<T> asked = new(question);
        return _intake.Post(asked) ? asked.Task : Task.FromException<T>(new InvalidOperationException("the SIP plane is full or has stopped"));
    }

    /// <summary>Closes the listeners and ends the loop. What the endpoint still held is gone with it: drain first.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IListener listener in _listeners) { await listener.StopAsync(); }
        _stopping = true;
        _intake.Ring();
        await _running;
        _intake.Close();
        await _timer.DisposeAsync();
    }

    private static IListener Bind(int index, SipListen listen, SipIntake intake, TimeProvider time)
    {
        try
        {
            return listen.Transport == SipTransport.Udp
                ? UdpListener.Bind(index, listen, intake, time)
                : TcpListener.Bind(index, listen, intake, time);
        }
        catch (SocketException refused)
        {
            throw new IOException(refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{listen} is in use",
                SocketError.AddressNotAvailable => $"{listen} is not an address of this machine",
                SocketError.AccessDenied => $"{listen} may not be bound: ports below 1024 need a right that this process does not have",
                _ => $"{listen} cannot be bound: {refused.Message}",
            }, refused);
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping)
        {
            if (TakeTurns()) { await Task.Yield(); continue; }
            Arm(Instant.Earlier(_endpoint.NextTimeout, _nextSweep));
            await _intake.WaitAsync();
        }
    }

    /// <summary>True when more waits than one turn may take.</summary>
    private bool TakeTurns()
    {
        int inputs = 0;
        while (inputs < Batch && _intake.TryTake(out SipInput input))
        {
            inputs++;
            Handle(input);
        }
        int commands = 0;
        while (commands < Batch && _intake.TryTakeCommand(out object? command))
        {
            commands++;
            Handle(command);
        }
        Instant now = _time.Now();
        if (_endpoint.NextTimeout <= now)
        {
            Lateness.Record(now - _endpoint.NextTimeout);
            Guard(now, static (pump, at, _) => pump._endpoint.Timeout(at), default(SipInput));
        }
        if (_nextSweep <= now)
        {
            _nextSweep = now + s_sweep;
            Guard(now, static (pump, at, _) => Array.ForEach(pump._listeners, listener => listener.Sweep(at)), default(SipInput));
        }
        Volatile.Write(ref _dialogs, _endpoint.DialogCount);
        Volatile.Write(ref _transactions, _endpoint.TransactionCount);
        return inputs == Batch || commands == Batch;
    }

    private void Handle(SipInput input)
    {
        Instant now = _time.Now();
        Lateness.Record(now - input.At);
        if (input.Buffer is null)
        {
            Volatile.Write(ref _sendFailures, _sendFailures + 1);
            Guard(now, static (pump, at, failed) => pump._endpoint.TransportFailed(at, failed.Flow), input);
            return;
        }
        Guard(now, static (pump, at, message) => pump._endpoint.Receive(at, message.Flow, message.Buffer.AsSpan(0, message.Length)), input);
        ArrayPool<byte>.Shared.Return(input.Buffer);
    }

    private void Handle(object command)
    {
        Instant now = _time.Now();
        if (command is SipQuestion question) { Guard(now, static (pump, _, asked) => asked.Answer(pump._endpoint), question); }
        else { Guard(now, static (pump, at, asked) => pump._endpoint.Do(at, asked), (SipCommand)command); }
    }

    /// <summary>One input and its drain. A mistake of ours costs this input, not the plane.</summary>
    private void Guard<T>(Instant now, Action<SipPump, Instant, T> input, T argument)
    {
        try
        {
            input(this, now, argument);
        }
        catch (Exception mistake)
        {
            CountFault(mistake);
        }
        try
        {
            Drain(now);
        }
        catch (Exception mistake)
        {
            CountFault(mistake);
        }
    }

    private void Drain(Instant now)
    {
        while (true)
        {
            while (_endpoint.TryTake(out SipOutput? output))
            {
                if (output is SipOutput.Transmit transmit) { Send(transmit); }
                else if (output is SipOutput.Tell told) { Tell(told.Event); }
            }
            if (!_failed.TryDequeue(out SipFlow flow)) { return; }
            _endpoint.TransportFailed(now, flow);
        }
    }

    private void Send(SipOutput.Transmit transmit)
    {
        bool known = (uint)transmit.Flow.Listener < (uint)_listeners.Length;
        if (known && _listeners[transmit.Flow.Listener].Send(transmit.Flow, transmit.Message))
        {
            Volatile.Write(ref _sent, _sent + 1);
            return;
        }
        Volatile.Write(ref _sendFailures, _sendFailures + 1);
        _failed.Enqueue(transmit.Flow);
    }

    private void Tell(SipEvent sipEvent)
    {
        switch (sipEvent)
        {
            case SipEvent.IncomingCall { Flow: { Connection: not 0 } flow } incoming:
                _flowOfDialog[incoming.Dialog] = flow;
                _listeners[flow.Listener].Hold(flow.Connection, 1);
                break;

            case SipEvent.Closed closed when _flowOfDialog.Remove(closed.Dialog, out SipFlow flow):
                _listeners[flow.Listener].Hold(flow.Connection, -1);
                break;

            case SipEvent.Rejected rejected when (int)rejected.Error < _rejected.Length:
                _rejected[(int)rejected.Error]++;
                break;
        }
        try
        {
            _listener!.OnSip(sipEvent);
        }
        catch (Exception mistake)
        {
            CountFault(mistake);
        }
    }

    private void CountFault(Exception mistake)
    {
        FirstFault ??= mistake;
        Volatile.Write(ref _faults, _faults + 1);
    }

    /// <summary>Timers count whole milliseconds and cut the rest off, so the wait is rounded up: waking too early would only mean waking twice.</summary>
    private void Arm(Instant next)
    {
        TimeSpan wait = next - _time.Now();
        wait = wait > s_timerMax ? s_timerMax : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
