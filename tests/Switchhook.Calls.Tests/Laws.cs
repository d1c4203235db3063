using Switchhook.Calls.Ports;
using Switchhook.Simulation;

namespace Switchhook.Calls.Tests;

/// <summary>What must hold of every world once it has come to rest.</summary>
internal static class Laws
{
    public static void Check(World world, string which)
    {
        world.Run(TimeSpan.FromMinutes(2));

        Assert.True(world.App.Faults.Count == 0, $"{which}{string.Join('\n', world.App.Faults)}");
        Assert.True(world.Directory.Count == 0, $"{which}{world.Directory.Count} calls are still found");
        Assert.True(world.Media.Open == 0, $"{which}{world.Media.Open} ports did not come back");
        Assert.True(world.Engines.Alive == 0, $"{which}{world.Engines.Alive} engines outlive their calls");
        Assert.True(world.Server.DialogCount == 0, $"{which}{world.Server.DialogCount} dialogs are left");
        Assert.True(world.Server.TransactionCount == 0, $"{which}{world.Server.TransactionCount} transactions are left");

        foreach ((CallId id, CallRecord record) in world.Disk.Records)
        {
            Assert.True(world.Disk.Ends.GetValueOrDefault(id) == 1, $"{which}{id} ended {world.Disk.Ends.GetValueOrDefault(id)} times");
            Assert.True(record is { State: CallState.Ended, Ended: not null, EndedAt: not null }, $"{which}{id} has no end");
        }

        // Every INVITE gets exactly one final answer, as the caller sees it.
        foreach (List<string> seen in world.Phones.Seen.Values)
        {
            int finals = seen.Count(s => s == "answered" || s.StartsWith("refused", StringComparison.Ordinal));
            Assert.True(finals == 1, $"{which}a caller saw {string.Join(' ', seen)}");
        }

        // No event of a drained session is lost: a socket that was there from the start was told all that was said, and the end.
        foreach ((CallId id, List<Listening> sockets) in world.App.Sockets)
        {
            foreach (Listening socket in sockets)
            {
                Assert.True(socket.Closed == 1000, $"{which}a socket of {id} was closed with {socket.Closed}");
                Assert.True(socket.Events.Count == 0 || socket.Types.Last() == "call.ended" || socket.Types.Last() == "session.created", $"{which}the last word was {socket.Types.LastOrDefault()}");
                Assert.True(socket.Types.Count(type => type == "call.ended") <= 1, $"{which}the end was told twice");
            }
            // (The session's creation is told to a late-comer again, under another id.)
            string[] said = [.. world.Engines.Said.GetValueOrDefault(id.Value, []).Skip(1)];
            HashSet<string?> told = [.. sockets[0].Events.Select(e => e.EventId)];
            Assert.True(said.All(told.Contains) || !sockets[0].Types.Contains("call.caller_disconnected"), $"{which}an event of {id} was lost");
        }
    }
}
