namespace Switchhook.Media.Tests;

/// <summary>Two sessions, a bad network between them, keys, cuts, holds: everything from one seed.</summary>
public sealed class WorldTests
{
    [Fact]
    public void Two_sessions_keep_the_laws_over_a_bad_network()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var world = new Conversation(seed, plan => plan with { PacketMs = 10 * random.Next(1, 7) }) { PhaseMs = random.Next(20) };
            Spoil(world.AtoB, random);
            Spoil(world.BtoA, random);
            world.Run(random.Next(300));
            world.Release();
            int utterance = 0, cut = 0;
            for (int act = 0; act < 30; act++)
            {
                Party party = random.Next(2) == 0 ? world.A : world.B;
                MediaPlan plan = Party.Plan(party == world.A ? Party.Bob : Party.Alice);
                switch (random.Next(5))
                {
                    case 0 or 1: party.Say(++utterance, Voice.Speech(seed + act, random.Next(1, 80))); break;
                    case 2: party.Session.Cut(world.Now, cut = Math.Max(cut, random.Next(utterance + 1))); break;
                    case 3: party.Session.SendDigit(world.Now, '5', 100); break;
                    case 4: party.Session.Update(world.Now, plan with { MaySend = random.Next(3) != 0 }); break;
                }
                world.Run(random.Next(1000));
            }
            world.Run(500);
            CheckSent(world.A, seed);
            CheckSent(world.B, seed);
            CheckHeard(world.A, world.BtoA, seed);
            CheckHeard(world.B, world.AtoB, seed);
            world.Close();
            Assert.True(world.A.Pool.Out + world.B.Pool.Out == 0, $"seed {seed}: {world.A.Pool.Out} and {world.B.Pool.Out} frames did not come back");
        }
    }

    // Audio heard is audio sent minus accounted loss: without jitter, every sample that arrived is heard in its place.
    [Fact]
    public void What_arrives_is_heard_and_what_is_lost_is_counted()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var world = new Conversation(seed) { PhaseMs = seed };
            world.Run(300);
            world.Release();
            world.AtoB.Loss = 0.03;
            short[] speech = Voice.Speech(seed, frames: 400, withPauses: false);
            world.A.Say(1, speech);
            world.Run(8300);
            world.AtoB.Loss = 0;
            world.Run(700);

            short[] expected = Voice.ThroughCodec(AudioCodec.Pcmu, speech);
            int same = BestOverlap(world.B.Heard, expected);
            MediaStats stats = world.B.Session.Stats;
            Assert.Equal(world.AtoB.Lost, stats.PacketsLost);
            Assert.InRange(stats.FramesConcealed, stats.PacketsLost, stats.PacketsLost);
            // Each loss costs its frame and the 5 ms in which the made-up speech fades out.
            Assert.True(same >= expected.Length - stats.PacketsLost * 200, $"seed {seed}: {same} of {expected.Length} samples, {stats.PacketsLost} packets lost");
            world.Close();
        }
    }

    private static void Spoil(Link link, Random random)
    {
        link.Loss = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.2;
        link.JitterMs = random.Next(3) == 0 ? 0 : random.NextDouble() * 120;
        link.Repeat = random.Next(3) == 0 ? random.NextDouble() * 0.1 : 0;
    }

    // Sequences never jump, timestamps follow time: packets of audio carry the time that passed since the first one.
    private static void CheckSent(Party party, int seed)
    {
        Sent[] rtp = [.. party.Sent.Where(s => !s.Rtcp)];
        for (int i = 1; i < rtp.Length; i++)
        {
            Assert.True((ushort)(rtp[i].Sequence - rtp[i - 1].Sequence) == 1, $"seed {seed}: sequence jumps at {i}");
            Assert.True((int)(rtp[i].Timestamp - rtp[i - 1].Timestamp) >= 0, $"seed {seed}: time runs backwards at {i}");
        }
        Sent[] audio = [.. rtp.Where(s => s.IsAudio)];
        foreach (Sent sent in audio)
        {
            // A packet leaves with the tick that fills it: up to its own length after the time of its first sample.
            long passed = (sent.At - audio[0].At).Ticks / (TimeSpan.TicksPerSecond / MediaClock.SampleRate);
            long stamped = sent.Timestamp - audio[0].Timestamp;
            Assert.True(Math.Abs(passed - stamped) <= 480, $"seed {seed}: stamped {stamped} after {passed}");
        }
    }

    private static void CheckHeard(Party party, Link link, int seed)
    {
        MediaStats stats = party.Session.Stats;
        Assert.True(party.Heard.Count == party.Spoken.Count, $"seed {seed}: the two directions have lost step");
        Assert.True(stats.PacketsReceived <= link.Delivered, $"seed {seed}");
        Assert.True(stats.PacketsLost <= link.Lost + 1, $"seed {seed}: {stats.PacketsLost} lost of {link.Lost}");
        Assert.True(stats.DelayMs <= 220, $"seed {seed}: {stats.DelayMs} ms");
        Assert.InRange(stats.Mos, 1, 4.5);
    }

    private static int BestOverlap(List<short> heard, short[] expected)
    {
        int start = Enumerable.Range(0, 4800).MaxBy(from => Same(from, step: 211));
        return Same(start, step: 1);

        int Same(int from, int step)
        {
            int same = 0;
            for (int i = 0; i < expected.Length && from + i < heard.Count; i += step) { same += heard[from + i] == expected[i] ? 1 : 0; }
            return same;
        }
    }
}
