namespace Switchhook.Realtime.Tests;

/// <summary>
/// A conversation that becomes too long for its model (<c>truncation</c>, realtime-api §4.1). Every item here has ten tokens.
/// A response is told with how many items it was given.
/// </summary>
public sealed class TruncationStoryTests
{
    private const string Item = """{"type":"conversation.item.create","item":{"id":"ID","type":"message","role":"user","content":[{"type":"input_text","text":"1234567890123456789012345678901234567890"}]}}""";

    private const string Session = """> client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"instructions":"","truncation":THIS}}""";

    // Items there are, and how many of them each response is given; "-" where it fails.
    [Theory]
    [InlineData("""{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":40}}""", "3 4 5 6 9", "3 4 4 4 4")]
    [InlineData("""{"type":"retention_ratio","retention_ratio":0.5,"token_limits":{"post_instructions":40}}""", "4 5 6 7 8 9", "4 2 3 4 2 3")]
    [InlineData("""{"type":"retention_ratio","retention_ratio":0,"token_limits":{"post_instructions":40}}""", "5 6", "1 2")]
    [InlineData("""{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":9}}""", "1 2", "- -")]
    [InlineData("""{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":4.0e1}}""", "5", "4")]
    [InlineData("\"auto\"", "5", "5")]
    [InlineData("\"disabled\"", "5", "5")]
    public void What_is_too_old_is_forgotten_for_good(string truncation, string counts, string given)
    {
        List<string> lines = [Session.Replace("THIS", truncation, StringComparison.Ordinal)];
        int items = 0;
        foreach (int count in counts.Split(' ').Select(int.Parse))
        {
            for (; items < count; items++) { lines.Add("> client " + Item.Replace("ID", $"i{items}", StringComparison.Ordinal)); }
            lines.AddRange(["> client {\"type\":\"response.create\"}", "> failed enough"]);
        }
        Assert.Equal(given, Given(Story.Tell(string.Join('\n', lines))));
    }

    /// <summary>With room for 28,672 tokens less the instructions.</summary>
    [Theory]
    [InlineData("\"auto\"", "2")]
    [InlineData("\"disabled\"", "-")]
    public void A_window_has_an_end_even_where_nobody_names_one(string truncation, string given)
    {
        string large = new('x', 4 * 14_000), instructions = new('y', 4 * 700);
        string story = Story.Tell($$$"""
            > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"instructions":"{{{instructions}}}","truncation":{{{truncation}}} } }
            > client {"type":"conversation.item.create","item":{"id":"a","type":"message","role":"user","content":[{"type":"input_text","text":"{{{large}}}"}]} }
            > client {"type":"conversation.item.create","item":{"id":"b","type":"message","role":"user","content":[{"type":"input_text","text":"{{{large}}}"}]} }
            > client {"type":"conversation.item.create","item":{"id":"c","type":"message","role":"user","content":[{"type":"input_text","text":"1234"}]} }
            > client {"type":"response.create"}
            """);
        Assert.Equal(given, Given(story));
    }

    // With room for thirty tokens: m is a message, c a call of the model and o its output, d and p another call and its output. A dot asks for a response.
    [Theory]
    [InlineData(1, "c o m m .", "2")]
    [InlineData(1, "c d o p m .", "3")]
    [InlineData(1, "m c m o .", "3")]
    [InlineData(1, "c m m o .", "3")]
    [InlineData(0, "m c m o .", "2")]
    [InlineData(0, "c m m m . o .", "2 3")]
    public void A_function_call_and_its_output_are_forgotten_together(double ratio, string story, string given)
    {
        string truncation = $$$"""{"type":"retention_ratio","retention_ratio":{{{ratio}}},"token_limits":{"post_instructions":30}}""", forty = new('x', 40);
        List<string> lines = [Session.Replace("THIS", truncation, StringComparison.Ordinal)];
        foreach (string word in story.Split(' '))
        {
            lines.AddRange(word switch
            {
                "m" => ["> client " + Item.Replace("\"id\":\"ID\",", "", StringComparison.Ordinal)],
                "." => ["> client {\"type\":\"response.create\"}", "> failed enough"],
                "c" or "d" => ["> prompt", $"> call {word} {forty[1..]}", "> completed"],
                _ => [$$$"""> client {"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call{{{(word == "o" ? 1 : 2)}}}","output":"{{{forty}}}"} }"""],
            });
        }
        Assert.Equal(given, Given(Story.Tell(string.Join('\n', lines))));
    }

