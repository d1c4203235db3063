using System.Globalization;
using Switchhook.Realtime.Session;
using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime.Tests.Turns;

public sealed class TurnDetectorTests
{
    // One row, one voice: "500v" is 500 ms of voice, "300s" of silence, "E" a commit; [start–end] are the turns found, start with padding.
    public static TheoryData<string, string, string> Voices => Table.Three("""
        detection            | voice                          | turns
        server               | 1000s                          | -
        server               | 1000s 20v 1000s                | -
        server               | 1000s 20v 100s 20v 100s 20v 1s | -
        server               | 1000s 500v 180s                | [700–
        server               | 1000s 500v 200s                | [700–1700]
        server               | 100s 500v 200s                 | [0–800]
        server               | 1000s 500v 180s 300v 500s      | [700–2180]
        server               | 1000s 500v 500s 500v 500s      | [700–1700] [1700–2700]
        server               | 1000s 500v 200s 500v 500s E    | [700–1700] [1700–2400]
        server pad=0         | 1000s 500v 500s                | [1000–1700]
        server quiet=700     | 1000s 500v 600s 500v 700s      | [700–3300]
        server quiet=0       | 1000s 500v 20s                 | [700–1520]
        server from=0.95     | 1000s 500v 500s                | -
        server from=0        | 100s                           | [0–
        high                 | 1000s 500v 280s                | [700–
        high                 | 1000s 500v 300s                | [700–1800]
        medium               | 1000s 500v 600s                | [700–2100]
        auto                 | 1000s 500v 600s                | [700–2100]
        low                  | 1000s 500v 1180s               | [700–
        low                  | 1000s 500v 1200s               | [700–2700]
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
            for (int ms = int.Parse(word[..^1], CultureInfo.InvariantCulture); ms > 0; ms -= 20)
            {
                switch (detector.Hear(TimeSpan.FromMilliseconds(20), word[^1] == 'v' ? 0.9f : 0.1f))
                {
                    case TurnSignal.Started: found.Add($"[{detector.Start.TotalMilliseconds}–"); break;
                    case TurnSignal.Stopped:
                        found[^1] += $"{detector.Clock.TotalMilliseconds}]";
                        detector.Empty();
                        break;
                }
            }
        }
        Assert.Equal(turns, found.Count == 0 ? "-" : string.Join(' ', found));
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
