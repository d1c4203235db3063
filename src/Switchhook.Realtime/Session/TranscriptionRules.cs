using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>
/// What a transcription session may be (realtime-api §4.7): it hears and writes down, and nothing of it concerns answers. It always
/// transcribes: without a word about how, with the model that was opened for it.
/// </summary>
internal static class TranscriptionRules
{
    public static SessionConfig Defaults(string model) => new()
    {
        Type = SessionConfig.TranscriptionType,
        Model = model,
        Audio = new SessionAudio { Input = Defaults(new SessionAudioInput(), model) },
    };

    /// <summary>Whose words are heard: those of the transcription's model where it is one of ours; its name is a label otherwise, as it is on calls.</summary>
    public static string Model(FieldReader f, SessionRulesContext context)
    {
        string? named = f.TryObject("audio", out FieldReader audio) && audio.TryObject("input", out FieldReader input)
            && input.TryObject("transcription", out FieldReader transcription) ? transcription.OptionalText("model") : null;
        bool isOurs = named is not null && (context.Models is null || context.Models.Contains(named));
        string? model = isOurs ? named : context.DefaultModel;
        if (string.IsNullOrEmpty(model)) { f.Faults.Missing("session.audio.input.transcription.model"); }
        return model ?? "";
    }

    public static SessionConfig Members(FieldReader f, SessionConfig current)
    {
        f.Only("type", "id", "object", "expires_at", "audio", "include");
        SessionAudioInput input = current.Audio.Input;
        if (f.IsNull("audio")) { input = Defaults(new SessionAudioInput(), current.Model); }
        else if (f.TryObject("audio", out FieldReader audio))
        {
            audio.Only("input");
            input = Defaults(AudioRules.Input(audio, input), current.Model);
        }
        return current with { Include = SessionRules.Include(f, current.Include), Audio = new SessionAudio { Input = input } };
    }

    /// <summary>The flat members of the beta, which <c>transcription_session.update</c> still has.</summary>
    public static SessionConfig FormerMembers(FieldReader f, SessionConfig current)
    {
        f.Only("id", "object", "expires_at", "client_secret", "modalities",
            "input_audio_format", "input_audio_transcription", "input_audio_noise_reduction", "turn_detection", "include");
        SessionAudioInput input = current.Audio.Input;
        input = new SessionAudioInput
        {
            Format = f.Choice("input_audio_format", FormerTranscriptionSession.FormatOf(input.Format), "pcm16", "pcm16", "g711_ulaw", "g711_alaw") switch
            {
                "g711_ulaw" => AudioFormat.Pcmu,
                "g711_alaw" => AudioFormat.Pcma,
                _ => AudioFormat.Pcm,
            },
            Transcription = AudioRules.Transcription(f, "input_audio_transcription", input.Transcription),
            NoiseReduction = AudioRules.NoiseReduction(f, "input_audio_noise_reduction", input.NoiseReduction),
            TurnDetection = AudioRules.TurnDetection(f, "turn_detection", input.TurnDetection),
        };
        return current with { Include = SessionRules.Include(f, current.Include), Audio = new SessionAudio { Input = Defaults(input, current.Model) } };
    }

    private static SessionAudioInput Defaults(SessionAudioInput input, string model) =>
        input.Transcription is null ? input with { Transcription = new Transcription { Model = model } } : input;
}
