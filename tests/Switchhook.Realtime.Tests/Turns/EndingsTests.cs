using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime.Tests.Turns;

public sealed class EndingsTests
{
    public static TheoryData<string, string> Words => Table.Two("""
        words | ending
        I would like a table for two. | Finished
        Can you hear me? | Finished
        Stop! | Finished
        "Tomorrow at seven." | Finished
        明日です。 | Finished
        I would like, um | Open
        I would like, um. | Open
        Ähm | Open
        Euh… | Open
        My number is... | Open
        First, | Open
        It is the one on the – | Open
        I want to come and | Open
        I want to come and. | Open
        And? | Finished
        Please put me through to the | Open
        Please put me through to | Open
        Who am I talking to? | Finished
        That is what it is for. | Finished
        I'd like | Open
        I'm | Open
        ich hätte gern einen | Open
        Morgen um acht, aber | Open
        Ich komme zum | Open
        je voudrais une | Open
        une chambre pour | Open
        Quiero hablar con | Open
        una mesa para | Open
        vorrei parlare con il | Open
        yes | Finished
        Yes please | Finished
        no thank you | Finished
        NO | Finished
        okay great thanks | Finished
        ja genau | Finished
        nein danke | Finished
        oui, merci | Finished
        oui s'il vous plaît | Finished
        d’accord | Finished
        sí, por favor | Finished
        va bene grazie | Finished
        please | Unknown
        the yes | Unknown
        I would like a table | Unknown
        no I would not say that | Unknown
        4 | Finished
        at 7 | Finished
        19:30 | Finished
        at 7pm | Finished
        on 20.11.2026 | Finished
        €20 | Finished
        50% | Finished
        555 | Unknown
        5 5 | Unknown
        my number is 555 01 | Unknown
        555 0199 | Finished
        555- | Open
        twenty minutes | Unknown
        . | Unknown
        """);

    [Theory]
    [MemberData(nameof(Words))]
    public void Words_sound_like_an_end_or_not(string words, string ending) => Assert.Equal(ending, Endings.Of(words).ToString());

    [Fact]
    public void Without_words_nobody_knows()
    {
        Assert.Equal(Ending.Unknown, Endings.Of(null));
        Assert.Equal(Ending.Unknown, Endings.Of(""));
        Assert.Equal(Ending.Unknown, Endings.Of(" \n"));
        Assert.Equal(Ending.Unknown, Endings.Of("?!"));
        Assert.Equal(Ending.Unknown, Endings.Of("\"\""));
    }
}
