using System.Globalization;
using System.Text;
using Switchhook.Measured;

namespace Switchhook.Hearing;

/// <summary>The tables in Markdown, with all that one must know to repeat them.</summary>
internal static class HearingReport
{
    private const int Rooms = 60;

    private static readonly int[] SilencesMs = [200, 500];
    private static readonly int[] RoomsDbfs = [-28, -36, -44];

    public static string FileName => string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}-{Machine.Commit()}-hearing.md");

    public static string Of(HearingOptions options, string command)
    {
        Scene scene = Scene.Of(Corpus.Lines(options.Sentences), 1);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Hearing, {DateTime.UtcNow:yyyy-MM-dd}, {Machine.Commit()}\n\n")
            .Append(CultureInfo.InvariantCulture, $"- Command: `{command.TrimEnd()}`\n")
            .Append(CultureInfo.InvariantCulture, $"- Machine: {Machine.Words}; {Machine.Run("espeak-ng", "--version").Split("  ")[0]}\n")
            .Append(CultureInfo.InvariantCulture, $"- Speech: {options.Sentences} sentences of {Corpus.Talkers.Length} talkers, {scene.Seconds:F0} s, {Trial.Routes.Length} times: PCMU and PCMA with 0, 3 and 10 % of the packets lost; threshold {Trial.Threshold}\n\n");
        text.Append("Milliseconds. Begin: from the true begin to `speech_started`. End: from the true end and the configured silence to `speech_stopped`. Told: somebody who is told voice and noise apart, and believes the frames with more voice than noise in them.\n\n");
        Speech(text, scene);
        text.Append(CultureInfo.InvariantCulture, $"\nNobody speaks, {options.Seconds} s each, PCMU, 3 % lost, silence {Trial.SilenceMs} ms:\n\n");
        Noise(text, options.Seconds, Corpus.Noises, Trial.Listen);
        text.Append(CultureInfo.InvariantCulture, $"\nNobody speaks any more, after four sentences at {Scene.SpeechDbfs} dBFS:\n\n");
        Noise(text, options.Seconds, Corpus.Behind, Trial.ListenBehind);
        text.Append(CultureInfo.InvariantCulture, $"\nA room of eight people, heard all at once after 200 ms of zeros, {Rooms} rooms:\n\n| | starts in 6 s |\n|---|--:|\n");
        foreach (int dbfs in RoomsDbfs) { text.Append(CultureInfo.InvariantCulture, $"| {dbfs} dBFS | {Trial.StartsInNewRooms(dbfs, Rooms):F2} |\n"); }
        return text.ToString();
    }

    private static void Speech(StringBuilder text, Scene scene)
    {
        text.Append("| noise | silence | turns | begin p50 / p95 / worst | missed | end p50 / p5 … p95 / worst | within ±60 | split | joined | false a minute | told: begin p50 / p95 | within ±60 | split | reported begin p5 … p95 | reported end p5 … p95 |\n")
            .Append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (Condition condition in Trial.Conditions)
        {
            Score[] scores = Trial.Run(scene, condition, Trial.Routes, SilencesMs);
            Score[] told = Trial.RunTold(scene, condition, Trial.Routes, SilencesMs);
            for (int i = 0; i < scores.Length; i++) { Row(text, condition, SilencesMs[i], scores[i], told[i], scene.Seconds * Trial.Routes.Length / 60); }
        }
    }

    private static void Row(StringBuilder text, Condition condition, int silenceMs, Score score, Score told, double minutes) => text
        .Append(CultureInfo.InvariantCulture, $"| {condition} | {silenceMs} | {score.Turns} ")
        .Append(CultureInfo.InvariantCulture, $"| {Ms(score.Onset, 0.5)} / {Ms(score.Onset, 0.95)} / {Ms(score.Onset, 1)} | {score.Missed} ")
        .Append(CultureInfo.InvariantCulture, $"| {Ms(score.End, 0.5)} / {Ms(score.End, 0.05)} … {Ms(score.End, 0.95)} / {score.WorstEnd:F0} | {score.EndsWithin(60):P0} ")
        .Append(CultureInfo.InvariantCulture, $"| {score.Split} | {score.Joined} | {score.False / minutes:F1} ")
        .Append(CultureInfo.InvariantCulture, $"| {Ms(told.Onset, 0.5)} / {Ms(told.Onset, 0.95)} | {told.EndsWithin(60):P0} | {told.Split} ")
        .Append(CultureInfo.InvariantCulture, $"| {Ms(score.ReportedStart, 0.05)} … {Ms(score.ReportedStart, 0.95)} | {Ms(score.ReportedEnd, 0.05)} … {Ms(score.ReportedEnd, 0.95)} |\n");

    private static void Noise(StringBuilder text, int seconds, IEnumerable<(string Name, Func<double, short[]> Make)> noises, Func<short[], List<HeardTurn>> listen)
    {
        text.Append("| | false starts a minute | time in turns |\n|---|--:|--:|\n");
        foreach ((string name, Func<double, short[]> make) in noises)
        {
            List<HeardTurn> turns = listen(make(seconds));
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {turns.Count * 60.0 / seconds:F1} | {Trial.InTurns(turns, seconds):P0} |\n");
        }
    }

    private static string Ms(List<double> values, double share) => Score.Quantile(values, share).ToString("F0", CultureInfo.InvariantCulture);
}
