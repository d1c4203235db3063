namespace Switchhook.Hearing;

/// <summary>A line of a scene.</summary>
internal sealed record Line(Talker Talker, string Text);

/// <summary>
/// Somebody on the phone, clean: sentences at one level with pauses between, and where they truly begin and end. The
/// pauses come from a seed: two thirds are ends of turns, one third is the breath of one who goes on.
/// </summary>
internal sealed class Scene
{
    public const double SpeechDbfs = -23;

    private const int LeadMs = 1500;
    private const int BreathMinMs = 330, BreathMaxMs = 400;
    private const int PauseMinMs = 900, PauseMaxMs = 1800;

    private Scene(short[] samples, List<Span> speech) => (Samples, Speech) = (samples, speech);

    public short[] Samples { get; }

    /// <summary>Every stretch with speech in it.</summary>
    public List<Span> Speech { get; }

    public double Seconds => (double)Samples.Length / Espeak.Rate;

    public static Scene Of(IEnumerable<Line> lines, int seed, double speechDbfs = SpeechDbfs)
    {
        var random = new Random(seed);
        var samples = new List<short>(new short[Espeak.Rate / 1000 * LeadMs]);
        var speech = new List<Span>();
        foreach (Line line in lines)
        {
            short[] sentence = Sound.ToPower(Espeak.Say(line.Talker, line.Text), Truth.ActivePower, speechDbfs);
            List<Span> spans = Truth.Of(sentence);
            // What espeak puts around a sentence goes; the pauses are ours.
            int from = Math.Max(0, spans[0].StartMs - 60), to = Math.Min(sentence.Length / (Espeak.Rate / 1000), spans[^1].EndMs + 120);
            int at = samples.Count / (Espeak.Rate / 1000) - from;
            speech.AddRange(spans.Select(span => new Span(at + span.StartMs, at + span.EndMs)));
            samples.AddRange(sentence.AsSpan((from * Espeak.Rate / 1000)..(to * Espeak.Rate / 1000)));
            int pauseMs = random.Next(3) == 0 ? random.Next(BreathMinMs, BreathMaxMs) : random.Next(PauseMinMs, PauseMaxMs);
            int silenceMs = Math.Max(0, pauseMs - 180);
            samples.AddRange(new short[Espeak.Rate / 1000 * silenceMs]);
        }
        samples.AddRange(new short[Espeak.Rate / 1000 * LeadMs]);
        return new Scene([.. samples], speech);
    }
}
