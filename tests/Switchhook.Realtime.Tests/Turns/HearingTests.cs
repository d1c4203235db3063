using System.Globalization;
using Switchhook.Hearing;

namespace Switchhook.Realtime.Tests.Turns;

/// <summary>
/// The small edition of bench/Switchhook.Hearing: espeak-ng's voices in noise, down a phone line that loses packets, through voice activity and
/// turn detection, against the truth. Behind 5 dB of babble the limits are what is reached, not what is wanted (100 ms, 60 ms): somebody who is told the voice and the noise
/// apart needs those 100 ms too, and finds fewer of the ends (bench/README, Told).
/// </summary>
public sealed class HearingTests
{
    private static readonly int[] SilencesMs = [200, 500];

    [Fact]
    public void Turns_are_found_in_noise()
    {
        Scene scene = Scene.Of(Corpus.Lines(48), 1);
        Route[] routes = [Trial.Routes[0], Trial.Routes[2], Trial.Routes[4]];
        var wrong = new List<string>();
        foreach (string row in """
            noise       snr begin within60 split joined false
            quiet_room  40  60    97       0     0      0
            white       20  60    97       0     0      0
            white       10  75    95       1     0      1
            white       5   90    93       3     0      2
            pink        20  60    97       0     0      0
            pink        10  70    97       1     0      1
            pink        5   90    95       3     0      2
            babble      20  60    97       0     0      0
            babble      10  100   93       2     1      10
            babble      5   140   78       8     4      12
            """.Split('\n').Skip(1))
        {
            string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] limits = [.. cells.Skip(1).Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            foreach ((int silenceMs, Score score) in SilencesMs.Zip(Trial.Run(scene, new Condition(cells[0].Replace('_', ' '), limits[0]), routes, SilencesMs)))
            {
                double begin = Score.Quantile(score.Onset, 0.95), within = score.EndsWithin(60) * 100;
                if (begin <= limits[1] && within >= limits[2] && score.Split <= limits[3] && score.Joined <= limits[4] && score.False <= limits[5] && score.Missed == 0) { continue; }
                wrong.Add(FormattableString.Invariant(
                    $"{row}, silence {silenceMs}: begin {begin:F0} ms, {within:F0} % of the ends within 60 ms, {score.Split} split, {score.Joined} joined, {score.False} false, {score.Missed} missed of {score.Turns}"));
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    // Starts in half a minute. Of a loud room full of people somebody is taken for the caller now and then; an echo of a voice is a voice.
    [Fact]
    public void What_is_no_voice_starts_no_turn()
    {
        var wrong = new List<string>();
        foreach ((string name, Func<double, short[]> make) in Corpus.Noises)
        {
            if (name.StartsWith("echo", StringComparison.Ordinal)) { continue; }
            List<HeardTurn> turns = Trial.Listen(make(30));
            if (turns.Count > (name.StartsWith("babble", StringComparison.Ordinal) ? 2 : 0) || Trial.InTurns(turns, 30) > 0.05) { wrong.Add($"{name}: {turns.Count} starts, {Trial.InTurns(turns, 30):P0} of the time"); }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    // Nobody knows a room at once: six seconds of it are a turn or none. A detector without a memory took it for the caller more than once.
    [Theory]
    [InlineData(-28, 0.8)]
    [InlineData(-36, 0.5)]
    [InlineData(-44, 0.15)]
    public void A_room_that_is_heard_all_at_once_is_soon_known(int dbfs, double starts) => Assert.InRange(Trial.StartsInNewRooms(dbfs, 40), 0, starts);

    // A caller who listens for long, or mutes himself: nothing that is remembered of a line may run away.
    [Fact]
    public void A_voice_is_heard_as_soon_after_ten_minutes_without_one()
    {
        Scene scene = Scene.Of(Corpus.Lines(6), 1);
        short[][] silences = [new short[600 * Espeak.Rate], Sound.Pink(600, -60, 31), Sound.Pink(600, -35, 32)];
        foreach (short[] silence in silences)
        {
            List<HeardTurn> turns = Trial.Listen([.. silence, .. Sound.Mix(scene.Samples, [.. silence.Take(scene.Samples.Length)])]);
            Assert.InRange(turns.Count(turn => turn.StartedMs < 600_000), 0, 1);
            Assert.InRange(turns.Find(turn => turn.StartedMs >= 600_000).StartedMs - 600_000 - scene.Speech[0].StartMs, -40, 100);
        }
    }

    /// <summary>What the number is for: who sets it higher is interrupted by less, and heard a little later.</summary>
    [Fact]
    public void A_higher_threshold_wants_a_surer_voice()
    {
        Scene scene = Scene.Of(Corpus.Lines(24), 1);
        int startsBefore = int.MaxValue;
        double beginBefore = 0;
        foreach (double threshold in new[] { 0.1, 0.5, 0.9 })
        {
            int starts = Trial.Run(scene, new Condition("babble", 5), [Trial.Routes[0]], threshold, SilencesMs)[0].False;
            double begin = Trial.Run(scene, new Condition("pink", 5), [Trial.Routes[0]], threshold, SilencesMs)[0].Onset.Average();
            Assert.True(starts < startsBefore, $"{threshold}: {starts} false starts, {startsBefore} with the one before");
            Assert.True(begin > beginBefore, $"{threshold}: {begin} ms, {beginBefore} with the one before");
            (startsBefore, beginBefore) = (starts, begin);
        }
    }
}
