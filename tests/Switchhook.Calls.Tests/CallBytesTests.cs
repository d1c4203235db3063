using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;
using Switchhook.Simulation;

namespace Switchhook.Calls.Tests;

/// <summary>What one call holds is bounded in bytes, whoever says how much.</summary>
public sealed class CallBytesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // It may be named by a socket that was lost; it is not told again.
    [Fact]
    public void An_event_that_is_too_large_for_a_history_is_told_once_and_noted_by_its_size()
    {
        (World world, CallId id) = Talking(1);
        Listening socket = world.App.Attach(id)!;
        world.Run(Second);
        world.Engines.Say(id, Item(Limits.TimelineEventBytes));
        world.Engines.Say(id, Item(10));
        world.Run(Second);
        Listening before = world.App.Attach(id, startingAfter: socket.Events[0].EventId)!;
        Listening behind = world.App.Attach(id, startingAfter: socket.Events[1].EventId)!;
        world.Run(Second);

        Assert.Equal("session.created conversation.item.added conversation.item.added", string.Join(' ', socket.Types));
        Assert.Equal([socket.Events[0], socket.Events[2]], before.Events);
        Assert.Equal([socket.Events[0], socket.Events[2]], behind.Events);
        TimelineEntry[] kept = [.. world.Disk.Timelines[id].Where(entry => entry.Kind == "conversation.item.added")];
        Assert.Equal([true, false], kept.Select(entry => entry.Data.IsEmpty));
        Assert.Matches("^262[0-9]{3} bytes, too many for a history$", kept[0].Text);
        Assert.Empty(world.App.Faults);
    }

    [Fact]
    public void A_history_forgets_the_oldest_when_its_bytes_are_too_many()
    {
        var timeline = new CallTimeline();
        byte[] data = new byte[Limits.TimelineEventBytes - 20];
        const int Kept = Limits.TimelineBytes / Limits.TimelineEventBytes;
        for (int sequence = 1; sequence <= 3 * Kept; sequence++)
        {
            timeline.Add(new TimelineEntry(sequence, default, Plane.Session, "test.line", "ten chars.", data));
            IReadOnlyList<TimelineEntry> entries = timeline.Read(0);
            Assert.Equal(Math.Min(sequence, Kept), entries.Count);
            Assert.Equal(sequence, entries[^1].Sequence);
        }
        // What is overwritten weighs nothing any more.
        for (int sequence = (3 * Kept) + 1; sequence <= (3 * Kept) + (2 * Limits.TimelineEntries); sequence++)
        {
            timeline.Add(new TimelineEntry(sequence, default, Plane.Session, "test.line", "", new byte[1024]));
        }
        Assert.Equal(Limits.TimelineEntries, timeline.Read(0).Count);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(long.MaxValue, 0)]
    public void A_history_is_read_from_anywhere(long after, int count)
    {
        var timeline = new CallTimeline();
        timeline.Add(new TimelineEntry(1, default, Plane.Call, "test.line", "", default));
        timeline.Add(new TimelineEntry(2, default, Plane.Call, "test.line", "", default));
        Assert.Equal(count, timeline.Read(after).Count);
    }

    // An event may have 21 MiB, and there is no reason to hold one for each of the places.
    [Fact]
    public void What_is_said_before_the_session_is_open_is_bounded_in_bytes()
    {
        var world = new World(2, temper: _ => new EngineTemper { Opening = 3 * Second });
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        world.Phones.Place(world.Now, "proj_sim");
        world.Run(Second);
        CallId id = Assert.Single(world.App.Announced);
        Listening socket = world.App.Attach(id)!;
        int posted = 0;
        world.Engines.Posted = () => posted++;
        foreach (int bytes in (int[])[Limits.SocketMessageBytes - 100, 101, 100, 1])
        {
            _ = socket.Sideband.PostAsync(new InputAudioBufferClear(), bytes).AsTask();
        }
        world.Run(Second);
        Assert.Equal("error error", string.Join(' ', socket.Types));
        Assert.Equal(0, posted);
        world.Run(3 * Second);
        Assert.Equal(2, posted);
    }

    // A socket that could say more meanwhile could fill an engine with events of 21 MiB.
    [Theory]
    [InlineData(true, "session.created")]
    [InlineData(false, "session.created error")]
    public void What_is_said_to_a_session_keeps_its_socket_waiting_until_it_was_heard(bool isHeard, string told)
    {
        (World world, CallId id) = Talking(4);
        Listening socket = world.App.Attach(id)!, other = world.App.Attach(id)!;
        int posted = 0;
        world.Engines.Posted = () => posted++;
        var hearing = new TaskCompletionSource<bool>();
        world.Engines.Hearing = hearing.Task;
        Task<bool> said = world.Scheduler.Start(() => socket.Sideband.PostAsync(new InputAudioBufferClear(), Limits.SocketMessageBytes).AsTask());
        world.Run(Second);
        Assert.Equal(1, posted);
        Assert.False(said.IsCompleted);

        hearing.SetResult(isHeard);
        world.Run(Second);
        Assert.True(said.IsCompletedSuccessfully);
        Assert.Equal(told, string.Join(' ', socket.Types));
        Assert.Equal("session.created", string.Join(' ', other.Types));
        Assert.Empty(world.App.Faults);
    }

    // Text is bounded as audio is: what a slow reader has not read may be held by nobody else.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_socket_that_reads_too_slowly_is_closed_and_the_call_goes_on(bool isAudio)
    {
        (World world, CallId id) = Talking(3);
        using Sideband slow = world.Directory.Find(id, "proj_sim")!.Attach(null, includesAudio: true)!;
        Listening quick = world.App.Attach(id, includesAudio: true)!;
        for (int megabyte = 0; megabyte < 52; megabyte++)
        {
            world.Run(TimeSpan.FromMilliseconds(100));
            if (isAudio) { world.Engines.Speak(id, 1 << 20); }
            else { world.Engines.Say(id, Item(3 << 19)); }
        }
        world.Run(Second);
        Assert.Equal((1008, "The socket reads too slowly"), (slow.CloseCode, slow.CloseReason));
        Assert.Equal(52, quick.Types.Count(type => type is "response.output_audio.delta" or "conversation.item.added"));
        Assert.Single(world.Disk.Timelines[id], entry => entry.Kind == "sideband.closed");
        Assert.Empty(world.App.Faults);
        Assert.Empty(world.App.Ends);
    }

    private static (World World, CallId Id) Talking(int seed)
    {
        var world = new World(seed);
        world.App.OnIncoming = id => world.App.AcceptAsync(id);
        world.Phones.Place(world.Now, "proj_sim");
        world.Run(2 * Second);
        return (world, Assert.Single(world.App.Announced));
    }

    private static Func<string, ServerEvent> Item(int chars) => id =>
        new ConversationItemAdded(null, new MessageItem(ItemRole.User, [new InputTextPart(new string('a', chars))]) { Id = "item_1" }) { EventId = id };
}
