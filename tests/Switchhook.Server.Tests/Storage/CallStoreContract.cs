using System.Text;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Storage;

namespace Switchhook.Server.Tests.Storage;

/// <summary>What every store promises, whichever database it stands on. A store's own tests derive from this.</summary>
public abstract class CallStoreContract : IAsyncLifetime
{
    private protected static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected IStoreUnderTest Under { get; private set; } = null!;

    private ICallStore Calls => Under.Calls;

    private IOutbox Outbox => Under.Outbox;

    private protected abstract Task<IStoreUnderTest> OpenAsync();

    public async ValueTask InitializeAsync() => Under = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Under.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_call_is_found_as_it_was_born_and_then_as_it_ended()
    {
        CallRecord born = Ringing("rtc_a", Noon);
        await Calls.BornAsync(born, null, Stop);
        Assert.Equal(born, await Calls.FindAsync(born.Id, Stop));

        CallRecord ended = Complete(born);
        await Calls.EndedAsync(ended, null, Stop);
        Assert.Equal(ended, await Calls.FindAsync(born.Id, Stop));
        Assert.Null(await Calls.FindAsync(Id("rtc_b"), Stop));
    }

    [Fact]
    public async Task A_call_that_was_answered_is_known_as_that_when_the_process_dies()
    {
        CallRecord born = Ringing("rtc_a", Noon);
        CallRecord answered = born with { State = CallState.Answering, Model = "scripted-greeter", AcceptedAt = Noon.AddSeconds(1), AnsweredAt = Noon.AddSeconds(2) };
        await Calls.BornAsync(born, null, Stop);
        Assert.True(Calls.Answered(answered));

        Assert.Equal(1, await Calls.CloseAbandonedAsync(Noon.AddSeconds(9), Stop));

        CallRecord? found = await Calls.FindAsync(born.Id, Stop);
        Assert.Equal(answered with { State = CallState.Ended, EndedAt = Noon.AddSeconds(9), Ended = new EndReason(EndedBy.Switchhook, EndedBecause.ProcessDied) }, found);
    }

    [Fact]
    public async Task Every_reason_a_call_can_end_for_is_read_as_it_was_written()
    {
        foreach (EndedBy by in Enum.GetValues<EndedBy>())
        {
            foreach (EndedBecause because in Enum.GetValues<EndedBecause>())
            {
                CallRecord call = Ringing($"rtc_{by}{because}", Noon) with { State = CallState.Ended, Ended = new EndReason(by, because, 480), EndedAt = Noon };
                await Calls.EndedAsync(call, null, Stop);
                Assert.Equal(call, await Calls.FindAsync(call.Id, Stop));
            }
        }
    }

    [Fact]
    public async Task A_timeline_is_read_in_order_and_byte_for_byte()
    {
        TimelineEntry[] entries =
        [
            Entry(1, "call.state", """{"from":"ringing","to":"opening"}"""),
            Entry(2, "sip.received", ""),
            Entry(3, "response.output_audio_transcript.delta", """{"delta":"Grüße, \u0000 世界 \"'; DROP TABLE calls; --"}"""),
            Entry(4, "api.request", "{}") with { Plane = Plane.Api, Text = "naïve 'text'" },
        ];
        CallId call = Id("rtc_a");
        foreach (TimelineEntry entry in entries) { Assert.True(Calls.Append(call, entry)); }
        Assert.True(Calls.Append(Id("rtc_b"), Entry(1, "other", "")));
        await Calls.EndedAsync(Ringing("rtc_a", Noon), null, Stop);

        Same(entries, await Calls.TimelineAsync(call, 0, 100, Stop));
        Same(entries[1..3], await Calls.TimelineAsync(call, 1, 2, Stop));
        Same([], await Calls.TimelineAsync(call, 4, 100, Stop));
    }

