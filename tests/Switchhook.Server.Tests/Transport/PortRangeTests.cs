using Switchhook.Simulation;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

public sealed class PortRangeTests
{
    public static TheoryData<string, string> Ranges => [.. Table.Rows("""
        range       | pairs
        20000-20001 | 1
        20000-20002 | 1
        20001-20003 | 1
        20001-20004 | 1
        20000-29999 | 5000
        1-65535     | 32767
        20000-20000 | none
        20001-20002 | none
        20002-20001 | none
        0-100       | none
        65534-65536 | none
        """).Select(row => new TheoryDataRow<string, string>(row[0], row[1]))];

    [Theory, MemberData(nameof(Ranges))]
    public void A_range_holds_whole_pairs_that_begin_with_an_even_port(string range, string pairs)
    {
        int[] ports = [.. range.Split('-').Select(int.Parse)];
        if (pairs == "none")
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(ports[0], ports[1], new Random(1)));
            return;
        }
        PortRange all = new(ports[0], ports[1], new Random(1));
        Assert.Equal(int.Parse(pairs), all.Pairs);
        HashSet<int> seen = [];
        while (all.TryTake(out ushort port))
        {
            Assert.True(port % 2 == 0 && port >= ports[0] && port + 1 <= ports[1], $"{port} of {range}");
            Assert.True(seen.Add(port), $"{port} was given twice");
        }
        Assert.Equal((all.Pairs, all.Pairs), (seen.Count, all.InUse));
    }

    [Fact]
    public void A_port_that_was_put_back_rests_until_all_others_had_their_turn()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            PortRange all = new(20_000, 20_019, new Random(seed));
            Assert.True(all.TryTake(out ushort first));
            all.PutBack(first);
            all.PutBack(first);
            Assert.Equal(0, all.InUse);
            for (int others = 1; others < all.Pairs; others++)
            {
                Assert.True(all.TryTake(out ushort other));
                Assert.True(other != first, $"seed {seed}: {first} came back after {others}");
            }
            Assert.True(all.TryTake(out ushort again));
            Assert.Equal(first, again);
        }
    }

    [Fact]
    public async Task Threads_that_take_at_once_never_get_the_same_pair()
    {
        PortRange all = new(20_000, 20_199, new Random(3));
        ushort[][] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            List<ushort> mine = [];
            while (all.TryTake(out ushort port)) { mine.Add(port); }
            return mine.ToArray();
        })));
        Assert.Equal(100, taken.SelectMany(mine => mine).Distinct().Count());
        Assert.Equal(100, taken.Sum(mine => mine.Length));
    }
}
