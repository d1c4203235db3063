using System.Collections.Immutable;

namespace Switchhook.Engines.Speech;

/// <summary>What is to be said, and how. Equal requests sound equal, so they are synthesized once.</summary>
/// <param name="Text">At most <see cref="Limits.ScriptLineChars"/> characters.</param>
/// <param name="Voice">A voice name of the Realtime API, or any other.</param>
/// <param name="Language">A BCP 47 tag in lower case.</param>
/// <param name="Speed">0.25 to 1.5; 1 is a normal pace.</param>
/// <param name="SampleRate">8,000 or 24,000.</param>
public readonly record struct SpeechRequest(string Text, string Voice, string Language, double Speed, int SampleRate);

/// <summary>A word with the blanks before it, and the audio that carries it.</summary>
public readonly record struct SpokenWord(string Text, ReadOnlyMemory<short> Samples);

/// <summary>A line as it is heard: words that add up to the text exactly. Shared by all who say it; the samples are read only.</summary>
public sealed record SpokenLine(ImmutableArray<SpokenWord> Words)
{
    public int Samples => Words.Sum(word => word.Samples.Length);

    /// <summary>Cuts a text into words; what stands between two belongs to the second, as in the deltas of a transcript.</summary>
    internal static List<string> Cut(string text)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            bool begins = i < text.Length && char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]);
            if (!begins && i < text.Length) { continue; }
            if (i == text.Length && words.Count > 0 && string.IsNullOrWhiteSpace(text[start..])) { words[^1] += text[start..]; }
            else { words.Add(text[start..i]); }
            start = i;
        }
        return words;
    }

    /// <summary>
    /// Gives every word its part of one recording, in proportion to its letters. A synthesizer does not tell where its
    /// words begin; this is within a syllable of the truth, and all that depends on it is how much of a transcript is
    /// kept when a caller interrupts.
    /// </summary>
    internal static SpokenLine Spread(string text, ReadOnlyMemory<short> samples)
    {
        List<string> words = Cut(text);
        long letters = Math.Max(1, words.Sum(Weight));
        var spoken = ImmutableArray.CreateBuilder<SpokenWord>(words.Count);
        long before = 0;
        foreach (string word in words)
        {
            int from = (int)(samples.Length * before / letters);
            before += Weight(word);
            int to = (int)(samples.Length * before / letters);
            spoken.Add(new SpokenWord(word, samples[from..to]));
        }
        return new SpokenLine(spoken.ToImmutable());
    }

    /// <summary>A digit is a whole word when it is spoken; a pause counts like a few letters.</summary>
    private static long Weight(string word) => word.Sum(c => char.IsDigit(c) ? 4 : c is '.' or ',' or ';' or ':' or '!' or '?' ? 3 : 1);
}
