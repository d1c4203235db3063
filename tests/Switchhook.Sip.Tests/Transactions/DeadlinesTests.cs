using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

public sealed class DeadlinesTests
{
    private sealed class Sleeper : ISleeper
    {
        public Instant NextTimeout { get; set; } = Instant.Never;
        public int HeapIndex { get; set; } = -1;
    }

    [Fact]
    public void Always_knows_the_earliest_of_a_changing_crowd()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var deadlines = new Deadlines();
            Sleeper[] crowd = [.. Enumerable.Range(0, 20).Select(_ => new Sleeper())];
            for (int step = 0; step < 200; step++)
            {
                Sleeper one = crowd[random.Next(crowd.Length)];
                one.NextTimeout = random.Next(4) == 0 ? Instant.Never : new Instant(random.Next(1, 100));
                deadlines.Update(one);
                Assert.True(deadlines.Next == crowd.Min(sleeper => sleeper.NextTimeout), $"seed {seed}");
                Assert.True(deadlines.Count == crowd.Count(sleeper => sleeper.NextTimeout != Instant.Never), $"seed {seed}");
            }
            long last = 0;
            while (deadlines.TryTakeDue(new Instant(50), out ISleeper? sleeper))
            {
                Assert.True(sleeper!.NextTimeout.Ticks >= last && sleeper.NextTimeout.Ticks <= 50, $"seed {seed}");
                last = sleeper.NextTimeout.Ticks;
            }
            Assert.True(deadlines.Next.Ticks > 50, $"seed {seed}");
        }
    }
}
