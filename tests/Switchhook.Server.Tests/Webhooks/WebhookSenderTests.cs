using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Server.Webhooks;
using Switchhook.Simulation;
using Switchhook.Storage.Sqlite;

namespace Switchhook.Server.Tests.Webhooks;

/// <summary>Real deliveries to a real web server, with a real outbox; only the clock is ours.</summary>
public sealed class WebhookSenderTests : IAsyncDisposable
{
    private const string OldSecret = "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=";
    private const string NewSecret = "a secret of no special form";

    private readonly string _folder = Directory.CreateTempSubdirectory("switchhook-webhooks-").FullName;
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<WebhookAttempt> _told = new();
    private readonly CancellationTokenSource _ringing = new();
    private SqliteStore _store;
    private WebhookSender? _sender;

    public WebhookSenderTests() => _store = SqliteStore.Open(Path.Combine(_folder, "switchhook.db"), _ => { });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_told_at_once_and_once()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(204);
        OutboxMessage message = await RingAsync(receiver.Url);

        WebhookDelivery delivery = await receiver.NextAsync();
        await FinishedAsync();

        Assert.Equal(("POST", "/hooks/calls"), (delivery.Method, delivery.Path));
        Assert.Equal(message.Body.ToArray(), delivery.Body);
        Assert.Equal("application/json", delivery.Headers["content-type"]);
        Assert.StartsWith("Switchhook/", delivery.Headers["user-agent"], StringComparison.Ordinal);
        Assert.Matches("^wh_[0-9a-f]{32}$", delivery.Id);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), delivery.Timestamp);
        Assert.True(delivery.IsSignedBy(OldSecret) && delivery.IsSignedBy(NewSecret));
        Assert.False(delivery.IsSignedBy("another secret"));
        WebhookAttempt told = Assert.Single(_told);
        Assert.Equal((message.Id, "realtime.call.incoming", 1, 204, null, true), (told.Id, told.EventType, told.Attempt, told.Status, told.Error, told.IsDelivered));
        // The query may hold a secret: it is used and never shown.
        Assert.EndsWith("/hooks/calls", told.Url, StringComparison.Ordinal);
        Assert.Equal(1, receiver.Count);
    }

    /// <summary>S5, O4, §9.7: fast retries while it rings, the same id and bytes, a signature that is never too old.</summary>
    [Fact]
    public async Task Retries_come_at_half_a_second_one_two_and_four_seconds_and_then_no_more()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500);
        long begun = _clock.GetTimestamp();
        OutboxMessage message = await RingAsync(receiver.Url);
        var deliveries = new List<WebhookDelivery> { await receiver.NextAsync() };
        foreach (double seconds in (double[])[0.5, 1, 2, 4])
        {
            await UntilAsync(() => _told.Count == deliveries.Count);
            await TimerAtAsync(begun + TimeSpan.FromSeconds(seconds).Ticks);
            _clock.AdvanceTo(new Instant(begun + TimeSpan.FromSeconds(seconds).Ticks));
            deliveries.Add(await receiver.NextAsync());
        }
        await FinishedAsync();

        Assert.All(deliveries, delivery => Assert.True(delivery.Id == message.Id && delivery.Body.AsSpan().SequenceEqual(message.Body.Span) && delivery.IsSignedBy(OldSecret)));
        long first = long.Parse(deliveries[0].Timestamp, CultureInfo.InvariantCulture);
        Assert.Equal([0, 0, 1, 2, 4], deliveries.Select(delivery => long.Parse(delivery.Timestamp, CultureInfo.InvariantCulture) - first));
        Assert.Equal([1, 2, 3, 4, 5], _told.Select(told => told.Attempt));
        Assert.All(_told, told => Assert.Equal((500, false), (told.Status, told.IsDelivered)));
        Assert.Null(_clock.NextTimer);
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_back_the_next_attempt_only_for_a_while_and_is_not_cut_off_by_it()
    {
        var hanging = new TaskCompletionSource();
        bool wasCutOff = false;
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (number, context) =>
        {
            if (number > 1) { return; }
            await hanging.Task;
            wasCutOff = context.RequestAborted.IsCancellationRequested;
            context.Response.StatusCode = 202;
        });
        long begun = _clock.GetTimestamp();
        await RingAsync(receiver.Url);
        await receiver.NextAsync();
        await TimerAtAsync(begun + TimeSpan.FromSeconds(0.5).Ticks);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await TimerAtAsync(begun + Limits.WebhookPatience.Ticks);
        Assert.Equal(1, receiver.Count);                    // merely slow, until now
        _clock.Advance(Limits.WebhookPatience - TimeSpan.FromSeconds(0.5));
        await receiver.NextAsync();
        await UntilAsync(() => _told.Any(told => told is { Attempt: 2, IsDelivered: true }));

        // One has arrived, so there is no third, although the first is still out.
        _clock.Advance(TimeSpan.FromSeconds(10));
        hanging.SetResult();
        await FinishedAsync();

        Assert.False(wasCutOff);
        Assert.Equal([(2, 200), (1, 202)], _told.Select(told => (told.Attempt, told.Status)));
        Assert.Equal(2, receiver.Count);
    }

    /// <summary>§2.5: a receiver may accept the call inside its handler and answer the webhook afterwards.</summary>
    [Fact]
    public async Task A_decision_made_inside_the_handler_stops_the_retries_and_not_the_handler()
    {
        var decided = new TaskCompletionSource();
        var attached = new TaskCompletionSource();
        bool wasCutOff = false;
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (_, context) =>
        {
            await _ringing.CancelAsync();
            decided.SetResult();
            await attached.Task;
            wasCutOff = context.RequestAborted.IsCancellationRequested;
        });
        await RingAsync(receiver.Url);
        await receiver.NextAsync();
        await decided.Task;
        _clock.Advance(TimeSpan.FromSeconds(9));
        attached.SetResult();
        await FinishedAsync();

        Assert.False(wasCutOff);
        Assert.True(Assert.Single(_told).IsDelivered);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task A_caller_who_gives_up_stops_the_retries()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500);
        await RingAsync(receiver.Url);
        await receiver.NextAsync();
        await UntilAsync(() => _told.Count == 1);
        await _ringing.CancelAsync();
        await FinishedAsync();
        _clock.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal(1, receiver.Count);
        Assert.Null(_clock.NextTimer);
    }

    [Fact]
    public async Task Gone_means_no_more()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(410);
        await RingAsync(receiver.Url);
        await FinishedAsync();
        Assert.Equal("answered 410: the receiver wants no more of it", Assert.Single(_told).Error);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_not_followed()
    {
        await using WebhookReceiver elsewhere = await WebhookReceiver.StartAsync(200);
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, context) =>
        {
            context.Response.Redirect(elsewhere.Url.ToString(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await RingAsync(receiver.Url);
        await UntilAsync(() => _told.Count == 1);

        Assert.True(_told.TryPeek(out WebhookAttempt? told));
        Assert.Equal((307, false), (told.Status, told.IsDelivered));
        Assert.Contains("redirects are not followed", told.Error, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_given_up_after_the_timeout()
    {
        var hanging = new TaskCompletionSource();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, _) => hanging.Task);
        long begun = _clock.GetTimestamp();
        await RingAsync(receiver.Url);
        await receiver.NextAsync();
        await TimerAtAsync(begun + TimeSpan.FromSeconds(0.5).Ticks);
        await _ringing.CancelAsync();
        await TimerAtAsync(begun + Limits.WebhookAttempt.Ticks);
        _clock.Advance(Limits.WebhookAttempt);
        await FinishedAsync();
        hanging.SetResult();

        WebhookAttempt told = Assert.Single(_told);
        Assert.Equal((0, "no answer within 15 s", Limits.WebhookAttempt), (told.Status, told.Error, told.Took));
    }

    [Fact]
    public async Task Nobody_listening_is_said_as_such()
    {
        WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        await receiver.DisposeAsync();
        await RingAsync(receiver.Url);
        await UntilAsync(() => _told.Count == 1);
        Assert.True(_told.TryPeek(out WebhookAttempt? told));
        Assert.Equal(0, told.Status);
        Assert.Contains("refused", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_without_a_webhook_has_no_message_to_send()
    {
        await StartAsync(new Uri("http://127.0.0.1:9/"));
        CallRecord stranger = Call with { Project = "proj_quiet" };
        Assert.Null(_sender!.Incoming(stranger, []));
        Assert.Null(_sender.Ended(stranger));
    }

    [Fact]
    public async Task A_durable_webhook_is_tried_again_ever_later_until_it_arrives()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500, 302, 503, 200);
        await StartAsync(receiver.Url);
        OutboxMessage message = await EndAsync();
        foreach (double seconds in (double[])[5, 10, 20])
        {
            WebhookDelivery delivery = await receiver.NextAsync();
            Assert.True(delivery.Id == message.Id && delivery.IsSignedBy(NewSecret));
            // Its answer is noted before the next is on its way.
            await UntilAsync(() => _store.TimelineAsync(Call.Id, 0, 10, Stop).Result.Count == receiver.Count + 1);
            TimeSpan wait = (await _store.NextDueAsync(Stop))!.Value - _clock.GetUtcNow();
            Assert.InRange(wait.TotalSeconds, seconds * 0.8, seconds * 1.2);
            long due = _clock.GetTimestamp() + wait.Ticks;
            await UntilAsync(() => _clock.NextTimer is { } next && next.Ticks >= due && next.Ticks - due <= TimeSpan.TicksPerMillisecond);
            _clock.Advance(wait + TimeSpan.FromMilliseconds(1));
        }
        await receiver.NextAsync();
        await UntilAsync(() => _store.NextDueAsync(Stop).Result is null);

        IReadOnlyList<TimelineEntry> entries = await _store.TimelineAsync(Call.Id, 0, 10, Stop);
        Assert.Equal([1L, 2, 3, 4, 5], entries.Select(entry => entry.Sequence));
        Assert.Equal(
            ["call.ended", "switchhook.call.ended attempt 1 failed: 500", "switchhook.call.ended attempt 2 failed: answered 302, and redirects are not followed: configure the URL it leads to", "switchhook.call.ended attempt 3 failed: 503", "switchhook.call.ended delivered, attempt 4: 200"],
            entries.Select(entry => entry.Text));
        using JsonDocument data = JsonDocument.Parse(entries[^1].Data);
        Assert.Equal((200, true, 4), (data.RootElement.GetProperty("status").GetInt32(), data.RootElement.GetProperty("delivered").GetBoolean(), data.RootElement.GetProperty("attempt").GetInt32()));
    }

    [Fact]
    public async Task A_durable_webhook_survives_the_server()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500, 200);
        await StartAsync(receiver.Url);
        OutboxMessage message = await EndAsync();
        await receiver.NextAsync();
        await _sender!.StopAsync(Stop);
        _sender.Dispose();
        await _store.DisposeAsync();

        _store = SqliteStore.Open(Path.Combine(_folder, "switchhook.db"), _ => { });
        _clock.Advance(TimeSpan.FromHours(1));
        await StartAsync(receiver.Url);

        WebhookDelivery delivery = await receiver.NextAsync();
        Assert.Equal(message.Id, delivery.Id);
        Assert.Equal(message.Body.ToArray(), delivery.Body);
        await UntilAsync(() => _store.NextDueAsync(Stop).Result is null);
    }

    [Fact]
    public async Task A_durable_webhook_is_given_up_after_three_days()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500);
        await StartAsync(receiver.Url);
        await EndAsync();
        await receiver.NextAsync();
        // The attempt is over, and the loop waits for the next.
        await UntilAsync(() => _store.TimelineAsync(Call.Id, 0, 100, Stop).Result.Count == 2 && _clock.NextTimer is not null);
        _clock.Advance(Limits.WebhookLife + TimeSpan.FromMinutes(1));
        await UntilAsync(() => _store.NextDueAsync(Stop).Result is null);

        Assert.Contains("given up after 72 hours", (await _store.TimelineAsync(Call.Id, 0, 100, Stop))[^1].Text, StringComparison.Ordinal);
    }

    // Timers take 49 days at most, and a clock that is set moves what is due.
    [Fact]
    public async Task A_row_that_is_due_in_months_stops_nobody()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        await _store.EndedAsync(Call with { State = CallState.Ended }, Far(), Stop);
        await StartAsync(receiver.Url);
        await UntilAsync(() => _clock.NextTimer is not null || _sender!.ExecuteTask!.IsCompleted);
        Assert.InRange(_clock.NextTimer!.Value.Ticks - _clock.GetTimestamp(), 1, Limits.WebhookLook.Ticks);
        OutboxMessage message = await EndAsync();
        Assert.Equal(message.Id, (await receiver.NextAsync()).Id);
    }

    private OutboxMessage Far() => new()
    {
        Id = "wh_far",
        CallId = Call.Id,
        Project = Call.Project,
        EventType = WebhookEvent.Ended,
        Body = "{}"u8.ToArray(),
        Lane = OutboxLane.Durable,
        CreatedAt = _clock.GetUtcNow(),
        NextAttemptAt = _clock.GetUtcNow() + TimeSpan.FromDays(60),
    };

    [Fact]
    public async Task A_server_that_leaves_waits_for_attempts_under_way_but_not_for_ever()
    {
        var hanging = new TaskCompletionSource();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, _) => hanging.Task);
        await RingAsync(receiver.Url);
        await receiver.NextAsync();
        Task stopped = _sender!.StopAsync(CancellationToken.None);
        long until = _clock.GetTimestamp() + Limits.ApiGoodbye.Ticks;
        await _ringing.CancelAsync();
        await TimerAtAsync(until);
        Assert.False(stopped.IsCompleted);
        _clock.Advance(Limits.ApiGoodbye);
        await stopped.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        hanging.SetResult();
        await UntilAsync(() => _sender.Deliveries == 0);
    }

    [Fact]
    public void Durable_delays_double_to_an_hour_and_differ_by_a_fifth_at_most()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            for (int attempt = 1; attempt <= 100; attempt++)
            {
                double seconds = Math.Min(5 * Math.Pow(2, attempt - 1), 3600);
                Assert.InRange(WebhookSchedule.DurableDelay(attempt, random).TotalSeconds, seconds * 0.8, seconds * 1.2);
            }
        }
    }

    [Fact]
    public void Slots_are_never_more_than_there_are_and_half_of_them_for_one_project()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int limit = random.Next(2, 12);
            var slots = new DeliverySlots(limit);
            var taken = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0, ["c"] = 0 };
            for (int step = 0; step < 200; step++)
            {
                string project = "abc"[random.Next(3)].ToString();
                if (random.Next(2) == 0 && taken[project] > 0)
                {
                    slots.Return(project);
                    taken[project]--;
                    continue;
                }
                bool isRoom = taken[project] < (limit + 1) / 2 && taken.Values.Sum() < limit;
                Assert.True(slots.TryTake(project) == isRoom, $"seed {seed}, step {step}");
                if (isRoom) { taken[project]++; }
                Assert.Equal(taken.Values.Sum(), slots.Taken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _sender.StopAsync(now.Token);
            _sender.Dispose();
        }
        _ringing.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static readonly CallRecord Call = new()
    {
        Id = CallId.TryParse("rtc_5e9d", out CallId id) ? id : default,
        Project = "proj_demo",
        State = CallState.Ringing,
        SipCallId = "a84b4c76@pc33",
        From = "<sip:ada@example.com>",
        To = "<sip:proj_demo@example.net>",
        Peer = "udp 203.0.113.5:5060",
        CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    private async Task StartAsync(Uri url)
    {
        _sender = new WebhookSender(
            new Dictionary<string, WebhookEndpoint> { ["proj_demo"] = new(url, [NewSecret, OldSecret]) },
            _store, _clock, Random.Shared, NullLogger<WebhookSender>.Instance);
        await _sender.StartAsync(Stop);
    }

    private async Task<OutboxMessage> RingAsync(Uri url)
    {
        await StartAsync(url);
        OutboxMessage message = _sender!.Incoming(Call, [])!;
        await _store.BornAsync(Call, message, Stop);
        _sender.Send(message, _told.Enqueue, _ringing.Token);
        return message;
    }

    private async Task<OutboxMessage> EndAsync()
    {
        _store.Append(Call.Id, new TimelineEntry(1, _clock.GetUtcNow(), Plane.Call, "call.ended", "call.ended", default));
        OutboxMessage message = _sender!.Ended(Call with { State = CallState.Ended })!;
        await _store.EndedAsync(Call with { State = CallState.Ended }, message, Stop);
        _sender.Send(message, _ => { }, CancellationToken.None);
        return message;
    }

    /// <summary>Nothing is on its way any more.</summary>
    private Task FinishedAsync() => UntilAsync(() => !_told.IsEmpty && _sender!.Deliveries == 0);

    private Task TimerAtAsync(long ticks) => UntilAsync(() => _clock.NextTimer?.Ticks == ticks);

    /// <summary>Other threads work meanwhile; the limit is for a test that fails.</summary>
    private static async Task UntilAsync(Func<bool> happened)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!happened())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), "it did not happen");
            await Task.Yield();
        }
    }
}
