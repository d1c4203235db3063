using System.Collections.Immutable;
using Switchhook.Media.Dsp;

namespace Switchhook.Engines.Speech;

/// <summary>
/// The voice that is always there. A word is a few short tones, one for each of its syllables, whose pitch follows
/// its letters: no speech, but a rhythm that a person hears as somebody talking and that a test can tell apart.
/// </summary>
internal static class ToneVoice
{
    private const int SyllableMs = 140;
    private const int BetweenWordsMs = 60;
    private const int AfterSentenceMs = 250;
    private const double Dbfs = -20;

    // Two octaves of a pentatonic scale: any order of these sounds well.
    private static ReadOnlySpan<short> Pitches => [220, 247, 277, 330, 370, 440, 494, 554, 659, 740];

    public static SpokenLine Speak(SpeechRequest request)
    {
        List<string> words = SpokenLine.Cut(request.Text);
        var spoken = ImmutableArray.CreateBuilder<SpokenWord>(words.Count);
        foreach (string word in words) { spoken.Add(new SpokenWord(word, Sound(word, request))); }
        return new SpokenLine(spoken.ToImmutable());
    }

    private static short[] Sound(string word, SpeechRequest request)
    {
        int samplesPerMs = request.SampleRate / 1000;
        int syllable = (int)(SyllableMs / request.Speed) * samplesPerMs;
        int pause = (int)((word[^1] is '.' or '!' or '?' ? AfterSentenceMs : BetweenWordsMs) / request.Speed) * samplesPerMs;
        List<int> pitches = Syllables(word);
        short[] samples = new short[pitches.Count * syllable + pause];
        for (int i = 0; i < pitches.Count; i++)
        {
            // The rest at the end of the cadence is what parts two syllables.
            int soundMs = syllable / samplesPerMs * 4 / 5;
            var tone = new Tone(request.SampleRate, pitches[i], Dbfs, pitches[i] * 2.02, soundMs, syllable / samplesPerMs);
            tone.Fill(samples.AsSpan(i * syllable, syllable));
        }
        return samples;
    }

    /// <summary>One pitch for each group of vowels (and at least one); the letters up to it choose which.</summary>
    private static List<int> Syllables(string word)
    {
        var pitches = new List<int>();
        int letters = 0;
        bool vowel = false;
        foreach (char letter in word)
        {
            letters = (letters * 31 + char.ToLowerInvariant(letter)) & 0xFFFF;
            bool isVowel = char.IsDigit(letter) || "aeiouyäöü".Contains(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (isVowel && !vowel) { pitches.Add(Pitches[letters % Pitches.Length]); }
            vowel = isVowel && !char.IsDigit(letter);
        }
        if (pitches.Count == 0) { pitches.Add(Pitches[letters % Pitches.Length]); }
        return pitches;
    }
}
