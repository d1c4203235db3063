using System.Globalization;
using Switchhook.Hearing;

namespace Switchhook.Realtime.Tests.Turns;

/// <summary>
/// The small edition of bench/Switchhook.Hearing: espeak-ng's voices in noise, down a phone line that loses packets, through voice activity and
/// turn detection, against the truth. Behind 5 dB of babble the limits are what is reached, and far from what is wanted: others speak there too.
/// </summary>
public sealed class HearingTests
{
    private const int SilenceMs = 500;

    [Fact]
    public void Turns_are_found_in_noise()
    {
        Scene scene = Scene.Of(Corpus.Lines(48), 1);
        Route[] routes = [Trial.Routes[1], Trial.Routes[5]];
        var wrong = new List<string>();
        foreach (string row in """
            noise       snr begin within60 false
            quiet_room  40  100   95       0
            white       20  100   95       0
            white       10  100   90       1
            white       5   110   90       1
            pink        20  100   95       0
            pink        10  100   95       0
            pink        5   110   90       1
            babble      20  120   95       0
            babble      10  120   85       2
            babble      5   500   70       5
            """.Split('\n').Skip(1))
        {
            string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] limits = [.. cells.Skip(1).Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            Score score = Trial.Run(scene, new Condition(cells[0].Replace('_', ' '), limits[0]), routes, SilenceMs)[0];
            double begin = Score.Quantile(score.Onset, 0.95), within = score.EndsWithin(60) * 100;
            if (begin > limits[1] || within < limits[2] || score.False > limits[3] || score.Missed > 0)
            {
                wrong.Add(FormattableString.Invariant($"{row}: begin {begin:F0} ms, {within:F0} % of the ends within 60 ms, {score.False} false, {score.Missed} missed of {score.Turns}"));
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    // Starts in half a minute; of a room full of people some are taken for the caller.
    [Fact]
    public void What_is_no_voice_starts_hardly_a_turn()
    {
        var wrong = new List<string>();
        foreach ((string name, Func<double, short[]> make) in Corpus.Noises)
        {
            if (name.StartsWith("babble", StringComparison.Ordinal) || name.StartsWith("echo", StringComparison.Ordinal)) { continue; }
            int starts = Trial.Listen(make(30)).Count;
            if (starts > 3) { wrong.Add($"{name}: {starts}"); }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
