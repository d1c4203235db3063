using System.Globalization;
using Switchhook.Realtime.Conversations;

namespace Switchhook.Realtime.Tests.Conversations;

public sealed class SpokenTranscriptTests
{
    // Pieces are "words:ms" (an underscore is a space), heard is where the listener stopped, left what is then kept.
    public static TheoryData<string, string, string> Cuts => Table.Three("""
        pieces                                   | heard | left
        one_two_three_four_:1000 five_six:500    | 0     | -
        one_two_three_four_:1000 five_six:500    | 1     | -
        one_two_three_four_:1000 five_six:500    | 400   | one_two
        one_two_three_four_:1000 five_six:500    | 1000  | one_two_three_four_
        one_two_three_four_:1000 five_six:500    | 1499  | one_two_three_four_five
        one_two_three_four_:1000 five_six:500    | 1500  | one_two_three_four_five_six
        one_two_three_four_:1000 five_six:500    | 9999  | one_two_three_four_five_six
        one_:0 two_:0 three:0 :900               | 900   | one_two_three
        one_:0 two_:0 three:0 :900               | 600   | one_two
        one_:100 :400 two:500                    | 499   | one
        one_:100 :400 two:500                    | 500   | one_
        :500 one_two:500                         | 600   | -
        :500 one_two:500                         | 800   | one
        one:500 two:0                            | 500   | one
        你好世界:1000                             | 500   | 你好
        😀😀:1000                                 | 300   | -
        😀😀:1000                                 | 800   | 😀
        unbroken:1000                            | 500   | unbr
        """);

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Keeps_the_words_that_were_heard(string pieces, string heard, string left)
    {
        SpokenTranscript spoken = Spoken(pieces);
        spoken.Cut(int.Parse(heard, CultureInfo.InvariantCulture));
        Assert.Equal(left == "-" ? "" : left.Replace('_', ' '), spoken.Text);
    }

    // 8,005 samples are told as 1,000 ms, and who says that 1,000 ms were heard has heard them all.
    [Fact]
    public void A_cut_at_the_length_that_was_told_takes_nothing()
    {
        var spoken = new SpokenTranscript(8000);
        spoken.Append("Hello there.", 8005);
        spoken.Cut(spoken.GeneratedMs);
        Assert.Equal("Hello there.", spoken.Text);
        spoken.Cut(999);
        Assert.Equal("Hello", spoken.Text);
    }

    [Fact]
    public void A_second_cut_can_only_take_more()
    {
        SpokenTranscript spoken = Spoken("one_two_three_four_:1000");
        spoken.Cut(400);
        spoken.Cut(1000);
        Assert.Equal(("one two", 400, 1000), (spoken.Text, spoken.DurationMs, spoken.GeneratedMs));
    }

    [Fact]
    public void Any_cut_of_any_speech_is_a_beginning_of_it_and_grows_with_time()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var whole = new SpokenTranscript(8000);
            int length = 0;
            var parts = new List<(string, int)>();
            for (int i = random.Next(1, 8); i > 0; i--) { parts.Add((random.Next(3) == 0 ? "" : new string('a', random.Next(5)) + " ", random.Next(3) == 0 ? 0 : random.Next(8000))); }
            foreach ((string words, int samples) in parts) { whole.Append(words, samples); }
            string text = whole.Text, before = "";
            for (int ms = 0; ms <= whole.GeneratedMs + 1; ms += 97)
            {
                var cut = new SpokenTranscript(8000);
                foreach ((string words, int samples) in parts) { cut.Append(words, samples); }
                cut.Cut(ms);
                Assert.True(text.StartsWith(cut.Text, StringComparison.Ordinal) && cut.Text.Length >= before.Length, $"seed {seed}: {ms} ms: '{cut.Text}' after '{before}' of '{text}'");
                before = cut.Text;
                length++;
            }
            Assert.True(length > 0);
        }
    }

    private static SpokenTranscript Spoken(string pieces)
    {
        var spoken = new SpokenTranscript(8000);
        foreach (string piece in pieces.Split(' '))
        {
            string[] sides = piece.Split(':');
            spoken.Append(sides[0].Replace('_', ' '), int.Parse(sides[1], CultureInfo.InvariantCulture) * 8);
        }
        return spoken;
    }
}
