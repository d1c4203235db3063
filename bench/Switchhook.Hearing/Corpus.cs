namespace Switchhook.Hearing;

/// <summary>
/// Who speaks and what is said. What a detector is measured with (here) and what it was made with have no voice, no
/// sentence and no seed in common.
/// </summary>
internal static class Corpus
{
    /// <summary>Three women and three men, three languages; one of them by espeak's other synthesizer (Klatt).</summary>
    public static readonly Talker[] Talkers =
    [
        new("en-us+f3", 165, 55),
        new("en-us+m7", 150, 38),
        new("de+f4", 175, 62),
        new("de+m3", 145, 30),
        new("fr+f5", 170, 50),
        new("en-gb+klatt2", 160, 45),
    ];

    private static readonly string[] English =
    [
        "I would like a table for two tomorrow at seven",
        "Can you hear me now",
        "My number is five five five, zero one nine nine",
        "No, that was last Thursday",
        "Please connect me with the sales department",
        "Yes",
        "We moved to another apartment in the spring",
        "How much is the evening train",
    ];

    private static readonly string[] German =
    [
        "Ich möchte bitte einen Termin am Dienstag",
        "Ja, genau",
        "Können Sie das noch einmal wiederholen",
        "Die Rechnung ist gestern angekommen",
        "Guten Tag, hier spricht Familie Neumann",
        "Um halb neun wäre es besser",
        "Danke, auf Wiederhören",
        "Wie lange dauert die Lieferung",
    ];

    private static readonly string[] French =
    [
        "Bonjour, je voudrais réserver une chambre",
        "Oui, bien sûr",
        "Pouvez-vous répéter le numéro",
        "Le colis est arrivé hier matin",
        "Merci beaucoup, au revoir",
        "Nous serons quatre personnes",
        "C'est la deuxième porte à gauche",
        "Attendez un instant",
    ];

    private static readonly string[] Chatter =
    [
        "and then she told me that nobody had seen him since the weekend",
        "it was much too expensive, so we went home again by bus",
        "have you tried the new bakery opposite the station",
        "they are going to build a bridge across the whole valley",
        "my brother works nights, which makes everything difficult",
    ];

    private static readonly Talker[] Crowd =
    [
        new("en-us+f2", 175, 60), new("en-us+m2", 160, 40), new("en-gb+f5", 180, 52), new("en-gb+m4", 170, 35),
        new("en-us+klatt4", 165, 45), new("en-gb+f1", 150, 65), new("en-us+m6", 185, 48), new("en-gb+m1", 155, 30),
    ];

    /// <summary>So many sentences, the talkers in turn.</summary>
    public static IEnumerable<Line> Lines(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Talker talker = Talkers[i % Talkers.Length];
            string[] texts = talker.Voice[..2] switch { "de" => German, "fr" => French, _ => English };
            yield return new Line(talker, texts[(i / Talkers.Length + i) % texts.Length]);
        }
    }

    public static short[] Babble(double seconds, double dbfs, int seed) => Sound.Babble(seconds, dbfs, seed, Crowd, Chatter);

    /// <summary>What starts no turn although it can be heard.</summary>
    public static IEnumerable<(string Name, Func<double, short[]> Make)> Noises { get; } =
    [
        ("white, -30 dBFS", seconds => Sound.White(seconds, -30, 11)),
        ("white, -45 dBFS", seconds => Sound.White(seconds, -45, 12)),
        ("pink, -30 dBFS", seconds => Sound.Pink(seconds, -30, 13)),
        ("pink, -45 dBFS", seconds => Sound.Pink(seconds, -45, 14)),
        ("babble of 8, -30 dBFS", seconds => Babble(seconds, -30, 15)),
        ("babble of 8, -45 dBFS", seconds => Babble(seconds, -45, 16)),
        ("babble of 8, -36 dBFS", seconds => Babble(seconds, -36, 22)),
        ("babble of 8, -36 dBFS, after zeros", seconds => [.. new short[3 * Espeak.Rate], .. Babble(seconds - 3, -36, 26)]),
        ("hum of 50 Hz", seconds => Sound.Mix(Quiet(seconds), Sound.Waves(seconds, -30, t => Harmonics(t, 50, 12)))),
        ("fan, 120 Hz and noise", seconds => Sound.Mix(Sound.Pink(seconds, -42, 17), Sound.Waves(seconds, -36, t => Harmonics(t, 118, 8)))),
        ("dial tone", seconds => Sound.Mix(Quiet(seconds), Sound.Waves(seconds, -18, t => Math.Sin(Tau * 350 * t) + Math.Sin(Tau * 440 * t)))),
        ("ringback of Europe", seconds => Sound.Mix(Quiet(seconds), Sound.Cadence(Sound.Waves(seconds, -18, t => Math.Sin(Tau * 425 * t)), 1000, 4000))),
        ("busy of America", seconds => Sound.Mix(Quiet(seconds), Sound.Cadence(Sound.Waves(seconds, -18, t => Math.Sin(Tau * 480 * t) + Math.Sin(Tau * 620 * t)), 500, 500))),
        ("keys (DTMF)", seconds => Sound.Mix(Quiet(seconds), Keys(seconds, -15))),
        ("fax", seconds => Sound.Mix(Quiet(seconds), Sound.Cadence(Sound.Waves(seconds, -15, t => Math.Sin(Tau * 1100 * t)), 500, 3000))),
        ("music on hold", seconds => Sound.Mix(Quiet(seconds), Sound.Music(seconds, -25, 18))),
        ("keyboard, quiet room", seconds => Sound.Mix(Quiet(seconds), Sound.Knocks(seconds, -15, 19))),
        ("echo of our voice, -43 dBFS", seconds => Sound.Mix(Quiet(seconds), Echo(seconds))),
        ("silence", seconds => new short[(int)(seconds * Espeak.Rate)]),
    ];

    /// <summary>What should start none once somebody has spoken, whose voice is 10 and 20 dB louder.</summary>
    public static IEnumerable<(string Name, Func<double, short[]> Make)> Behind { get; } =
    [
        ("babble of 8, -33 dBFS", seconds => Babble(seconds, -33, 23)),
        ("babble of 8, -43 dBFS", seconds => Babble(seconds, -43, 24)),
        ("echo of our voice, -43 dBFS", seconds => Sound.Mix(Quiet(seconds), Echo(seconds))),
        ("music on hold, -33 dBFS", seconds => Sound.Mix(Quiet(seconds), Sound.Music(seconds, -33, 25))),
    ];

    private const double Tau = 2 * Math.PI;

    private static short[] Quiet(double seconds) => Sound.Pink(seconds, -65, 20);

    private static double Harmonics(double t, double hertz, int count) => Enumerable.Range(1, count).Sum(n => Math.Sin(Tau * hertz * n * t + n * n) / n);

    /// <summary>All sixteen keys in turn, 90 ms each.</summary>
    private static short[] Keys(double seconds, double dbfs)
    {
        int[] low = [697, 770, 852, 941], high = [1209, 1336, 1477, 1633];
        return Sound.Cadence(Sound.Waves(seconds, dbfs, t =>
        {
            int key = (int)(t / 0.2) % 16;
            return Math.Sin(Tau * low[key / 4] * t) + Math.Sin(Tau * high[key % 4] * t);
        }), 90, 110);
    }

    private static short[] Echo(double seconds)
    {
        Scene scene = Scene.Of(Lines(1 + (int)(seconds / 2)), 21, Scene.SpeechDbfs - 20);
        return scene.Samples.AsSpan(0, Math.Min(scene.Samples.Length, (int)(seconds * Espeak.Rate))).ToArray();
    }
}
