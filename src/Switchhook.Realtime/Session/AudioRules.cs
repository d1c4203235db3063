using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>
/// The <c>audio</c> part of the session (realtime-api §4.3–4.5). Formats are accepted and echoed and touch nothing on the phone leg (S6);
/// the numbers of voice activity detection are accepted on telephone calls too.
/// </summary>
internal static class AudioRules
{
    public static SessionAudio Audio(FieldReader session, SessionAudio current)
    {
        if (session.IsNull("audio")) { return new SessionAudio(); }
        if (!session.TryObject("audio", out FieldReader f)) { return current; }
        f.Only("input", "output");
        return new SessionAudio { Input = Input(f, current.Input), Output = Output(f, current.Output) };
    }

    public static SessionAudioOutput Output(FieldReader audio, SessionAudioOutput current)
    {
        if (audio.IsNull("output")) { return new SessionAudioOutput(); }
        if (!audio.TryObject("output", out FieldReader f)) { return current; }
        f.Only("format", "voice", "speed");
        return new SessionAudioOutput
        {
            Format = Format(f, current.Format),
            Voice = Voice(f, current.Voice),
            Speed = f.Number("speed", current.Speed, 1, 0.25, 1.5),
        };
    }

    public static SessionAudioInput Input(FieldReader audio, SessionAudioInput current)
    {
        if (audio.IsNull("input")) { return new SessionAudioInput(); }
        if (!audio.TryObject("input", out FieldReader f)) { return current; }
        f.Only("format", "transcription", "noise_reduction", "turn_detection");
        return new SessionAudioInput
        {
            Format = Format(f, current.Format),
            Transcription = Transcription(f, "transcription", current.Transcription),
            NoiseReduction = NoiseReduction(f, "noise_reduction", current.NoiseReduction),
            TurnDetection = TurnDetection(f, "turn_detection", current.TurnDetection),
        };
    }

    private static AudioFormat Format(FieldReader parent, AudioFormat current)
    {
        if (parent.IsNull("format")) { return AudioFormat.Pcm; }
        if (!parent.TryObject("format", out FieldReader f)) { return current; }
        f.Only("type", "rate");
        string type = f.Choice("type", current.Type, "audio/pcm", "audio/pcm", "audio/pcmu", "audio/pcma");
        if (type == "audio/pcm") { f.OptionalWhole("rate", null, 24000, 24000); }
        return type switch { "audio/pcmu" => AudioFormat.Pcmu, "audio/pcma" => AudioFormat.Pcma, _ => AudioFormat.Pcm };
    }

    // A custom voice comes as an object and is its id from then on.
    private static string Voice(FieldReader output, string current)
    {
        string voice;
        if (!output.TryFind("voice", out JsonElement value) || value.ValueKind != JsonValueKind.Object) { voice = output.Text("voice", current, "alloy"); }
        else
        {
            if (!output.TryObject("voice", out FieldReader f)) { return current; }
            f.Only("id");
            voice = f.RequiredText("id");
        }
        if (voice.Length is 0 or > Limits.VoiceChars) { output.Faults.Value(output.At("voice"), voice, $"A voice has a name, of at most {Limits.VoiceChars} characters."); }
        return voice;
    }

    public static Transcription? Transcription(FieldReader input, string name, Transcription? current)
    {
        if (input.IsNull(name)) { return null; }
        if (!input.TryObject(name, out FieldReader f)) { return current; }
        f.Only("model", "language", "languages", "prompt", "keywords", "delay");
        current ??= new Transcription();
        var next = new Transcription
        {
            Model = f.OptionalText("model", current.Model),
            Language = f.OptionalText("language", current.Language),
            Languages = f.OptionalTexts("languages", current.Languages, Limits.SessionListEntries),
            Prompt = f.OptionalText("prompt", current.Prompt),
            Keywords = f.OptionalTexts("keywords", current.Keywords, Limits.SessionListEntries),
            Delay = f.OptionalChoice("delay", current.Delay, "minimal", "low", "medium", "high", "xhigh"),
        };
        if (next.Languages is []) { f.Faults.Value(f.At("languages"), "[]", "It must name at least one language."); }
        return next;
    }

    public static NoiseReduction? NoiseReduction(FieldReader input, string name, NoiseReduction? current)
    {
        if (input.IsNull(name)) { return null; }
        if (!input.TryObject(name, out FieldReader f)) { return current; }
        f.Only("type", "strength");
        if (current is null) { f.RequiredText("type"); }
        return new NoiseReduction(
            f.Choice("type", current?.Type ?? "near_field", "near_field", "near_field", "far_field"),
            f.OptionalNumber("strength", current?.Strength, 0, 1));
    }

    /// <summary>A union (§4.2): another type replaces the object and brings its own defaults; the same type is patched.</summary>
    public static TurnDetection? TurnDetection(FieldReader input, string name, TurnDetection? current)
    {
        if (input.IsNull(name)) { return null; }
        if (!input.TryObject(name, out FieldReader f)) { return current; }
        string held = current is SemanticVad ? "semantic_vad" : "server_vad";
        if (current is null) { f.RequiredText("type"); }
        return f.Choice("type", held, "server_vad", "server_vad", "semantic_vad") == "semantic_vad"
            ? SemanticVad(f, current as SemanticVad ?? new SemanticVad())
            : ServerVad(f, current as ServerVad ?? new ServerVad());
    }

    private static ServerVad ServerVad(FieldReader f, ServerVad current)
    {
        f.Only("type", "threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms", "create_response", "interrupt_response");
        var reset = new ServerVad();
        return new ServerVad
        {
            Threshold = f.Number("threshold", current.Threshold, reset.Threshold, 0, 1),
            PrefixPaddingMs = f.Whole("prefix_padding_ms", current.PrefixPaddingMs, reset.PrefixPaddingMs, 0, Limits.VadMs),
            SilenceDurationMs = f.Whole("silence_duration_ms", current.SilenceDurationMs, reset.SilenceDurationMs, 0, Limits.VadMs),
            IdleTimeoutMs = f.OptionalWhole("idle_timeout_ms", current.IdleTimeoutMs, 5000, 30000),
            CreateResponse = f.Flag("create_response", current.CreateResponse, reset.CreateResponse),
            InterruptResponse = f.Flag("interrupt_response", current.InterruptResponse, reset.InterruptResponse),
        };
    }

    private static SemanticVad SemanticVad(FieldReader f, SemanticVad current)
    {
        f.Only("type", "eagerness", "create_response", "interrupt_response");
        var reset = new SemanticVad();
        return new SemanticVad
        {
            Eagerness = f.Choice("eagerness", current.Eagerness, reset.Eagerness, "low", "medium", "high", "auto"),
            CreateResponse = f.Flag("create_response", current.CreateResponse, reset.CreateResponse),
            InterruptResponse = f.Flag("interrupt_response", current.InterruptResponse, reset.InterruptResponse),
        };
    }
}
