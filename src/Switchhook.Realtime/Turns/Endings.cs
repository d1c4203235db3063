using System.Collections.Frozen;

namespace Switchhook.Realtime.Turns;

/// <summary>How the words of somebody who has fallen silent sound: nobody knows, there is more to come, or that was all.</summary>
internal enum Ending : byte { Unknown, Open, Finished }

/// <summary>
/// Tells an <see cref="Ending"/> by the last words alone, with the small tables below (English, German, French, Spanish,
/// Italian, in one: a word that ends no sentence in one of them is rare as an answer in another). It understands nothing:
/// where the tables have no word it is <see cref="Ending.Unknown"/>, and the silence decides.
/// </summary>
internal static class Endings
{
    private const int AnswerWordsMax = 4;
    private const int PhoneDigits = 7;

    // What somebody says who is looking for words. A full stop behind it is the transcriber's.
    private static readonly FrozenSet<string> Hesitations = Words(
        "um uhm uh uhh er erm hm hmm mm mmm ah äh ähm öh öhm hmmm tja naja moment euh heu ben eeh eh ehm em este pues cioè allora well");

    // Nothing ends with these, whatever the transcriber puts behind.
    private static readonly FrozenSet<string> Joints = Words("""
        a an the and or but because if whether my your our their i'm i'd i'll i've we're we'd it's that's
        und oder aber weil dass ob denn sondern der den dem des ein eine einen einem einer mein meine meinen meiner
        et ou mais donc parce que le les un une des du mon ma mes votre vos notre nos
        el los las unos unas pero porque mi mis su sus il gli uno ma perché che mio mia
        """);

    // Few sentences end with these: with a full stop behind they do.
    private static readonly FrozenSet<string> Leads = Words("""
        to of for with at from in on by about into than as is are was would will should i we like want need
        von für bei im am zum zur wegen gegen ohne bis ich wir möchte hätte brauche heiße
        de à avec pour sans dans sur chez vers par en au aux je nous voudrais suis
        para con sin al del la lo entre hasta desde quiero quisiera di da per tra fra della alla nel vorrei sono
        """);

    private static readonly FrozenSet<string> Answers = Words("""
        yes yeah yep no nope ok okay sure thanks thank you bye goodbye hello hi right correct exactly great fine course very much
        ja nein doch genau danke bitte tschüss stimmt klar gut hallo schön wiederhören
        oui non merci d'accord exactement bonjour salut beaucoup revoir bien sûr
        sí si gracias claro vale hola adiós muchas bueno
        sì grazie ciao certo esatto pronto mille bene prego
        """);

    private static readonly FrozenSet<string> Politeness = Words("please bitte s'il vous plaît por favor va");

    public static Ending Of(string? words)
    {
        ReadOnlySpan<char> text = words.AsSpan().Trim().TrimEnd("\"'”’»)");
        if (text.IsEmpty) { return Ending.Unknown; }
        if (text.EndsWith("...") || text[^1] is '…' or ',' or ';' or ':' or '-' or '–' or '—' or '、') { return Ending.Open; }
        bool isStopped = text[^1] is '.' or '!' or '?' or '。' or '！' or '？';
        bool isAsked = text[^1] is '?' or '？';
        string[] all = Split(text);
        if (all.Length == 0) { return Ending.Unknown; }
        string last = all[^1];
        if (Hesitations.Contains(last) || (Joints.Contains(last) && !isAsked)) { return Ending.Open; }
        if (isStopped || IsAnswer(all)) { return Ending.Finished; }
        if (Leads.Contains(last)) { return Ending.Open; }
        return Number(all);
    }

    private static bool IsAnswer(string[] words) =>
        words.Length <= AnswerWordsMax && Array.TrueForAll(words, word => Answers.Contains(word) || Politeness.Contains(word))
        && Array.Exists(words, Answers.Contains);

    /// <summary>A time, a date, a sum or a small count is complete; a few digits may be the beginning of a telephone number.</summary>
    private static Ending Number(string[] words)
    {
        string last = words[^1];
        int digits = last.Count(char.IsAsciiDigit);
        if (digits == 0) { return Ending.Unknown; }
        if (digits < last.Length) { return Ending.Finished; }
        bool isDictated = words.Length > 1 && words[^2].Any(char.IsAsciiDigit);
        int inAll = words.Sum(word => word.Count(char.IsAsciiDigit));
        return inAll >= PhoneDigits || (digits <= 2 && !isDictated) ? Ending.Finished : Ending.Unknown;
    }

    /// <summary>Words in lower case without what stands around them; 19:30, 20.11.2026 and €20 stay whole.</summary>
    private static string[] Split(ReadOnlySpan<char> text)
    {
        string[] words = text.ToString().ToLowerInvariant().Replace('’', '\'').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select(word => word.Trim(" .,;:!?¿¡\"'()«»„“”".ToCharArray())).Where(word => word.Length > 0)];
    }

    private static FrozenSet<string> Words(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