    [Fact]
    public void A_response_that_fails_forgets_nothing()
    {
        string large = new('x', 4 * 30);
        string story = Story.Tell(string.Join('\n', [
            Session.Replace("THIS", """{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":20}}""", StringComparison.Ordinal),
            "> client " + Item.Replace("ID", "a", StringComparison.Ordinal), "> client " + Item.Replace("ID", "b", StringComparison.Ordinal),
            $$$"""> client {"type":"conversation.item.create","item":{"id":"c","type":"message","role":"user","content":[{"type":"input_text","text":"{{{large}}}"}]} }""",
            """> client {"type":"response.create"}""", """> client {"type":"conversation.item.delete","item_id":"c"}""", """> client {"type":"response.create"}"""]));
        Assert.Equal("- 2", Given(story));
    }

    // It may have had less room, or more instructions, than those in the conversation.
    [Fact]
    public void A_response_outside_the_conversation_is_given_less_and_forgets_nothing()
    {
        const string Truncation = """{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":ROOM}}""";
        List<string> lines = [Session.Replace("THIS", Truncation.Replace("ROOM", "30", StringComparison.Ordinal), StringComparison.Ordinal)];
        for (int n = 0; n < 5; n++) { lines.Add("> client " + Item.Replace("ID", $"i{n}", StringComparison.Ordinal)); }
        lines.AddRange([
            """> client {"type":"response.create","response":{"conversation":"none"}}""",
            Session.Replace("THIS", Truncation.Replace("ROOM", "50", StringComparison.Ordinal), StringComparison.Ordinal),
            """> client {"type":"response.create"}"""]);
        Assert.Equal("3 5", Given(Story.Tell(string.Join('\n', lines))));
    }

    [Fact]
    public void What_was_forgotten_can_still_be_read_and_a_chosen_input_is_not_shortened() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"instructions":"","truncation":{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":2}}}}
        session.updated …
        > client {"type":"conversation.item.create","item":{"id":"a","type":"message","role":"user","content":[{"type":"input_text","text":"12345678"}]}}
        conversation.item.added previous_item_id=null a completed message/user [{"type":"input_text","text":"12345678"}]
        conversation.item.done previous_item_id=null a completed message/user [{"type":"input_text","text":"12345678"}]
        > client {"type":"conversation.item.create","item":{"id":"b","type":"message","role":"user","content":[{"type":"input_text","text":"1234"}]}}
        conversation.item.added previous_item_id="a" b completed message/user [{"type":"input_text","text":"1234"}]
        conversation.item.done previous_item_id="a" b completed message/user [{"type":"input_text","text":"1234"}]
        > client {"type":"response.create","response":{"conversation":"none","input":[{"type":"item_reference","id":"a"},{"type":"item_reference","id":"b"}]}}
        response.created resp1 in_progress apart
        rate_limits.updated
        response.done resp1 failed/context_length_exceeded apart tokens=0
        > client {"type":"response.create"}
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Client input=1]
        > completed
        response.done resp2 completed tokens=0
        > client {"type":"conversation.item.retrieve","item_id":"a"}
        conversation.item.retrieved a completed message/user [{"type":"input_text","text":"12345678"}]
        > client {"type":"response.create","response":{"conversation":"none","input":[{"type":"item_reference","id":"a"}]}}
        response.created resp3 in_progress apart
        rate_limits.updated
        [generate resp3 Client input=1]
        """);

    private static string Given(string story) => string.Join(' ', story.Split('\n')
        .Select(line => line.StartsWith("[generate", StringComparison.Ordinal) && line.Contains("Client", StringComparison.Ordinal) ? line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..^1]
            : line.EndsWith("failed/context_length_exceeded tokens=0", StringComparison.Ordinal) ? "-" : "").Where(word => word.Length > 0));
}
