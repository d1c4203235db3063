using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Session;

/// <summary>
/// The effective session object (realtime-api §4), immutable: a patch makes a new one. Made and changed only by
/// <see cref="SessionRules"/>. Members stand in the order in which real sessions write them.
/// </summary>
public sealed record SessionConfig
{
    public const string DefaultInstructions =
        "You are a helpful voice assistant on a telephone call. Answer briefly and speak plainly; ask when something is unclear.";

    public const string RealtimeType = "realtime", TranscriptionType = "transcription";

    /// <summary><c>realtime</c>; or <c>transcription</c>, which hears and never answers. It never changes.</summary>
    public string Type { get; init; } = RealtimeType;

    public string Object => IsTranscription ? "realtime.transcription_session" : "realtime.session";

    /// <summary><c>sess_…</c>; null until a session has taken the configuration, unless whoever opened it has named it.</summary>
    public string? Id { get; init; }

    public required string Model { get; init; }

    /// <summary>Either <c>audio</c> or <c>text</c>; audio implies a transcript.</summary>
    public IReadOnlyList<string> OutputModalities { get; init; } = ["audio"];

    /// <summary>What responses follow: the session's own, else those of its prompt, else a default text.</summary>
    public string Instructions { get => OwnInstructions ?? PromptInstructions ?? DefaultInstructions; init => OwnInstructions = value; }

    public IReadOnlyList<Tool> Tools { get; init; } = [];

    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Null is <c>"inf"</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonConverter(typeof(OutputTokensConverter))]
    public int? MaxOutputTokens { get; init; }

    /// <summary>Null, <c>"auto"</c> or an object; validated and echoed, nothing here traces.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Tracing { get; init; }

    /// <summary><c>"auto"</c>, <c>"disabled"</c> or a retention ratio; null stands for <c>"auto"</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonConverter(typeof(TruncationConverter))]
    public JsonElement? Truncation { get; init; }

    /// <summary>A stored prompt with its variables, as it was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Prompt { get; init; }

    /// <summary>Unix seconds; null until a session has taken the configuration.</summary>
    public long? ExpiresAt { get; init; }

    public SessionAudio Audio { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? Include { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public Reasoning? Reasoning { get; init; }

    /// <summary>The instructions that a client gave; null when it gave none.</summary>
    [JsonIgnore]
    public string? OwnInstructions { get; init; }

    /// <summary>The text of <see cref="Prompt"/>, its variables filled in.</summary>
    [JsonIgnore]
    public string? PromptInstructions { get; init; }

    /// <summary>The prompts that later patches may choose from: those of the session's project.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, StoredPrompt> Prompts { get; init; } = ImmutableDictionary<string, StoredPrompt>.Empty;

    /// <summary>Such a session uses of the members here only <see cref="Audio"/>'s input and <see cref="Include"/>; <see cref="Model"/> has the words.</summary>
    [JsonIgnore]
    public bool IsTranscription => Type == TranscriptionType;

    /// <summary>Whether responses are spoken.</summary>
    [JsonIgnore]
    public bool IsSpoken => OutputModalities is ["audio"];
}

public sealed record Reasoning(string Effort);

public sealed record SessionAudio
{
    public SessionAudioInput Input { get; init; } = new();
    public SessionAudioOutput Output { get; init; } = new();
}

public sealed record SessionAudioInput
{
    public AudioFormat Format { get; init; } = AudioFormat.Pcm;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Transcription? Transcription { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NoiseReduction? NoiseReduction { get; init; }

    /// <summary>Null: the client commits by hand.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TurnDetection? TurnDetection { get; init; } = new ServerVad();
}

public sealed record SessionAudioOutput
{
    public AudioFormat Format { get; init; } = AudioFormat.Pcm;

    /// <summary>A name, or the id of a custom voice: always a string here (§7.2).</summary>
    public string Voice { get; init; } = "alloy";

    public double Speed { get; init; } = 1;
}

/// <summary>The format of audio inside events (§4.3). The phone leg's codec comes from SDP and never from here (S6).</summary>
public sealed record AudioFormat(string Type, int? Rate = null)
{
    public static AudioFormat Pcm { get; } = new("audio/pcm", 24000);
    public static AudioFormat Pcmu { get; } = new("audio/pcmu");
    public static AudioFormat Pcma { get; } = new("audio/pcma");

    /// <summary>Samples a second; G.711 has the rate of the telephone.</summary>
    [JsonIgnore]
    public int SampleRate => Rate ?? 8000;

    /// <summary>Bytes of one sample.</summary>
    [JsonIgnore]
    public int SampleBytes => Rate is null ? 1 : 2;
}

/// <summary>That and how the caller's words are written down (§4.4).</summary>
public sealed record Transcription
{
    public string? Model { get; init; }
    public string? Language { get; init; }
    public IReadOnlyList<string>? Languages { get; init; }
    public string? Prompt { get; init; }

    // Real sessions do not echo these two.
    [JsonIgnore]
    public IReadOnlyList<string>? Keywords { get; init; }

    [JsonIgnore]
    public string? Delay { get; init; }
}

public sealed record NoiseReduction(string Type, double? Strength = null);

/// <summary>Who decides that the caller's turn is over (§4.5).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ServerVad), "server_vad")]
[JsonDerivedType(typeof(SemanticVad), "semantic_vad")]
public abstract record TurnDetection
{
    private protected TurnDetection() { }

    [JsonPropertyOrder(10)]
    public bool CreateResponse { get; init; } = true;

    [JsonPropertyOrder(11)]
    public bool InterruptResponse { get; init; } = true;
}

/// <summary>Silence decides.</summary>
public sealed record ServerVad : TurnDetection
{
    public double Threshold { get; init; } = 0.5;
    public int PrefixPaddingMs { get; init; } = 300;

    /// <summary>200 as in recorded sessions; the reference text says 500.</summary>
    public int SilenceDurationMs { get; init; } = 200;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? IdleTimeoutMs { get; init; }
}

/// <summary>Meaning decides, within what <see cref="Eagerness"/> allows: <c>low</c>, <c>medium</c>, <c>high</c> or <c>auto</c>.</summary>
public sealed record SemanticVad : TurnDetection
{
    public string Eagerness { get; init; } = "auto";
}
