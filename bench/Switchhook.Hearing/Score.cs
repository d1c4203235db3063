namespace Switchhook.Hearing;

/// <summary>
/// How well turns were found, compared with the truth. A pause that is at least 100 ms longer than the configured silence
/// must end a turn, one that is at least 60 ms shorter must not; what lies between may, and is judged only by where the end is put.
/// </summary>
internal sealed class Score
{
    private const int SureMs = 100;
    private const int ToleranceMs = 60;
    private const int EarlyMs = 40;

    /// <summary>From the true begin of a turn to the decision, for turns that were found.</summary>
    public List<double> Onset { get; } = [];

    /// <summary>From the true end and the configured silence to the decision, for turns that began in speech; negative: too early.</summary>
    public List<double> End { get; } = [];

    /// <summary>The same for the positions that were reported.</summary>
    public List<double> ReportedStart { get; } = [];

    public List<double> ReportedEnd { get; } = [];

    public int Turns { get; private set; }

    /// <summary>Turns of which nothing was found.</summary>
    public int Missed { get; private set; }

    /// <summary>Ends where nobody had ended.</summary>
    public int Split { get; private set; }

    /// <summary>Pauses that should have ended a turn and did not before the next began.</summary>
    public int Joined { get; private set; }

    /// <summary>Begins where nobody spoke.</summary>
    public int False { get; private set; }

    public double WorstEnd => End.Count == 0 ? double.NaN : End.MaxBy(Math.Abs);

    /// <summary>The share of the ends that are so exact.</summary>
    public double EndsWithin(double ms) => End.Count == 0 ? 0 : End.Count(error => Math.Abs(error) <= ms) / (double)End.Count;

    public void Add(List<Span> speech, List<HeardTurn> heard, int silenceMs)
    {
        Begins(speech, heard, silenceMs);
        Ends(speech, heard, silenceMs);
    }

    private void Begins(List<Span> speech, List<HeardTurn> heard, int silenceMs)
    {
        List<Span> turns = Turned(speech, silenceMs);
        Turns += turns.Count;
        False += heard.Count(turn => !IsSpeech(speech, turn, silenceMs));
        for (int i = 0; i < turns.Count; i++)
        {
            Span turn = turns[i];
            if (heard.Exists(other => other.StartedMs < turn.StartMs - EarlyMs && (other.StoppedMs ?? int.MaxValue) > turn.StartMs)) { continue; }
            HeardTurn found = heard.Find(other => other.StartedMs >= turn.StartMs - EarlyMs && other.StartedMs <= turn.EndMs + silenceMs);
            if (found == default) { Missed++; continue; }
            Onset.Add(found.StartedMs - turn.StartMs);
            ReportedStart.Add(found.ReportedStartMs - turn.StartMs);
        }
    }

    private void Ends(List<Span> speech, List<HeardTurn> heard, int silenceMs)
    {
        List<Span> mayEnd = Join(speech, silenceMs - ToleranceMs);
        foreach (HeardTurn turn in heard)
        {
            if (turn.StoppedMs is not { } stoppedMs || !IsSpeech(speech, turn, silenceMs)) { continue; }
            int last = stoppedMs - silenceMs;
            int before = mayEnd.FindLastIndex(span => span.StartMs < last);
            if (before < 0) { continue; }
            // Nearer to the end of this stretch than in its midst.
            if (last < mayEnd[before].EndMs - 3 * ToleranceMs) { Split++; continue; }
            End.Add(last - mayEnd[before].EndMs);
            ReportedEnd.Add(turn.ReportedEndMs - silenceMs - mayEnd[before].EndMs);
        }
        List<Span> mustEnd = Turned(speech, silenceMs);
        for (int i = 1; i < mustEnd.Count; i++)
        {
            bool isSpeaking = heard.Exists(turn => turn.StartedMs <= mustEnd[i - 1].EndMs + silenceMs && (turn.StoppedMs ?? int.MaxValue) > mustEnd[i].StartMs);
            if (isSpeaking) { Joined++; }
        }
    }

    /// <summary>Whether somebody spoke where it began; what is no turn has no end that could be late.</summary>
    private static bool IsSpeech(List<Span> speech, HeardTurn turn, int silenceMs) =>
        speech.Exists(span => turn.StartedMs >= span.StartMs - EarlyMs && turn.StartedMs <= span.EndMs + silenceMs);

    /// <summary>What certainly is a turn of its own.</summary>
    public static List<Span> Turned(List<Span> speech, int silenceMs) => Join(speech, silenceMs + SureMs);

    /// <summary>Stretches with shorter pauses between them are one.</summary>
    private static List<Span> Join(List<Span> speech, int pauseMs)
    {
        var joined = new List<Span>();
        foreach (Span span in speech)
        {
            if (joined.Count > 0 && span.StartMs - joined[^1].EndMs < pauseMs) { joined[^1] = joined[^1] with { EndMs = span.EndMs }; }
            else { joined.Add(span); }
        }
        return joined;
    }

    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * share) - 1, 0, sorted.Length - 1)];
    }
}
