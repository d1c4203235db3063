using Switchhook.Media.Jitter;

namespace Switchhook.Media.Tests.Jitter;

/// <summary>What networks do to a stream. The laws are checked in <see cref="Stream"/>; here stands what each story adds to them.</summary>
public sealed class JitterStoryTests
{
    private const int Seeds = 20;

    [Fact]
    public void A_steady_path_is_played_as_it_came()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            double phase = new Random(seed).NextDouble() * 20;
            Stream stream = Stream.Play(Packets(1500).Select(p => p with { AtMs = p.AtMs + phase }), 30_000, $"seed {seed}");
            Assert.Equal((0, 0), (stream.Buffer.FramesConcealed, stream.Buffer.Late + stream.Buffer.Dropped));
            Assert.InRange(stream.DelaysMs.Max(), 20, 40);
            Assert.True(stream.Whole >= 1490, $"seed {seed}: {stream.Whole} whole frames");
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(80)]
    public void Jitter_is_bridged_with_little_more_delay_than_it_takes(double jitterMs)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            Stream stream = Stream.Play(Packets(3000).Select(p => p with { AtMs = p.AtMs + random.NextDouble() * jitterMs }), 60_000, $"seed {seed}");
            Assert.InRange(stream.Buffer.Late, 0, 3);
            Assert.True(stream.Concealed.Skip(500).Sum() <= 10, $"seed {seed}: concealed {stream.Concealed.Skip(500).Sum()}");
            Assert.True(stream.DelaysMs.Skip(500).Max() <= jitterMs + 65, $"seed {seed}: {stream.DelaysMs.Skip(500).Max()} ms");
        }
    }

    // A path that stalls for 120 ms every two seconds and then delivers all at once: the first stalls are heard, the later ones are not.
    [Fact]
    public void Stalls_that_repeat_are_learned()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            int offset = seed * 7;
            Stream stream = Stream.Play(Packets(3000).Select(p => p with { AtMs = Stalled(p.AtMs, offset) }), 60_000, $"seed {seed}");
            Assert.Equal(0, stream.Buffer.Late);
            Assert.True(stream.Concealed.Skip(300).Sum() <= 12, $"seed {seed}: concealed {stream.Concealed.Skip(300).Sum()}");
        }

        static double Stalled(double at, int offset) => (at + offset) % 2000 < 120 ? at + 120 - (at + offset) % 2000 : at;
    }

    [Fact]
    public void A_loss_is_concealed_and_costs_no_delay()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            Arrival[] arrived = [.. Packets(3000).Where(p => p.Number == 0 || random.NextDouble() >= 0.05)];
            int lost = 3000 - arrived.Length;
            Stream stream = Stream.Play(arrived, 60_100, $"seed {seed}");
            Assert.Equal((arrived.Length, 0, 0), (stream.Buffer.Played, stream.Buffer.Late, stream.Buffer.Dropped));
            Assert.InRange(stream.Buffer.FramesConcealed, lost, lost + 20);
            Assert.True(stream.DelaysMs.Max() <= 40, $"seed {seed}: {stream.DelaysMs.Max()} ms");
        }
    }

    // Two clocks that differ by 200 parts in a million: 12 ms a minute, three frames in five minutes, either way, with and without pauses.
    [Theory]
    [InlineData(+200e-6, true)]
    [InlineData(-200e-6, true)]
    [InlineData(+200e-6, false)]
    [InlineData(-200e-6, false)]
    public void Clocks_that_differ_are_followed(double skew, bool withPauses)
    {
        const int packets = 15_000;
        Stream stream = Stream.Play(
            Packets(packets).Select(p => p with { AtMs = p.AtMs * (1 + skew) + 5 }), 299_000, $"skew {skew}",
            code: number => withPauses && number / 50 % 3 == 0 ? (byte)0xFF : Stream.LevelCode(number));
        Assert.Equal(0, stream.Buffer.Late);
        Assert.Equal(0, stream.Buffer.FramesConcealed);
        Assert.InRange(stream.DelaysMs.Max(), 20, withPauses ? 60 : 100);
    }

    [Fact]
    public void Reordered_packets_are_played_in_order()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            Stream stream = Stream.Play(Packets(3000).Select(p => random.Next(20) == 0 ? p with { AtMs = p.AtMs + 25 } : p), 60_000, $"seed {seed}");
            Assert.True(stream.Buffer.Late + stream.Buffer.FramesConcealed <= 6, $"seed {seed}: {stream.Buffer.Late} late, {stream.Buffer.FramesConcealed} concealed");
        }
    }

    [Fact]
    public void A_repeated_packet_is_played_once()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            IEnumerable<Arrival> twice = Packets(1000).SelectMany(p => new[] { p, p with { AtMs = p.AtMs + random.Next(100) } });
            Stream stream = Stream.Play(twice, 21_000, $"seed {seed}");
            Assert.Equal((1000, 1000), (stream.Buffer.Played, stream.Buffer.Late + stream.Buffer.Dropped));
        }
    }

    // Silence suppression: no packets for two seconds, the sequence goes on without a hole. The pause is silent and nothing of the speech is lost.
    [Fact]
    public void A_pause_the_peer_meant_is_silent_and_cuts_no_speech()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            double jitter = seed * 2;
            var random = new Random(seed);
            IEnumerable<Arrival> talk = Packets(1000).Select(p =>
            {
                uint pauses = (uint)(p.Number / 50);
                return p with { AtMs = p.AtMs + pauses * 2000 + random.NextDouble() * jitter, Timestamp = p.Timestamp + pauses * 16_000 };
            });
            Stream stream = Stream.Play(talk, 62_000, $"seed {seed}");
            Assert.Equal((1000, 0, 0), (stream.Buffer.Played, stream.Buffer.Late, stream.Buffer.Dropped));
            // At the beginning of a pause nobody knows yet that it is one: three frames fade out.
            Assert.True(stream.Buffer.FramesConcealed <= 20 * 3 + 15, $"seed {seed}: concealed {stream.Buffer.FramesConcealed}");
            Assert.True(stream.Silent >= 19 * 90, $"seed {seed}: {stream.Silent} silent frames");
        }
    }

    // Timestamps jump ahead by 60 ms between two packets that follow each other: a pause, even when something was lost long before.
    [Fact]
    public void A_hole_in_the_timestamps_alone_is_no_loss()
    {
        IEnumerable<Arrival> packets = Packets(100).Where(p => p.Number != 5).Select(p => p.Number >= 50 ? p with { Timestamp = p.Timestamp + 480 } : p);
        Stream stream = Stream.Play(packets, 1900, "hole");
        Assert.Equal((1, 0), (stream.Buffer.FramesConcealed, stream.Buffer.Late));
    }

    [Fact]
    public void After_a_long_stall_the_newest_is_played_and_the_delay_stays_short()
    {
        Stream stream = Stream.Play(Packets(1500).Select(p => p.AtMs is > 10_000 and < 13_000 ? p with { AtMs = 13_000 } : p), 30_000, "stall", knowsOrder: false);
        Assert.True(stream.DelaysMs[^1] <= 100, $"{stream.DelaysMs[^1]} ms at the end");
        Assert.True(stream.Whole >= 1300, $"{stream.Whole} whole frames");
    }

    // A longer path than we ever wait, for good: after a moment it is the usual one.
    [Theory]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(900)]
    [InlineData(3000)]
    public void A_path_that_becomes_longer_is_accepted(int longerMs)
    {
        Stream stream = Stream.Play(Packets(1500).Select(p => p.AtMs > 10_000 ? p with { AtMs = p.AtMs + longerMs } : p), 33_000, $"{longerMs} ms longer", knowsOrder: longerMs < 500);
        Assert.True(stream.Buffer.Late + stream.Buffer.Dropped <= 12, $"{stream.Buffer.Late} late, {stream.Buffer.Dropped} dropped");
        Assert.Equal(1500, stream.Buffer.Received);
    }

    [Theory]
    [InlineData(100_000_000u)]
    [InlineData(4_000_000_000u)]
    [InlineData(4_294_900_000u)]
    public void Timestamps_may_jump(uint jump)
    {
        Stream stream = Stream.Play(Packets(1000).Select(p => p.Number >= 500 ? p with { Timestamp = p.Timestamp + jump } : p), 20_500, $"jump by {jump}");
        Assert.True(stream.Buffer.Played >= 995, $"played {stream.Buffer.Played}");
    }

    [Fact]
    public void Sequence_and_timestamp_may_wrap()
    {
        Stream stream = Stream.Play(Packets(1000).Select(p => p with { Timestamp = p.Timestamp + 4_294_967_000 }), 20_500, "wrap", firstSequence: -400);
        Assert.Equal((1000, 0), (stream.Buffer.Played, stream.Buffer.FramesConcealed - stream.Concealed.Skip(1000).Sum()));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(60)]
    public void Packets_of_any_length_become_frames(int ms)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            IEnumerable<Arrival> packets = Enumerable.Range(0, 600).Select(i => new Arrival(i * ms + random.NextDouble() * seed, i, (uint)(i * ms * 8), ms));
            Stream stream = Stream.Play(packets, 600 * ms, $"seed {seed}", knowsOrder: false);
            Assert.Equal((0, 0), (stream.Buffer.Late, stream.Buffer.Dropped));
            Assert.True(stream.Buffer.FramesConcealed <= 3 + seed / 5, $"seed {seed}: concealed {stream.Buffer.FramesConcealed}");
        }
    }

    [Fact]
    public void Nothing_that_arrives_breaks_a_law()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            double jitter = random.Next(5) == 0 ? 2000 : random.Next(200), loss = random.NextDouble() * 0.5;
            double at = 0;
            uint timestamp = (uint)random.NextInt64(1L << 32);
            var packets = new List<Arrival>();
            for (int i = 0; i < 500; i++)
            {
                int ms = random.Next(10) == 0 ? 10 * random.Next(1, 7) : 20;
                if (random.NextDouble() >= loss) { packets.Add(new Arrival(at + random.NextDouble() * jitter, i, timestamp, ms)); }
                if (random.Next(10) == 0) { packets.Add(new Arrival(at + random.NextDouble() * jitter, i, timestamp, ms)); }
                at += ms;
                timestamp += (uint)(ms * 8);
                switch (random.Next(60))
                {
                    case 0: timestamp += (uint)random.Next(-40_000, 40_000); break;
                    case 1: at += random.Next(3000); break;
                    case 2: timestamp = (uint)random.NextInt64(1L << 32); break;
                }
            }
            // The order of levels is not a law when timestamps jump backwards, so all packets look alike.
            Stream.Play(packets, at + 3000, $"seed {seed}", code: _ => (byte)(0xFF - seed % 2));
        }
    }

    [Fact]
    public void Keys_after_a_loss_are_no_loss_themselves()
    {
        var buffer = new JitterBuffer();
        var frame = new short[MediaClock.FrameSamples];
        var codes = new byte[160];
        for (int i = 0; i < 200; i++)
        {
            var now = new Instant(i * MediaClock.Frame.Ticks);
            bool isKey = i is >= 100 and < 110;
            if (isKey) { buffer.PutNonAudio(i); }
            else if (i != 50) { buffer.Put(now, i, (uint)(i * 160), AudioCodec.Pcmu, codes); }
            buffer.Take(now, frame);
        }
        Assert.Equal(199, buffer.Received);
        Assert.Equal(buffer.Received, buffer.Played + buffer.Count);
        Assert.InRange(buffer.Count, 0, 3);
        // The lost one, and the three frames that fade out before it is known that the voice pauses.
        Assert.InRange(buffer.FramesConcealed, 1, 4);
    }

    private static IEnumerable<Arrival> Packets(int count) => Enumerable.Range(0, count).Select(i => new Arrival(i * 20, i, (uint)(i * 160)));
}
