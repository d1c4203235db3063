using System.Text.RegularExpressions;

namespace Switchhook.Realtime.Tests.Turns;

/// <summary>What each member of turn_detection does (realtime-api §4.5), alone and with others.</summary>
public sealed partial class TurnSettingsTests
{
    // A story: "talk300" and "hush300" are the caller's milliseconds; the model begins (ask), speaks a second (say) and is through (said); the phone
    // begins to play it (plays), has played it (played) or cuts it (cut); the words so far are finished ("…yes") or open ("…um").
    public static TheoryData<string, string, string> Stories => Table.Three("""
        turn_detection | story | told
        server_vad | talk100 hush180 | started
        server_vad | talk100 hush200 | started stopped committed response
        server_vad | talk100 hush200 ask say said plays played talk100 hush200 | started stopped committed response playing done played started stopped committed response
        server_vad silence_duration_ms=600 | talk100 hush580 talk100 hush580 hush20 | started stopped committed response
        server_vad threshold=0.95 | talk1000 hush200 | -
        server_vad create_response=false | talk100 hush200 | started stopped committed
        server_vad create_response=false | ask say plays talk100 hush200 cut | response playing started stop cut stopped committed cleared done truncated
        server_vad | ask say plays talk100 hush200 cut | response playing started stop cut stopped committed cleared done truncated response
        server_vad | ask say said plays talk100 hush200 cut | response playing done started cut stopped committed cleared truncated response
        server_vad interrupt_response=false | ask say plays talk100 hush200 said played | response playing started stopped committed error done played
        server_vad interrupt_response=false | ask say said plays talk100 hush200 played | response playing done started stopped committed response played
        server_vad interrupt_response=false create_response=false | ask say plays talk100 hush200 said played | response playing started stopped committed done played
        server_vad idle_timeout_ms=5000 | hush30000 | -
        server_vad idle_timeout_ms=5000 | ask say said plays hush6000 played hush4980 | response playing done played
        server_vad idle_timeout_ms=5000 | ask say said plays hush6000 played hush5000 | response playing done played timeout committed response
        server_vad idle_timeout_ms=5000 create_response=false | ask say said plays played hush30000 | response playing done played timeout committed
        server_vad idle_timeout_ms=30000 | ask say said plays played hush29980 hush20 | response playing done played timeout committed response
        server_vad idle_timeout_ms=5000 | ask say said plays played hush4000 talk6000 | response playing done played started
        server_vad idle_timeout_ms=5000 create_response=false | ask say said plays played hush4000 talk100 hush30000 | response playing done played started stopped committed
        server_vad idle_timeout_ms=5000 interrupt_response=false | ask say plays talk100 hush6000 said played hush5000 | response playing started stopped committed error done played timeout committed response
        server_vad | ask say said plays played hush60000 | response playing done played
        semantic_vad | talk100 hush600 | started sofar stopped committed response
        semantic_vad eagerness=high | talk100 hush300 | started sofar stopped committed response
        semantic_vad eagerness=low | talk100 hush1180 hush20 | started sofar stopped committed response
        semantic_vad | talk100 hush200 …yes hush80 hush20 | started sofar stopped committed response
        semantic_vad | talk100 hush200 …um hush3780 hush20 | started sofar stopped committed response
        semantic_vad | talk100 hush200 …um hush3780 talk100 hush200 …yes hush100 | started sofar sofar stopped committed response
        semantic_vad create_response=false | talk100 hush600 | started sofar stopped committed
        semantic_vad interrupt_response=false | ask say plays talk100 hush600 | response playing started sofar stopped committed error
        semantic_vad | ask say plays talk100 hush200 cut | response playing started stop cut sofar cleared done truncated
        """);

    [Theory]
    [MemberData(nameof(Stories))]
    public void Every_setting_does_what_it_says(string settings, string story, string told)
    {
        var script = new List<string> { Settings(settings) };
        int utterances = 0, pauses = 0;
        foreach (string word in story.Split(' '))
        {
            Match match = Word().Match(word);
            string number = match.Groups[2].Value;
            script.Add(match.Groups[1].Value switch
            {
                "talk" => $"> hear {number} 0.9",
                "hush" => $"> hear {number} 0",
                "ask" => "> prompt",
                "say" => $"> speech 1000 {++utterances}",
                "said" => "> completed",
                "plays" => $"> started {utterances}",
                "played" => $"> stopped {utterances}",
                "cut" => $"> cut {utterances} 300",
                _ => $"> sofar {++pauses} {word[1..]}",
            });
        }
        string[] lines = Story.Tell(string.Join('\n', script)).Split('\n');
        Assert.Equal(told, string.Join(' ', lines.Select(Short).Where(line => line.Length > 0)) is { Length: > 0 } short_ ? short_ : "-");
    }

    private static string Settings(string settings)
    {
        string[] words = settings.Split(' ');
        string members = string.Concat(words[1..].Select(word => word.Split('=')).Select(pair => $",\"{pair[0]}\":{(pair[0] == "eagerness" ? $"\"{pair[1]}\"" : pair[1])}"));
        return "> client " + """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"TYPE"}}}}}"""
            .Replace("\"TYPE\"", $"\"{words[0]}\"{members}", StringComparison.Ordinal);
    }

    private static string Short(string line) => line.Split(' ')[0] switch
    {
        "input_audio_buffer.speech_started" => "started",
        "input_audio_buffer.speech_stopped" => "stopped",
        "input_audio_buffer.committed" => "committed",
        "input_audio_buffer.timeout_triggered" => "timeout",
        "response.created" => "response",
        "response.done" => "done",
        "output_audio_buffer.started" => "playing",
        "output_audio_buffer.stopped" => "played",
        "output_audio_buffer.cleared" => "cleared",
        "conversation.item.truncated" => "truncated",
        "[stop" => "stop",
        "[cut" => "cut",
        "[so" => "sofar",
        "error" => "error",
        _ => "",
    };

    [GeneratedRegex("^([a-z]+|…)([0-9]*)")]
    private static partial Regex Word();
}
