namespace Switchhook;

public static partial class Limits
{
    /// <summary>Tools of a session or a response.</summary>
    public const int Tools = 128;

    /// <summary>Entries of the short lists of a session: languages, keywords, includes.</summary>
    public const int SessionListEntries = 128;

    /// <summary>The name of a voice: longer ones name nothing, and would be kept with all that was said in them.</summary>
    public const int VoiceChars = 128;

    /// <summary>The longest silence or padding a turn detector can be asked for.</summary>
    public const int VadMs = 60_000;

    /// <summary>Items of one conversation. Full: a client's item is refused, a model's response fails.</summary>
    public const int ConversationItems = 4_096;

    /// <summary>What clients put into one conversation, about: four times the largest audio there is. Full: as with the items.</summary>
    public const long ConversationBytes = 64L << 20;

    /// <summary>What a model is given at most, in estimated tokens: 32,768, less 4,096 for its answer, as realtime models have it.</summary>
    public const int ContextTokens = 28_672;

    /// <summary>An item's id, where a client chooses it.</summary>
    public const int ItemIdChars = 128;

    /// <summary>Parts of one message.</summary>
    public const int ContentParts = 128;

    /// <summary>A stored prompt, and what it becomes with its variables: some fifty thousand words.</summary>
    public const int PromptChars = 256 * 1024;

    /// <summary>Prompts of one project, and versions of one prompt.</summary>
    public const int Prompts = 1_000;
    public const int PromptVersions = 100;

    /// <summary>Pairs of a response's metadata, and their longest key and value (realtime-api §5).</summary>
    public const int MetadataPairs = 16;
    public const int MetadataKeyChars = 64;
    public const int MetadataValueChars = 512;

    /// <summary>Audio of one <c>input_audio_buffer.append</c>: 15 MiB, five minutes of PCM (realtime-api §5).</summary>
    public const int AppendBytes = 15 << 20;

    /// <summary>Audio of one <c>response.output_audio.delta</c>; more becomes several. 32 KB of base64: no message is held up long behind it.</summary>
    public static readonly TimeSpan AudioDelta = TimeSpan.FromMilliseconds(500);

    /// <summary>Responses generated at once, those outside the conversation included.</summary>
    public const int ResponsesAtOnce = 8;

    /// <summary>Output items of one response. One too many fails the response.</summary>
    public const int ResponseItems = 128;

    /// <summary>Transcriptions asked for and not answered. One too many fails at once.</summary>
    public const int TranscriptionsAtOnce = 32;

    /// <summary>Outputs of a model withheld until its speech is heard. Full: they are told before it is.</summary>
    public const int WithheldOutputs = 16_384;

    /// <summary>How long a cut may take to be reported before the last known position counts.</summary>
    public static readonly TimeSpan CutReport = TimeSpan.FromMilliseconds(500);
}