    [Fact]
    public async Task What_was_appended_before_the_end_is_there_at_the_end()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 200);
            var calls = Enumerable.Range(0, 5).Select(number => Id($"rtc_{seed}_{number}")).ToArray();
            var written = calls.ToDictionary(call => call, _ => 0);
            for (int step = 0; step < count; step++)
            {
                CallId call = calls[random.Next(calls.Length)];
                Assert.True(Calls.Append(call, Entry(++written[call], "step", $$"""{"step":{{step}}}""")));
            }
            foreach (CallId call in calls)
            {
                await Calls.EndedAsync(Ringing(call.Value, Noon), null, Stop);
                IReadOnlyList<TimelineEntry> read = await Calls.TimelineAsync(call, 0, int.MaxValue, Stop);
                Assert.True(read.Select(entry => entry.Sequence).SequenceEqual(Enumerable.Range(1, written[call]).Select(n => (long)n)), $"seed {seed}");
            }
        }
    }

    [Fact]
    public async Task What_happens_after_the_end_continues_the_timeline()
    {
        CallId call = Id("rtc_a");
        Assert.True(Calls.Append(call, Entry(1, "call.state", "")) && Calls.Append(call, Entry(2, "call.ended", "{}")));
        await Calls.EndedAsync(Complete(Ringing("rtc_a", Noon)), null, Stop);
        Assert.True(Outbox.Note(call, Entry(0, "webhook.attempt", """{"status":500}""")) && Outbox.Note(call, Entry(0, "webhook.attempt", "")));
        await Outbox.DoneAsync("wh_a", Stop);

        IReadOnlyList<TimelineEntry> read = await Calls.TimelineAsync(call, 2, 10, Stop);
        Same([Entry(0, "webhook.attempt", """{"status":500}""") with { Sequence = 3 }, Entry(0, "webhook.attempt", "") with { Sequence = 4 }], read);
    }

    /// <summary>The dialog of a call that has ended still speaks while the webhook of its end is being delivered: both count.</summary>
    [Fact]
    public async Task Two_who_count_after_the_end_lose_nothing_to_each_other()
    {
        CallId call = Id("rtc_a");
        Assert.True(Calls.Append(call, Entry(1, "call.ended", "{}")));
        await Calls.EndedAsync(Complete(Ringing("rtc_a", Noon)), null, Stop);
        Assert.True(Outbox.Note(call, Entry(0, "webhook.attempt", "")) && Calls.Append(call, Entry(2, "sip.received", "")) && Calls.Append(call, Entry(3, "sip.sent", "")));
        await Outbox.DoneAsync("wh_a", Stop);

        IReadOnlyList<TimelineEntry> read = await Calls.TimelineAsync(call, 0, 10, Stop);
        Assert.Equal("1 call.ended, 2 webhook.attempt, 3 sip.received, 4 sip.sent", string.Join(", ", read.Select(entry => $"{entry.Sequence} {entry.Kind}")));
    }

    [Fact]
    public async Task Pages_put_together_are_all_calls_of_the_project_newest_first()
    {
        for (int seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            string project = $"proj_{seed}";
            var all = new List<CallRecord>();
            for (int number = 0; number < 40; number++)
            {
                // Few distinct times, so that the order among equals is tried as well.
                CallRecord call = Ringing($"rtc_{seed}_{random.Next():x8}", Noon.AddTicks(random.Next(8))) with { Project = random.Next(3) == 0 ? "proj_other" : project };
                await Calls.BornAsync(call, null, Stop);
                if (call.Project == project) { all.Add(call); }
            }

            var paged = new List<CallRecord>();
            int limit = random.Next(1, 9);
            while (await Calls.ListAsync(project, limit, paged.Count == 0 ? null : paged[^1].Id, Stop) is { Count: > 0 } page)
            {
                Assert.True(page.Count <= limit, $"seed {seed}");
                paged.AddRange(page);
            }
            Assert.Equal(all.OrderByDescending(call => call.CreatedAt).ThenByDescending(call => call.Id.Value, StringComparer.Ordinal), paged);
            Assert.Empty(await Calls.ListAsync(project, 10, Id("rtc_nobody"), Stop));
        }
    }

    [Fact]
    public async Task The_outbox_gives_what_is_due_oldest_first_and_only_of_the_durable_lane()
    {
        await Calls.BornAsync(Ringing("rtc_a", Noon), Webhook("wh_ring", "rtc_a", Noon) with { Lane = OutboxLane.Ringing }, Stop);
        Assert.Null(await Outbox.NextDueAsync(Stop));

        OutboxMessage late = Webhook("wh_late", "rtc_a", Noon.AddSeconds(9)), first = Webhook("wh_first", "rtc_b", Noon), second = Webhook("wh_second", "rtc_c", Noon.AddSeconds(1));
        await Calls.EndedAsync(Ringing("rtc_a", Noon), late, Stop);
        await Calls.EndedAsync(Ringing("rtc_c", Noon), second, Stop);
        await Calls.EndedAsync(Ringing("rtc_b", Noon), first, Stop);

        Assert.Equal(Noon, await Outbox.NextDueAsync(Stop));
        Same([], await Outbox.DueAsync(Noon.AddTicks(-1), 10, Stop));
        Same([first, second], await Outbox.DueAsync(Noon.AddSeconds(1), 10, Stop));
        Same([first], await Outbox.DueAsync(Noon.AddSeconds(1), 1, Stop));

        await Outbox.PostponeAsync("wh_first", 3, Noon.AddHours(1), Stop);
        Same([second, late, first with { Attempts = 3, NextAttemptAt = Noon.AddHours(1) }], await Outbox.DueAsync(Noon.AddHours(2), 10, Stop));

        foreach (string id in (string[])["wh_second", "wh_late", "wh_unknown"]) { await Outbox.DoneAsync(id, Stop); }
        Assert.Equal(Noon.AddHours(1), await Outbox.NextDueAsync(Stop));
        await Outbox.DoneAsync("wh_first", Stop);
        Assert.Null(await Outbox.NextDueAsync(Stop));
    }

    [Fact]
    public async Task Calls_left_alive_are_ended_with_a_reason_and_the_ended_ones_are_left_alone()
    {
        CallRecord alive = Ringing("rtc_alive", Noon) with { State = CallState.Active, AnsweredAt = Noon };
        CallRecord over = Complete(Ringing("rtc_over", Noon));
        await Calls.BornAsync(alive, Webhook("wh_ring", "rtc_alive", Noon) with { Lane = OutboxLane.Ringing }, Stop);
        await Calls.EndedAsync(over, Webhook("wh_over", "rtc_over", Noon), Stop);
        Calls.Append(alive.Id, Entry(1, "call.state", ""));

        Assert.Equal(1, await Calls.CloseAbandonedAsync(Noon.AddMinutes(5), Stop));

        var reason = new EndReason(EndedBy.Switchhook, EndedBecause.ProcessDied);
        Assert.Equal(alive with { State = CallState.Ended, EndedAt = Noon.AddMinutes(5), Ended = reason }, await Calls.FindAsync(alive.Id, Stop));
        Assert.Equal(over, await Calls.FindAsync(over.Id, Stop));
        TimelineEntry last = (await Calls.TimelineAsync(alive.Id, 0, 10, Stop))[^1];
        Assert.Equal((2L, "call.ended", Noon.AddMinutes(5)), (last.Sequence, last.Kind, last.At));
        Assert.Single(await Outbox.DueAsync(Noon, 10, Stop));
        Assert.Equal(0, await Calls.CloseAbandonedAsync(Noon.AddMinutes(6), Stop));
    }

    [Fact]
    public async Task What_was_awaited_survives_the_death_of_the_process()
    {
        OutboxMessage webhook = Webhook("wh_a", "rtc_a", Noon);
        CallRecord born = Ringing("rtc_a", Noon);
        await Calls.BornAsync(born, webhook, Stop);
        Calls.Append(born.Id, Entry(1, "call.state", "{}"));
        await Calls.EndedAsync(Ringing("rtc_b", Noon), null, Stop);

        await using IStoreUnderTest after = await Under.CrashAsync();

        Assert.Equal(born, await after.Calls.FindAsync(born.Id, Stop));
        Same([webhook], await after.Outbox.DueAsync(Noon, 10, Stop));
        Assert.Single(await after.Calls.TimelineAsync(born.Id, 0, 10, Stop));
        Assert.Equal(2, await after.Calls.CloseAbandonedAsync(Noon, Stop));
    }

    [Fact]
    public async Task Closing_the_store_writes_what_was_queued_and_takes_nothing_more()
    {
        CallId call = Id("rtc_a");
        for (int sequence = 1; sequence <= 500; sequence++) { Assert.True(Calls.Append(call, Entry(sequence, "step", "{}"))); }
        await using IStoreUnderTest again = await Under.CloseAndReopenAsync();

        Assert.Equal(500, (await again.Calls.TimelineAsync(call, 0, 1_000, Stop)).Count);
        Assert.False(Calls.Append(call, Entry(501, "step", "{}")));
        await Assert.ThrowsAsync<StoreException>(() => Calls.BornAsync(Ringing("rtc_b", Noon), null, Stop));
        await Assert.ThrowsAsync<StoreException>(() => Calls.EndedAsync(Ringing("rtc_b", Noon), null, Stop));
        await Assert.ThrowsAsync<StoreException>(() => Calls.FindAsync(call, Stop));
    }

    [Fact]
    public async Task Many_calls_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(async () =>
        {
            CallRecord call = Ringing($"rtc_{number}", Noon);
            await Calls.BornAsync(call, null, Stop);
            for (int sequence = 1; sequence <= 40; sequence++)
            {
                Assert.True(Calls.Append(call.Id, Entry(sequence, "step", "{}")));
                if (sequence % 10 == 0) { await Calls.FindAsync(call.Id, Stop); }
            }
            await Calls.EndedAsync(Complete(call), null, Stop);
            Assert.Equal(40, (await Calls.TimelineAsync(call.Id, 0, 100, Stop)).Count);
        }, Stop)));
        Assert.Equal(50, (await Calls.ListAsync("proj_demo", 100, null, Stop)).Count);
    }

    private protected static CallId Id(string text) => CallId.TryParse(text, out CallId id) ? id : throw new ArgumentException(text);

    private protected static CallRecord Ringing(string id, DateTimeOffset at) => new()
    {
        Id = Id(id),
        Project = "proj_demo",
        State = CallState.Ringing,
        SipCallId = "a84b4c76e66710@pc33",
        From = "\"Jörg 'O\" <sip:alice@example.com>;tag=1928301774",
        To = "<sip:proj_demo@198.51.100.9>",
        Peer = "udp 203.0.113.5:5060",
        CreatedAt = at,
    };

    private protected static CallRecord Complete(CallRecord call) => call with
    {
        State = CallState.Ended,
        Model = "scripted-greeter",
        AcceptedAt = call.CreatedAt.AddMilliseconds(120),
        AnsweredAt = call.CreatedAt.AddMilliseconds(480),
        EndedAt = call.CreatedAt.AddSeconds(31).AddTicks(7),
        Ended = new EndReason(EndedBy.Caller, EndedBecause.HungUp, 200),
        Recording = "data/recordings/a.wav",
        TimelineGap = 3,
        Media = new MediaStats
        {
            PacketsSent = 1500,
            PacketsReceived = 1490,
            PacketsLost = 10,
            PacketsLate = 2,
            PacketsDropped = 1,
            FramesConcealed = 12,
            JitterMs = 1.25,
            DelayMs = 60,
            RoundTripMs = 34.5,
            RemoteLost = 4,
            Mos = 4.2,
        },
    };

    private protected static TimelineEntry Entry(long sequence, string kind, string data) =>
        new(sequence, Noon.AddTicks(sequence), Plane.Call, kind, $"entry {sequence}", Encoding.UTF8.GetBytes(data));

    private protected static OutboxMessage Webhook(string id, string call, DateTimeOffset due) => new()
    {
        Id = id,
        CallId = Id(call),
        Project = "proj_demo",
        EventType = "switchhook.call.ended",
        Body = Encoding.UTF8.GetBytes("""{"object":"event","name":"Grüße"}"""),
        Lane = OutboxLane.Durable,
        CreatedAt = Noon,
        NextAttemptAt = due,
    };

    private static void Same(IEnumerable<TimelineEntry> expected, IEnumerable<TimelineEntry> actual) =>
        Assert.Equal(expected.Select(Flat), actual.Select(Flat));

    private static void Same(IEnumerable<OutboxMessage> expected, IEnumerable<OutboxMessage> actual) =>
        Assert.Equal(expected.Select(Flat), actual.Select(Flat));

    // Records with bytes in them compare the memory, not what is in it.
    private static (TimelineEntry, string) Flat(TimelineEntry entry) => (entry with { Data = default }, Encoding.UTF8.GetString(entry.Data.Span));

    private static (OutboxMessage, string) Flat(OutboxMessage message) => (message with { Body = default }, Encoding.UTF8.GetString(message.Body.Span));
}

/// <summary>An empty store of some kind, and the two ways it can stop.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    ICallStore Calls { get; }

    IOutbox Outbox { get; }

    /// <summary>What another process finds when this one is killed now.</summary>
    Task<IStoreUnderTest> CrashAsync();

    Task<IStoreUnderTest> CloseAndReopenAsync();
}
