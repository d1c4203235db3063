using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Sip;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Simulation;

namespace Switchhook.Calls.Tests;

/// <summary>Whole calls in simulated time: real SIP on both sides, real calls, a network that may be bad, an app that may be late.</summary>
public sealed class WorldTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // S1, O5.
    [Fact]
    public void An_accepted_call_is_answered_and_ends_with_its_reason_when_the_caller_hangs_up_S1()
    {
        var world = new World(1);
        Listening? socket = null;
        world.App.OnIncoming = async id =>
        {
            socket = world.App.Attach(id);                              // S9: before anything was decided
            Assert.Equal(Verdict.Done, (await world.App.AcceptAsync(id)).Verdict);
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        Assert.Contains("answered", world.Phones.Seen[dialog]);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        Assert.NotNull(socket);
        Assert.Equal(
            "session.created call.caller_disconnected input_audio_buffer.cleared input_audio_buffer.cleared input_audio_buffer.cleared call.ended",
            string.Join(' ', socket.Types));
        Assert.Equal(1000, socket.Closed);
        CallRecord record = Assert.Single(world.App.Ends);
        Assert.Equal(new EndReason(EndedBy.Caller, EndedBecause.HungUp), record.Ended);
        Assert.NotNull(record.AnsweredAt);
        Laws.Check(world, "");
    }

    // S2, O6: the caller gives up while the model is being reached; the accept that crossed it finds nobody.
    [Fact]
    public void A_caller_who_gives_up_while_ringing_leaves_no_engine_and_stops_the_webhook_S2()
    {
        var world = new World(2, temper: _ => new EngineTemper { Opening = 3 * Second });
        EndReason? known = null;
        world.App.OnIncoming = async id =>
        {
            Call call = world.Directory.Find(id, "proj_sim")!;
            await world.App.AcceptAsync(id);
            known = call.Record.Ended;                                  // the answer must be able to say why
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        world.Phones.Cancel(world.Now, dialog);
        world.Run(10 * Second);

        Assert.Equal(Verdict.Gone, Assert.Single(Assert.Single(world.App.Answers).Value).Verdict);
        Assert.Equal(EndedBecause.Cancelled, known?.Because);
        Assert.Contains("refused 487", world.Phones.Seen[dialog]);
        Assert.Equal(Assert.Single(world.App.Announced), Assert.Single(world.App.Stopped));
        Assert.Equal(0, world.Engines.Alive);
        Assert.Equal(new EndReason(EndedBy.Caller, EndedBecause.Cancelled, 487), Assert.Single(world.App.Ends).Ended);
        Laws.Check(world, "");
    }

    [Fact]
    public void A_call_that_nobody_decides_is_refused_so_that_the_carrier_may_try_elsewhere_L5()
    {
        var world = new World(3);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(25 * Second);
        Assert.Equal("180 refused 503", string.Join(' ', world.Phones.Seen[dialog].Distinct().Where(s => s != "closed")));
        Assert.Equal(EndedBecause.NoDecision, Assert.Single(world.App.Ends).Ended!.Value.Because);
        Laws.Check(world, "");
    }

    [Fact]
    public void A_call_to_nobody_we_know_is_refused_404_and_never_becomes_a_call_L6()
    {
        var world = new World(4);
        var dialog = world.Phones.Place(world.Now, "proj_other");
        world.Run(5 * Second);
        Assert.Contains("refused 404", world.Phones.Seen[dialog]);
        Assert.Equal(404, Assert.Single(world.App.Refusals).Status);
        Assert.Empty(world.Disk.Records);
        Laws.Check(world, "");
    }

    // §9.34: the limit is told with its number, and when to come again; a place is free when a call has ended.
    [Fact]
    public void One_call_too_many_is_refused_503_with_Retry_After()
    {
        var world = new World(14, calls: 1);
        var first = world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        var second = world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        Assert.Contains("refused 503", world.Phones.Seen[second]);
        SipCause refusal = Assert.Single(world.App.Refusals);
        Assert.Equal((503, 5, "The limit of 1 calls is reached"), (refusal.Status, refusal.RetryAfterSeconds, refusal.Text));

        world.Phones.HangUp(world.Now, first);
        world.Run(Second);
        var third = world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        Assert.Contains("180", world.Phones.Seen[third]);
        Laws.Check(world, "");
    }

    [Fact]
    public void A_disk_that_cannot_take_the_birth_means_503_and_no_announcement()
    {
        var world = new World(5);
        world.Disk.IsBroken = true;
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(5 * Second);
        Assert.Contains("refused 503", world.Phones.Seen[dialog]);
        Assert.DoesNotContain("180", world.Phones.Seen[dialog]);
        Assert.Empty(world.App.Announced);
        Assert.DoesNotContain(Assert.Single(world.Disk.Timelines).Value, entry => entry.Kind == "webhook.none");
        Assert.NotEmpty(world.App.Faults);
        Assert.Equal(world.App.Births, world.App.Ends.Count);
        Assert.Equal(0, world.Directory.Count);
    }

    // §9.41: what an observer missed is not gone for good.
    [Fact]
    public void A_socket_that_comes_late_is_told_the_session_and_replayed_what_it_missed()
    {
        var world = new World(6);
        Listening? first = null, late = null;
        world.App.OnIncoming = async id =>
        {
            first = world.App.Attach(id);
            await world.App.AcceptAsync(id);
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(TimeSpan.FromMilliseconds(500));
        CallId call = Assert.Single(world.App.Announced);
        late = world.App.Attach(call, startingAfter: first!.Events[0].EventId);
        Listening? wrong = world.App.Attach(call, startingAfter: "event_unknown");
        // What a late-comer was told first is an event of the history too: it may resume after it.
        world.Run(TimeSpan.FromMilliseconds(1));
        Listening? again = world.App.Attach(call, startingAfter: late!.Events[0].EventId);
        world.Run(5 * Second);

        Assert.Equal("session.created", late!.Types.First());
        Assert.Equal(first.Events.Skip(1), late.Events.Skip(1));
        Assert.Equal("session.created error", string.Join(' ', wrong!.Types.Take(2)));
        Assert.Equal(late.Events, again!.Events);
        Laws.Check(world, "");
    }

    [Fact]
    public void The_history_tells_every_plane_in_one_order()
    {
        var world = new World(7);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        List<TimelineEntry> history = Assert.Single(world.Disk.Timelines).Value;
        Assert.Equal(Enumerable.Range(1, history.Count).Select(i => (long)i), history.Select(entry => entry.Sequence));
        string[] kinds = [.. history.Select(entry => entry.Kind)];
        string[] expected = ["call.born", "webhook.attempt", "engine.opening", "media.plan", "session.created", "call.caller_disconnected", "call.ended"];
        Assert.Equal(expected, kinds.Where(expected.Contains));
        Assert.Equal(
            "INVITE 100 180 200 ACK BYE 200",
            string.Join(' ', history.Where(entry => entry.Plane == Plane.Sip).Select(entry => entry.Text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) ? entry.Text.Split(' ')[1] : entry.Text.Split(' ')[0])));
    }

    // S4, L14: these phones know no REFER.
    [Fact]
    public void A_transfer_that_the_peer_refuses_is_told_and_the_call_goes_on_S4()
    {
        var world = new World(9);
        CallAnswer? refused = null;
        world.App.OnIncoming = async id =>
        {
            await world.App.AcceptAsync(id);
            world.After(Second, () => world.Scheduler.Start(async () => refused = await world.App.AskAsync(id, new CallMessage.Refer("tel:+14155550123"))));
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(3 * Second);
        Assert.Equal((Verdict.ReferRefused, 405), (refused?.Verdict, refused?.Cause?.Status));
        Assert.DoesNotContain("bye", world.Phones.Seen[dialog]);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);
        Assert.Equal(new EndReason(EndedBy.Caller, EndedBecause.HungUp), Assert.Single(world.App.Ends).Ended);
        Assert.Equal(
            "transfer.requested transfer.refused transfer.ended",
            string.Join(' ', Assert.Single(world.Disk.Timelines).Value.Select(entry => entry.Kind).Where(kind => kind.StartsWith("transfer.", StringComparison.Ordinal))));
        Laws.Check(world, "");
    }

    [Fact]
    public void A_model_that_was_too_slow_to_listen_is_told_of_in_the_history()
    {
        var world = new World(13);
        world.Media.Heard = Limits.HeardFrames + 5;
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);
        Assert.StartsWith("100 ms", Assert.Single(Assert.Single(world.Disk.Timelines).Value, entry => entry.Kind == "engine.late").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_range_that_is_used_up_means_503_and_an_end_with_that_reason()
    {
        var world = new World(8, ports: 1);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        var second = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        Assert.Contains("refused 503", world.Phones.Seen[second]);
        Assert.Equal(EndedBecause.NoPort, Assert.Single(world.App.Ends).Ended!.Value.Because);
    }

    // L35.
    [Fact]
    public void Draining_the_house_lets_calls_end_then_hangs_up_the_rest()
    {
        var world = new World(9);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        Task drained = world.Scheduler.Start(() => world.Directory.DrainAsync(10 * Second));
        world.Run(5 * Second);
        Assert.False(drained.IsCompleted);
        var refused = world.Phones.Place(world.Now, "proj_sim");
        world.Run(20 * Second);
        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Contains("refused 503", world.Phones.Seen[refused]);
        Assert.Contains("bye", world.Phones.Seen[dialog]);
        Assert.Equal(EndedBecause.Shutdown, Assert.Single(world.App.Ends).Ended!.Value.Because);
    }

    [Fact]
    public void An_accept_that_came_too_late_changes_nothing_that_is_known_of_the_call()
    {
        var world = new World(10);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        var other = new CallMessage.Accept(Sample.Config, Sample.Body("""{"type":"realtime","model":"m"}"""));
        world.After(Second / 2, () => world.Scheduler.Start(() => world.App.AskAsync(id, other)));
        world.Run(Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        Assert.Equal([Verdict.Done, Verdict.WrongState], world.App.Answers[id].Select(answer => answer.Verdict));
        Assert.Equal("simulated", Assert.Single(world.App.Ends).Model);
        Laws.Check(world, "");
    }

    [Fact]
    public async Task What_an_application_says_is_in_the_history_and_a_socket_that_left_is_not_called_slow()
    {
        var world = new World(11);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        Listening socket = world.App.Attach(id)!;
        Task<bool> taken = socket.Sideband.PostAsync(new InputAudioBufferClear { EventId = "mine-1" }, 64).AsTask();
        world.Run(Second);

        // There is no room to tell that it has left: the next event finds out.
        Call call = world.Directory.Find(id, "proj_sim")!;
        for (int line = 0; line < Limits.CallMailbox; line++) { call.Jot(new CallMessage.Note(Plane.Api, "test.line", "", default)); }
        socket.Sideband.Dispose();
        world.Run(Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        List<TimelineEntry> history = world.Disk.Timelines[id];
        Assert.Equal("mine-1", Assert.Single(history, entry => entry.Kind == "client.input_audio_buffer.clear").Text);
        Assert.Single(history, entry => entry.Kind == "sideband.detached");
        Assert.DoesNotContain(history, entry => entry.Kind == "sideband.closed");
        Assert.True(await taken);       // its answer comes from outside of this world
    }

    // What waits for a session that never comes is not left without an answer.
    [Fact]
    public void What_was_said_before_a_call_that_was_never_accepted_is_refused_before_its_end_is_told()
    {
        var world = new World(12);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        Listening socket = world.App.Attach(id)!, other = world.App.Attach(id)!;
        _ = socket.Sideband.PostAsync(new UnreadableEvent(RealtimeError.Invalid("invalid_json", "It is none.")), 64).AsTask();
        _ = socket.Sideband.PostAsync(new InputAudioBufferClear { EventId = "mine-1" }, 64).AsTask();
        world.Run(Second);
        Assert.Empty(socket.Events);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        Assert.Equal("error error call.ended", string.Join(' ', socket.Types));
        Assert.Equal("call.ended", string.Join(' ', other.Types));
        Assert.Single(world.Disk.Timelines[id], entry => entry.Kind == "client.unreadable");
        Assert.Empty(world.App.Faults);
    }

    // It costs nothing when nobody asks: the engine is asked for it by the first who wants it, and let off by the last.
    [Fact]
    public void The_audio_of_a_call_goes_to_who_asked_for_it_and_into_no_history()
    {
        var world = new World(13);
        Listening? early = null;
        world.App.OnIncoming = async id =>
        {
            early = world.App.Attach(id, includesAudio: true);
            await world.App.AcceptAsync(id);
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        Listening plain = world.App.Attach(id)!;
        world.Engines.Speak(id, 960);
        world.Run(Second);
        early!.Sideband.Dispose();
        world.Run(Second);
        Assert.False(world.Engines.TellsAudio(id));
        Listening late = world.App.Attach(id, includesAudio: true)!;
        world.Run(Second);
        world.Engines.Speak(id, 960);
        world.Run(Second);
        Listening resumed = world.App.Attach(id, startingAfter: early.Events[0].EventId, includesAudio: true)!;
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        Assert.Equal("session.created response.output_audio.delta", string.Join(' ', early.Types));
        Assert.Equal("session.created response.output_audio.delta call.caller_disconnected", string.Join(' ', late.Types.Take(3)));
        Assert.All([plain, resumed], socket => Assert.DoesNotContain("response.output_audio.delta", socket.Types));
        Assert.DoesNotContain(world.Disk.Timelines[id], entry => entry.Kind.Contains("audio.delta", StringComparison.Ordinal));
        Assert.Equal(1000, late.Closed);
    }

    // realtime-api §6.1: only who asks for an item is told how it sounded, and no history is.
    [Fact]
    public void The_audio_of_an_item_goes_to_the_sockets_and_into_no_history()
    {
        var world = new World(15);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        using Sideband socket = world.Directory.Find(id, "proj_sim")!.Attach(null, includesAudio: false)!;
        world.Engines.TellHeard(id, 300);
        world.Run(Second);
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);

        List<string> told = [];
        while (socket.TryTake(out ReadOnlyMemory<byte> json)) { told.Add(Encoding.UTF8.GetString(json.Span)); }
        Assert.Contains("\"audio\":\"AAAA", Assert.Single(told, json => json.Contains("item.retrieved", StringComparison.Ordinal)), StringComparison.Ordinal);
        string kept = Encoding.UTF8.GetString(Assert.Single(world.Disk.Timelines[id], entry => entry.Kind == "conversation.item.retrieved").Data.Span);
        Assert.Contains("Hello.", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("\"audio\"", kept, StringComparison.Ordinal);
    }

    // §9.9: what it was closed with stays, whatever it still says: it has not read that far yet.
    [Fact]
    public void A_socket_that_still_talks_when_the_call_has_ended_is_closed_with_1000()
    {
        var world = new World(15);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        CallId id = Assert.Single(world.App.Announced);
        using Sideband unread = world.Directory.Find(id, "proj_sim")!.Attach(null)!;
        world.Phones.HangUp(world.Now, dialog);
        world.Run(5 * Second);
        Assert.NotEmpty(world.App.Ends);
        _ = unread.PostAsync(new InputAudioBufferClear(), 64).AsTask();
        world.Run(Second);
        Assert.Equal((1000, "The call has ended"), (unread.CloseCode, unread.CloseReason));
    }

    // What decides waits for room; what is only a line of the history is lost, and counted.
    [Fact]
    public void A_mailbox_that_is_full_loses_lines_and_never_a_decision()
    {
        var world = new World(12, ports: 0);
        Call? call = null;
        world.App.OnIncoming = async id =>
        {
            call = world.Directory.Find(id, "proj_sim");
            _ = world.App.Attach(id)!.Sideband.PostAsync(new InputAudioBufferClear(), 64).AsTask();
            await world.App.AcceptAsync(id);
        };
        world.Engines.Posted = () =>
        {
            for (int line = 0; line < Limits.CallMailbox + 10; line++) { call!.Jot(new CallMessage.Note(Plane.Api, "test.line", "", default)); }
        };
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.Run(5 * Second);

        Assert.Contains("refused 503", world.Phones.Seen[dialog]);
        CallRecord record = Assert.Single(world.App.Ends);
        Assert.Equal(EndedBecause.NoPort, record.Ended!.Value.Because);
        Assert.InRange(record.TimelineGap, 10, 20);
        Laws.Check(world, "");
    }

    // Many phones, a bad network, an app that is late, twice, or absent, engines that fail; all drawn from one integer.
    [Fact]
    public void Any_world_keeps_the_laws()
    {
        for (int seed = 0; seed < 300; seed++) { RandomWorld(seed); }
    }

    private static void RandomWorld(int seed)
    {
        var dice = new Random(seed * 31 + 7);
        var weather = new NetworkWeather
        {
            Latency = TimeSpan.FromMilliseconds(dice.Next(0, 80)),
            Jitter = TimeSpan.FromMilliseconds(dice.Next(0, 60)),
            Loss = dice.Next(3) == 0 ? dice.NextDouble() * 0.3 : 0,
            Duplication = dice.Next(3) == 0 ? dice.NextDouble() * 0.3 : 0,
            Reordering = dice.Next(3) == 0 ? dice.NextDouble() * 0.3 : 0,
        };
        var world = new World(seed, weather, ports: dice.Next(4) == 0 ? 2 : 1_000, temper: random => new EngineTemper
        {
            Opening = TimeSpan.FromMilliseconds(random.Next(0, 4_000)),
            FailsToOpen = random.Next(6) == 0,
            LostAfter = random.Next(6) == 0 ? TimeSpan.FromSeconds(random.Next(1, 20)) : null,
            Finishing = TimeSpan.FromMilliseconds(random.Next(1, 5_000)),
            LateEvents = random.Next(1, 5),
        });
        world.App.OnIncoming = id => Decide(world, dice, id);
        for (int phone = 0; phone < 4; phone++) { world.After(TimeSpan.FromMilliseconds(dice.Next(0, 3_000)), () => Dial(world, dice)); }
        world.Run(TimeSpan.FromMinutes(4));
        Laws.Check(world, $"seed {seed}: ");
    }

    private static void Dial(World world, Random dice)
    {
        var dialog = world.Phones.Place(world.Now, "proj_sim");
        world.After(TimeSpan.FromMilliseconds(dice.Next(0, 30_000)), () =>
        {
            if (world.Phones.Seen[dialog].Contains("answered")) { world.Phones.HangUp(world.Now, dialog); }
            else { world.Phones.Cancel(world.Now, dialog); }
        });
        // Whoever cancelled into the answer, or never did anything, hangs up in the end.
        world.After(TimeSpan.FromSeconds(60), () => world.Phones.HangUp(world.Now, dialog));
    }

    private static async Task Decide(World world, Random dice, CallId id)
    {
        if (dice.Next(2) == 0) { world.App.Attach(id); }
        if (dice.Next(8) == 0) { return; }
        await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(0, 12_000)), world.Clock);
        if (dice.Next(6) == 0) { await world.App.AskAsync(id, new CallMessage.Reject(486)); return; }
        Task<CallAnswer> accept = world.App.AcceptAsync(id);
        if (dice.Next(3) == 0) { _ = world.App.AcceptAsync(id); }
        if (dice.Next(4) == 0) { _ = world.App.AskAsync(id, new CallMessage.Hangup()); }
        if ((await accept).Verdict == Verdict.EngineFailed) { await world.App.AcceptAsync(id); }
        world.App.Attach(id);
        if (dice.Next(3) != 0) { return; }
        await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(0, 20_000)), world.Clock);
        await world.App.AskAsync(id, new CallMessage.Hangup());
    }
}
