using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Engines;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Server.Sessions;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Api;

/// <summary>A session's socket over a connection that holds little, with a clock that the test moves: readers who are slow, dead or gone.</summary>
public sealed class EventSocketTests
{
    private static readonly SessionConfig Config = new() { Model = "talker" };

    private readonly ManualClock _clock = new();
    private readonly NarrowStream _here, _there;
    private readonly WebSocket _client;
    private readonly LargeMessages _large;

    public EventSocketTests()
    {
        _large = new LargeMessages(_clock, places: 1);
        (_here, _there) = NarrowStream.Pair();
        _client = WebSocket.CreateFromStream(_there, new WebSocketCreationOptions { IsServer = false });
    }

    /// <summary>Slow but alive: it learns why it was closed.</summary>
    [Fact]
    public async Task A_reader_that_is_too_slow_is_closed_and_told_why()
    {
        (PlainSession session, Task running) = await SpeakAsync();
        await _here.Stopped.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        _clock.Advance(Limits.SocketSlow);
        Assert.Equal((1008, "The socket reads too slowly"), await ReadAsync());
        await running.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.TooSlow, session.End);
    }

    // One that is late by less is only late.
    [Fact]
    public async Task A_reader_that_pauses_is_told_everything()
    {
        (PlainSession session, Task running) = await SpeakAsync();
        await _here.Stopped.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        _clock.Advance(Limits.SocketSlow / 2);
        Assert.NotNull(await UntilAsync("response.done"));
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        Assert.Equal(1000, (await ReadAsync()).Code);
        await running.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.Closed, session.End);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_at_all_is_cut_off()
    {
        (PlainSession session, Task running) = await SpeakAsync();
        await _here.Stopped.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        _clock.Advance(Limits.SocketSend);
        await running.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.TooSlow, session.End);
    }

    [Fact]
    public async Task A_client_that_is_gone_ends_its_session()
    {
        (PlainSession session, Task running) = await SpeakAsync();
        await _there.DisposeAsync();
        await running.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.Lost, session.End);
    }

    /// <summary>What all sockets hold of large messages together is bounded: one more waits for a place, and not for ever.</summary>
    [Fact]
    public async Task A_large_message_waits_for_a_place_and_not_for_ever()
    {
        Assert.True(await _large.TakeAsync(TestContext.Current.CancellationToken));
        Task<bool> late = _large.TakeAsync(TestContext.Current.CancellationToken), patient = _large.TakeAsync(TestContext.Current.CancellationToken);
        _clock.Advance(Limits.LargeMessageWait / 2);
        _large.Return();
        Assert.True(await late);
        _clock.Advance(Limits.LargeMessageWait / 2);
        Assert.False(await patient);
        _large.Return();
        Assert.True(await _large.TakeAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Eight who begin a large message and never end it would keep everybody else from theirs.</summary>
    [Fact]
    public async Task A_large_message_that_does_not_arrive_loses_its_place_and_its_client_is_told_why()
    {
        (PlainSession session, Task running) = await SpeakAsync(greets: false);
        // What is told first has its own deadline: it has to be behind us before the clock moves.
        Assert.NotNull(await UntilAsync("session.created"));
        Assert.True(SpinWait.SpinUntil(() => !_clock.IsAwaited(_clock.Now() + Limits.SocketSend), LiveServer.Patience));
        await _client.SendAsync(new byte[Limits.LargeMessageBytes + (256 << 10)], WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        Instant due = _clock.Now() + Limits.LargeMessageStay;
        Assert.True(SpinWait.SpinUntil(() => _clock.IsAwaited(due), LiveServer.Patience));      // the server reads on a thread of its own
        Task<bool> next = _large.TakeAsync(CancellationToken.None);
        _clock.Advance(Limits.LargeMessageWait);
        Assert.False(await next.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken));     // or it might still be given the place that comes free
        _clock.Advance(Limits.LargeMessageStay - Limits.LargeMessageWait);
        Assert.Equal((1008, "An event over 1 MiB may take 60 s at most"), await ReadAsync());
        await running.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.Refused, session.End);
        Assert.True(await _large.TakeAsync(TestContext.Current.CancellationToken).WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken));
    }

    /// <summary>A session that has begun to say more than the connection holds, or that waits to be asked.</summary>
    private async Task<(PlainSession Session, Task Running)> SpeakAsync(bool greets = true)
    {
        (Script? script, _) = ScriptReader.Read("s.yaml", $"{{ greet: {(greets ? "true" : "false")}, flow: [say: {string.Join(' ', Enumerable.Repeat("word", 100))}] }}");
        ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        EngineLog log = new(new EngineMetrics(services.GetRequiredService<IMeterFactory>()), NullLogger<EngineLog>.Instance);
        EngineFactory engines = new(
            ImmutableDictionary<string, Script>.Empty.Add("talker", script!),
            new EnginePorts { Speech = await SpeechDesk.OpenAsync(log, "no-such-program", TestContext.Current.CancellationToken), Observer = log, Time = _clock, Random = Random.Shared });
        PlainSessions sessions = new(engines, new SessionLog(services.GetRequiredService<IMeterFactory>(), NullLogger<SessionLog>.Instance), _clock, Random.Shared);
        ProjectOptions project = new(new Calls.ProjectPolicy { Id = "proj" }, [], null);
        (PlainSession? session, _) = await sessions.OpenAsync(project, Config, TestContext.Current.CancellationToken);
        WebSocket socket = WebSocket.CreateFromStream(_here, new WebSocketCreationOptions { IsServer = true });
        return (session!, sessions.RunAsync(session!, peer => new EventSocket(socket, peer, _large, _clock).RunAsync(CancellationToken.None)));
    }

    private async Task<(int Code, string Reason)> ReadAsync()
    {
        while (await NextAsync() is not null) { }
        return ((int)_client.CloseStatus!.Value, _client.CloseStatusDescription ?? "");
    }

    private async Task<JsonElement?> UntilAsync(string type)
    {
        while (await NextInTimeAsync() is { } told)
        {
            if (EventClient.TypeOf(told) == type) { return told; }
        }
        return null;
    }

    /// <summary>The model that was held back looks again, once for each event: it may set its timer when all has been read.</summary>
    private async Task<JsonElement?> NextInTimeAsync()
    {
        Task<JsonElement?> next = NextAsync();
        while (!next.IsCompleted && !(_clock.NextTimer - _clock.Now() <= Limits.EngineRoom)) { await Task.Yield(); }
        if (!next.IsCompleted) { _clock.Advance(Limits.EngineRoom); }
        return await next;
    }

    private async Task<JsonElement?> NextAsync()
    {
        byte[] buffer = new byte[256 * 1024];
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult result = await _client.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), TestContext.Current.CancellationToken)
                .WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                if (_client.State == WebSocketState.CloseReceived) { await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken); }
                return null;
            }
            length += result.Count;
            if (result.EndOfMessage) { return JsonElement.Parse(buffer.AsSpan(0, length)); }
        }
    }
}
