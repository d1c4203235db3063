namespace Switchhook;

public static partial class Limits
{
    /// <summary>A script file, in characters: a hundred times the longest of the samples.</summary>
    public const int ScriptChars = 256 * 1024;

    /// <summary>Values in a script file, keys included.</summary>
    public const int ScriptNodes = 20_000;

    /// <summary>Levels of lists and mappings in a script: a branch in a branch takes about four.</summary>
    public const int ScriptDepth = 32;

    /// <summary>Steps of all flows of a script together.</summary>
    public const int ScriptSteps = 2_000;

    /// <summary>Steps a script may take within one response; one more and it runs in circles.</summary>
    public const int ScriptStepsPerResponse = 256;

    /// <summary>Keys a script remembers until it expects some: a card number, twice over.</summary>
    public const int ScriptKeysHeard = 64;

    /// <summary>How often a script may repeat a part.</summary>
    public const int ScriptRepeats = 1_000;

    /// <summary>One line of a script: about five minutes of speech.</summary>
    public const int ScriptLineChars = 4_000;

    /// <summary>The longest a script may wait or be patient.</summary>
    public static readonly TimeSpan ScriptWait = TimeSpan.FromMinutes(10);

    /// <summary>Synthesized speech kept for re-use, of all calls: about an hour at 8 kHz. Full: what was used longest ago goes.</summary>
    public const long SpeechCacheBytes = 64L << 20;

    /// <summary>Audio of one utterance at 22,050 Hz: ten minutes. A synthesizer that writes more is stopped.</summary>
    public const int SpeechBytes = 26 << 20;

    /// <summary>Synthesizers that run at once; more wait for their turn.</summary>
    public const int SpeechProcesses = 4;

    /// <summary>How long a synthesizer may take for one utterance before tones are heard instead.</summary>
    public static readonly TimeSpan SpeechSynthesis = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Client events waiting for an engine: one of each socket, which says no more before that was heard, and those that waited for the
    /// session. Large ones keep their places meanwhile (<see cref="LargeMessages"/>), which bounds the bytes. Full, for sockets came and went: refused.
    /// </summary>
    public const int EngineInputs = Sidebands + EarlyClientEvents;

    /// <summary>Engine → call. Full: the engine waits.</summary>
    public const int EngineEvents = 1_024;

    /// <summary>Engine → a client's own socket. Half full: nothing more is generated; full: the engine waits, and with it what the client says next.</summary>
    public const int SocketEvents = 64;

    /// <summary>How often an engine that was held back by a slow reader looks again.</summary>
    public static readonly TimeSpan EngineRoom = TimeSpan.FromMilliseconds(20);

    /// <summary>Things an engine brings its session before others have their turn: a second of audio, a few milliseconds of work.</summary>
    public const int EngineStride = 50;

    /// <summary>
    /// The caller's latest turns kept for conversation.item.retrieve, together with the one under way: of a telephone 64,000 bytes of µ-law,
    /// a quarter of what all else of a call takes. What is older, or longer by itself, is retrieved without audio.
    /// </summary>
    public static readonly TimeSpan Heard = TimeSpan.FromSeconds(8);

    /// <summary>How far an engine fills the queue of speech ahead of what is played; the rest stays where it is shared.</summary>
    public static readonly TimeSpan SpokenAhead = TimeSpan.FromSeconds(2);
}
