using System.Globalization;
using Switchhook.Realtime.Session;
using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime.Tests.Turns;

public sealed class TurnDetectorTests
{
    // One row, one voice: "500v" is 500 ms of voice, "20w" of one without doubt, "300s" of silence, "E" a commit; "F", "O" and "U" judge the last pause as finished, open or
    // unknown. [start–end] are the turns found, start with padding; ? is a pause that was asked about.
    public static TheoryData<string, string, string> Voices => Table.Three("""
        detection            | voice                          | turns
        server               | 1000s                          | -
        server               | 1000s 20v 1000s                | -
        server               | 1000s 20v 100s 20v 100s 20v 1s | -
        server               | 1000s 20w 180s                 | [700–
        server               | 1000s 20w 200s                 | [700–1220]
        server               | 1000s 500w 100s 20w 80s        | [700–1700]
        server from=0.8      | 1000s 500v 200s                | -
        server from=0.8      | 1000s 20w 200s                 | [700–1220]
        server from=0.94     | 1000s 20w 1000s                | -
        server from=0.94     | 1000s 40w 200s                 | [700–1240]
        server               | 1000s 500v 180s                | [700–
        server               | 1000s 500v 200s                | [700–1700]
        server               | 100s 500v 200s                 | [0–800]
        server               | 1000s 500v 180s 300v 500s      | [700–2180]
        server               | 1000s 500v 180s 20v 20s        | [700–1720]
        server               | 1000s 500v 180s 40v 200s       | [700–1920]
        server               | 1000s 500v 100s 20v 60s        | [700–
        server               | 1000s 500v 100s 20v 80s        | [700–1700]
        server               | 1000s 500v 500s 500v 500s      | [700–1700] [1700–2700]
        server               | 1000s 500v 200s 500v 500s E    | [700–1700] [1700–2400]
        server pad=0         | 1000s 500v 500s                | [1000–1700]
        server quiet=700     | 1000s 500v 600s 500v 700s      | [700–3300]
        server quiet=0       | 1000s 500v 20s                 | [700–1520]
        server from=0.95     | 1000s 500v 500s                | -
        server from=0        | 100s                           | [0–
        high                 | 1000s 500v 280s                | [700– ?
        high                 | 1000s 500v 300s                | [700– ? 1800]
        medium               | 1000s 500v 600s                | [700– ? 2100]
        auto                 | 1000s 500v 600s                | [700– ? 2100]
        low                  | 1000s 500v 1180s               | [700– ?
        low                  | 1000s 500v 1200s               | [700– ? 2700]
        high                 | 1000s 500v 180s                | [700–
        high                 | 1000s 500v 200s F 20s          | [700– ? 1720]
        high                 | 1000s 500v 200s U 100s         | [700– ? 1800]
        high                 | 1000s 500v 200s O 1780s        | [700– ?
        high                 | 1000s 500v 200s O 1800s        | [700– ? 3500]
        medium               | 1000s 500v 200s F 80s          | [700– ?
        medium               | 1000s 500v 200s F 100s         | [700– ? 1800]
        medium               | 1000s 500v 200s O 3780s        | [700– ?
        medium               | 1000s 500v 200s O 3800s        | [700– ? 5500]
        auto                 | 1000s 500v 200s O 3800s        | [700– ? 5500]
        low                  | 1000s 500v 200s F 380s         | [700– ?
        low                  | 1000s 500v 200s F 400s         | [700– ? 2100]
        low                  | 1000s 500v 200s O 7780s        | [700– ?
        low                  | 1000s 500v 200s O 7800s        | [700– ? 9500]
        medium               | 1000s 500v 200s O 100s 20v 3680s | [700– ? 5500]
        medium               | 1000s 500v 400s O 200s         | [700– ?
        medium               | 1000s 500v 400s F 20s          | [700– ? 1920]
        medium               | 1000s 500v 200s O F 100s       | [700– ? 1800]
        medium               | 1000s 500v 200s O 800s 300v 600s | [700– ? ? 3400]
        medium               | 1000s 500v 200s 300v F 580s    | [700– ? ?
        medium               | 1000s 500v 200s 300v 180s F 400s | [700– ? ?
        medium               | 1000s 500v 200s O E 5000s      | [700– ?
        medium               | 1000s 500v 200s O E 500v 600s  | [700– ? [1700– ? 2800]
        server quiet=500     | 1000s 500v 300s F 180s         | [700–
        none                 | 1000s 500v 5000s               | -
        """);

    [Theory]
    [MemberData(nameof(Voices))]
    public void Finds_turns(string detection, string voice, string turns)
    {
        var detector = new TurnDetector(Detection(detection));
        var found = new List<string>();
        foreach (string word in voice.Split(' '))
        {
            if (word == "E") { detector.Empty(); continue; }
            if (word is "F" or "O" or "U") { detector.Judge(detector.Pauses, word switch { "F" => Ending.Finished, "O" => Ending.Open, _ => Ending.Unknown }); continue; }
            for (int ms = int.Parse(word[..^1], CultureInfo.InvariantCulture); ms > 0; ms -= 20)
            {
                switch (detector.Hear(TimeSpan.FromMilliseconds(20), word[^1] switch { 'w' => 0.98f, 'v' => 0.7f, _ => 0.1f }))
                {
                    case TurnSignal.Started: found.Add($"[{detector.Start.TotalMilliseconds}–"); break;
                    case TurnSignal.Paused: found[^1] += " ?"; break;
                    case TurnSignal.Stopped:
                        found[^1] += $"{(found[^1][^1] == '?' ? " " : "")}{detector.Clock.TotalMilliseconds}]";
                        detector.Empty();
                        break;
                }
            }
        }
        Assert.Equal(turns, found.Count == 0 ? "-" : string.Join(' ', found));
    }

    [Fact]
    public void A_judgement_of_an_earlier_pause_is_too_late()
    {
        var detector = new TurnDetector(new SemanticVad { Eagerness = "medium" });
        TimeSpan frame = TimeSpan.FromMilliseconds(20);
        for (int i = 0; i < 10; i++) { detector.Hear(frame, 1); }
        for (int i = 0; i < 10; i++) { detector.Hear(frame, 0); }
        int pause = detector.Pauses;
        for (int i = 0; i < 10; i++) { detector.Hear(frame, 1); }
        for (int i = 0; i < 10; i++) { detector.Hear(frame, 0); }
        detector.Judge(pause, Ending.Finished);
        for (int i = 0; i < 19; i++) { Assert.Equal(TurnSignal.None, detector.Hear(frame, 0)); }
        Assert.Equal(TurnSignal.Stopped, detector.Hear(frame, 0));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-1f)]
    public void A_voice_that_is_no_probability_is_silence(float voice)
    {
        var detector = new TurnDetector(new ServerVad());
        for (int i = 0; i < 100; i++) { Assert.Equal(TurnSignal.None, detector.Hear(TimeSpan.FromMilliseconds(20), voice)); }
    }

    private static TurnDetection? Detection(string text)
    {
        double Value(string name, double otherwise) =>
            text.Split(' ').FirstOrDefault(w => w.StartsWith(name + "=", StringComparison.Ordinal)) is { } word
                ? double.Parse(word.AsSpan(name.Length + 1), CultureInfo.InvariantCulture) : otherwise;
        return text.Split(' ')[0] switch
        {
            "none" => null,
            "server" => new ServerVad { PrefixPaddingMs = (int)Value("pad", 300), SilenceDurationMs = (int)Value("quiet", 200), Threshold = Value("from", 0.5) },
            var eagerness => new SemanticVad { Eagerness = eagerness },
        };
    }
}
