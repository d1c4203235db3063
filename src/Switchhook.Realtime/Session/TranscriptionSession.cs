using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchhook.Realtime.Session;

/// <summary>A transcription session as it is told (realtime-api §4.7): of the session object what concerns hearing, and of turn detection what decides.</summary>
internal sealed record TranscriptionSession(string Type, string Object, string? Id, long? ExpiresAt, TranscriptionSessionAudio Audio)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? Include { get; init; }

    public static TranscriptionSession Of(SessionConfig config)
    {
        SessionAudioInput input = config.Audio.Input;
        return new TranscriptionSession(config.Type, config.Object, config.Id, config.ExpiresAt, new TranscriptionSessionAudio(new TranscriptionSessionInput
        {
            Format = input.Format,
            Transcription = input.Transcription,
            NoiseReduction = input.NoiseReduction,
            TurnDetection = TranscriptionTurns.Of(input.TurnDetection),
        }))
        { Include = config.Include };
    }
}

internal sealed record TranscriptionSessionAudio(TranscriptionSessionInput Input);

internal sealed record TranscriptionSessionInput
{
    public required AudioFormat Format { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Transcription? Transcription { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NoiseReduction? NoiseReduction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TranscriptionTurns? TurnDetection { get; init; }
}

/// <summary>Who decides that a turn is over, without the members that say what is answered to it.</summary>
public sealed record TranscriptionTurns(string Type)
{
    public double? Threshold { get; init; }
    public int? PrefixPaddingMs { get; init; }
    public int? SilenceDurationMs { get; init; }
    public string? Eagerness { get; init; }

    internal static TranscriptionTurns? Of(TurnDetection? turns) => turns switch
    {
        ServerVad server => new TranscriptionTurns("server_vad")
        {
            Threshold = server.Threshold,
            PrefixPaddingMs = server.PrefixPaddingMs,
            SilenceDurationMs = server.SilenceDurationMs,
        },
        SemanticVad semantic => new TranscriptionTurns("semantic_vad") { Eagerness = semantic.Eagerness },
        _ => null,
    };
}

/// <summary>The same in the flat members of the beta, for <c>transcription_session.updated</c>.</summary>
public sealed record FormerTranscriptionSession(string? Id, string Object, long? ExpiresAt, string InputAudioFormat)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Transcription? InputAudioTranscription { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NoiseReduction? InputAudioNoiseReduction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TranscriptionTurns? TurnDetection { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? Include { get; init; }

    internal static FormerTranscriptionSession Of(SessionConfig config) =>
        new(config.Id, config.Object, config.ExpiresAt, FormatOf(config.Audio.Input.Format))
        {
            InputAudioTranscription = config.Audio.Input.Transcription,
            InputAudioNoiseReduction = config.Audio.Input.NoiseReduction,
            TurnDetection = TranscriptionTurns.Of(config.Audio.Input.TurnDetection),
            Include = config.Include,
        };

    internal static string FormatOf(AudioFormat format) => format.Type switch { "audio/pcmu" => "g711_ulaw", "audio/pcma" => "g711_alaw", _ => "pcm16" };
}

/// <summary>A session is written as what it is: one that only transcribes has other members.</summary>
internal sealed class SessionConverter : JsonConverter<SessionConfig>
{
    public override SessionConfig? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, Info<SessionConfig>(options));

    public override void Write(Utf8JsonWriter writer, SessionConfig value, JsonSerializerOptions options)
    {
        if (value.IsTranscription) { JsonSerializer.Serialize(writer, TranscriptionSession.Of(value), Info<TranscriptionSession>(options)); }
        else { JsonSerializer.Serialize(writer, value, Info<SessionConfig>(options)); }
    }

    private static JsonTypeInfo<T> Info<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
