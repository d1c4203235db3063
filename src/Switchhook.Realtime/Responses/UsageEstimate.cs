using System.Runtime.InteropServices;
using System.Text.Json;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Responses;

/// <summary>
/// Tokens, estimated: local models count differently or not at all, and clients want numbers. Four characters of text are a token;
/// so are 100 ms of the caller's speech and 50 ms of the model's. Images and bytes of audio that a client gave count nothing.
/// </summary>
internal static class UsageEstimate
{
    private const int CharactersPerToken = 4, InputMsPerToken = 100, OutputMsPerToken = 50;

    public static int Text(long characters) => (int)((characters + CharactersPerToken - 1) / CharactersPerToken);

    public static int Spoken(long ms) => (int)((ms + OutputMsPerToken - 1) / OutputMsPerToken);

    /// <summary>What every response has before the conversation: instructions and tools.</summary>
    public static int Instructions(SessionConfig config) => Text(InstructionCharacters(config));

    /// <summary>One item of a conversation.</summary>
    public static long Of(Conversation.Entry entry) =>
        Text(Characters(entry)) + (long)(entry.Heard.TotalMilliseconds / InputMsPerToken) + Spoken(entry.Spoken?.DurationMs ?? 0);

    public static (int Text, int Audio) Input(SessionConfig config, IReadOnlyList<Conversation.Entry> entries)
    {
        long characters = InstructionCharacters(config), heardMs = 0, spokenMs = 0;
        foreach (Conversation.Entry entry in entries)
        {
            heardMs += (long)entry.Heard.TotalMilliseconds;
            spokenMs += entry.Spoken?.DurationMs ?? 0;
            characters += Characters(entry);
        }
        return (Text(characters), (int)(heardMs / InputMsPerToken) + Spoken(spokenMs));
    }

    private static long InstructionCharacters(SessionConfig config) => config.Instructions.Length
        + config.Tools.OfType<FunctionTool>().Sum(function => function.Name.Length + (function.Description?.Length ?? 0) + Length(function.Parameters));

    // Words that were heard are counted as the sound that they were.
    private static long Characters(Conversation.Entry entry) => entry.Item switch
    {
        MessageItem message => message.Content.Sum(part => part switch
        {
            InputTextPart text => text.Text.Length,
            InputAudioPart audio when entry.Heard == TimeSpan.Zero => audio.Transcript?.Length ?? 0,
            OutputTextPart text => text.Text.Length,
            OutputAudioPart audio => audio.Transcript?.Length ?? 0,
            _ => 0,
        }),
        FunctionCallItem call => call.Name.Length + call.Arguments.Length,
        FunctionCallOutputItem output => output.Output.Length,
        McpListToolsItem list => list.Tools.Sum(tool => tool.Name.Length + tool.Description.Length + Length(tool.InputSchema)),
        McpCallItem call => call.Name.Length + call.Arguments.Length + (call.Output ?? call.Error?.Message ?? "").Length,
        _ => 0,
    };

    // As it stands: in what a client wrote, nearly all bytes are characters.
    private static long Length(JsonElement? json) => json is { } given ? JsonMarshal.GetRawUtf8Value(given).Length : 0;
}
