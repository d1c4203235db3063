using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Session;

/// <summary>
/// What the rules need to know of the world: the models that exist (null: any), which one is meant when none is named (null: none),
/// whether the session may be one that only transcribes (on a call it may not), and the prompts of its project.
/// </summary>
public readonly record struct SessionRulesContext(IReadOnlyCollection<string>? Models, string? DefaultModel = null, bool MayTranscribe = false)
{
    private readonly IReadOnlyDictionary<string, StoredPrompt>? _prompts;

    public IReadOnlyDictionary<string, StoredPrompt> Prompts
    {
        get => _prompts ?? ImmutableDictionary<string, StoredPrompt>.Empty;
        init => _prompts = value;
    }
}

/// <summary>
/// What a session may be, and what of it may change when (realtime-api §4). There is one set of rules: creating is patching
/// the defaults. An absent member stays as it is, at every depth; null, <c>""</c> and <c>[]</c> clear (S8). A fault changes nothing
/// and names the member, the value and what is allowed.
/// </summary>
public static class SessionRules
{
    /// <summary>The one thing a session may ask to be told in addition.</summary>
    internal const string TranscriptionLogprobs = "item.input_audio_transcription.logprobs";

    /// <summary>The body of accept, flat (§1.3); also the <c>session</c> of a client secret.</summary>
    public static bool TryCreate(
        JsonElement body, SessionRulesContext context, [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        var faults = new Faults();
        var f = new FieldReader(body, "session", faults);
        config = null;
        if (f.IsObject && !JsonText.IsSound(JsonMarshal.GetRawUtf8Value(body), out error)) { return false; }
        ReadOnlySpan<string> types = context.MayTranscribe ? [SessionConfig.RealtimeType, SessionConfig.TranscriptionType] : [SessionConfig.RealtimeType];
        string? type = ReadType(f, body, types);
        if (type == SessionConfig.TranscriptionType)
        {
            config = TranscriptionRules.Members(f, TranscriptionRules.Defaults(TranscriptionRules.Model(f, context)));
        }
        else if (type is not null)
        {
            string model = f.Text("model", context.DefaultModel ?? "", context.DefaultModel ?? "");
            if (model.Length == 0) { faults.Missing("session.model"); }
            else if (context.Models is { } models && !models.Contains(model))
            {
                faults.Add("invalid_value", $"Invalid value for 'session.model': {Faults.Quote(model)} is not configured. Configured models are: {Faults.Names(models)}.", "session.model");
            }
            config = Members(f, new SessionConfig { Model = model, Prompts = context.Prompts }, []);
        }
        return Concluded(faults, ref config, out error);
    }

    /// <summary>
    /// The <c>session</c> of session.update. <paramref name="audioStarted"/>: the session has spoken, so its voice stays
    /// (<c>cannot_update_voice</c>). <paramref name="known"/>: the MCP servers that it knows, whose label is enough to name them again.
    /// </summary>
    internal static bool TryPatch(
        SessionConfig current, JsonElement session, bool audioStarted, IReadOnlyList<McpTool> known,
        [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        var faults = new Faults();
        var f = new FieldReader(session, "session", faults);
        config = null;
        if (ReadType(f, session, [current.Type]) is null) { return Concluded(faults, ref config, out error); }
        if (current.IsTranscription) { config = TranscriptionRules.Members(f, current); }
        else
        {
            string model = f.Text("model", current.Model, current.Model);
            if (model != current.Model) { faults.Value("session.model", model, $"A session's model cannot be changed; it is '{current.Model}'."); }
            config = Members(f, current, known);
            CheckVoice(audioStarted, current, config, faults, "session.audio.output.voice");
        }
        return Concluded(faults, ref config, out error);
    }

    /// <summary>The <c>session</c> of transcription_session.update, in the flat members of the beta.</summary>
    internal static bool TryPatchFormer(
        SessionConfig current, JsonElement session, [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        var faults = new Faults();
        config = TranscriptionRules.FormerMembers(new FieldReader(session, "session", faults), current);
        return Concluded(faults, ref config, out error);
    }

    /// <summary>
    /// The members of <c>response</c> in response.create that override the session for one response; its other members
    /// (<c>conversation</c>, <c>input</c>, <c>metadata</c>) are not read here. Null is the session's value at every depth: clients that
    /// write every member of their records ask for nothing by it.
    /// </summary>
    internal static bool TryOverride(
        SessionConfig current, JsonElement response, bool audioStarted, IReadOnlyList<McpTool> known,
        [NotNullWhen(true)] out SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        var faults = new Faults();
        var f = new FieldReader(response, "response", faults, isOverride: true);
        config = null;
        if (!f.IsObject) { faults.Type("response", "an object", FieldReader.Kind(response)); }
        else
        {
            f.Only("conversation", "input", "metadata", "instructions", "output_modalities", "audio", "tools", "tool_choice",
                "parallel_tool_calls", "reasoning", "max_output_tokens", "prompt", "temperature");
            // A prompt for this response alone comes before the instructions of the session, not before its own.
            config = Shared(f, f.TryFind("prompt", out _) ? current with { OwnInstructions = null } : current, known);
            if (f.TryObject("audio", out FieldReader audio))
            {
                audio.Only("output");
                config = config with { Audio = config.Audio with { Output = AudioRules.Output(audio, config.Audio.Output) } };
            }
            CheckVoice(audioStarted, current, config, faults, "response.audio.output.voice");
        }
        return Concluded(faults, ref config, out error);
    }

    // Null when it is not one of those allowed.
    private static string? ReadType(FieldReader f, JsonElement session, ReadOnlySpan<string> allowed)
    {
        if (!f.IsObject) { f.Faults.Type("session", "an object", FieldReader.Kind(session)); return null; }
        // Nested, its type is there and yet missing: say what is wrong, not what follows from it.
        if (f.Has("session")) { f.Faults.Unknown(f.At("session")); }
        string type = f.RequiredText("type");
        if (f.Faults.First is null && !allowed.Contains(type)) { f.Faults.Value("session.type", type, FieldReader.Supported(allowed)); }
        return f.Faults.First is null ? type : null;
    }

    private static SessionConfig Members(FieldReader f, SessionConfig current, IReadOnlyList<McpTool> known)
    {
        // Clients send back what they were told: id, object and expires_at are read over. So is temperature, which older clients
        // still send and which the contract has dropped.
        f.Only("type", "id", "object", "expires_at", "temperature", "model", "output_modalities", "instructions", "tools", "tool_choice",
            "max_output_tokens", "tracing", "truncation", "prompt", "audio", "include", "parallel_tool_calls", "reasoning");
        SessionConfig next = Shared(f, current, known) with
        {
            Include = Include(f, current.Include),
            Tracing = Tracing(f, current.Tracing),
            Truncation = Truncation(f, current.Truncation),
        };
        return next with { Audio = AudioRules.Audio(f, current.Audio) };
    }

    private static SessionConfig Shared(FieldReader f, SessionConfig current, IReadOnlyList<McpTool> known) => PromptRules.Apply(f, current) with
    {
        OwnInstructions = f.OptionalText("instructions", current.OwnInstructions),
        OutputModalities = OutputModalities(f, current.OutputModalities),
        Tools = ToolRules.Tools(f, current.Tools, known),
        ToolChoice = ToolRules.Choice(f, current.ToolChoice),
        MaxOutputTokens = MaxOutputTokens(f, current.MaxOutputTokens),
        ParallelToolCalls = f.OptionalFlag("parallel_tool_calls", current.ParallelToolCalls),
        Reasoning = Reasoning(f, current.Reasoning),
    };

    private static IReadOnlyList<string> OutputModalities(FieldReader f, IReadOnlyList<string> current)
    {
        IReadOnlyList<string> given = f.OptionalTexts("output_modalities", current, countMax: 2) ?? ["audio"];
        if (given is ["audio"] or ["text"]) { return given; }
        f.Faults.Value(f.At("output_modalities"), string.Join(", ", given), "Supported values are: ['audio'] and ['text'], not both.");
        return current;
    }

    private static int? MaxOutputTokens(FieldReader f, int? current)
    {
        if (f.TryFind("max_output_tokens", out JsonElement value) && value.ValueKind == JsonValueKind.String)
        {
            if (value.GetString() != "inf") { f.Faults.Value(f.At("max_output_tokens"), value.GetString()!, "It must be 'inf' or a whole number between 1 and 4096."); }
            return null;
        }
        return f.OptionalWhole("max_output_tokens", current, 1, 4096);
    }

    private static Reasoning? Reasoning(FieldReader f, Reasoning? current)
    {
        if (f.IsNull("reasoning")) { return null; }
        if (!f.TryObject("reasoning", out FieldReader reasoning)) { return current; }
        reasoning.Only("effort");
        return new Reasoning(reasoning.Choice("effort", current?.Effort ?? "low", "low", "minimal", "low", "medium", "high", "xhigh"));
    }

    internal static IReadOnlyList<string>? Include(FieldReader f, IReadOnlyList<string>? current)
    {
        IReadOnlyList<string>? include = f.OptionalTexts("include", current, countMax: Limits.SessionListEntries);
        foreach (string one in include ?? [])
        {
            if (one != TranscriptionLogprobs) { f.Faults.Value(f.At("include"), one, FieldReader.Supported([TranscriptionLogprobs])); }
        }
        return include;
    }

    private static JsonElement? Tracing(FieldReader f, JsonElement? current)
    {
        if (!f.Has("tracing")) { return current; }
        string at = f.At("tracing");
        JsonElement? next = f.TryFind("tracing", out JsonElement value) ? value.Clone() : null;
        if (next is { ValueKind: JsonValueKind.String } text && text.GetString() != "auto") { f.Faults.Value(at, text.GetString()!, "It must be 'auto', an object or null."); }
        else if (next is { ValueKind: JsonValueKind.Object } && f.TryObject("tracing", out FieldReader tracing))
        {
            tracing.Only("workflow_name", "group_id", "metadata");
            tracing.OptionalText("workflow_name");
            tracing.OptionalText("group_id");
            tracing.TryObject("metadata", out _);
        }
        else if (next is { ValueKind: not JsonValueKind.String } other) { f.Faults.Type(at, "'auto', an object or null", FieldReader.Kind(other)); }
        if (current is { } enabled && (next is not { } asked || !JsonElement.DeepEquals(enabled, asked)))
        {
            f.Faults.Value(at, value.ValueKind == JsonValueKind.Undefined ? "null" : value.GetRawText(), "Tracing cannot be changed once it is enabled.");
        }
        return next;
    }

    private static JsonElement? Truncation(FieldReader f, JsonElement? current)
    {
        if (!f.Has("truncation")) { return current; }
        if (!f.TryFind("truncation", out JsonElement value)) { return null; }
        if (value.ValueKind == JsonValueKind.String)
        {
            f.Choice("truncation", "auto", "auto", "auto", "disabled");
        }
        else if (f.TryObject("truncation", out FieldReader truncation))
        {
            truncation.Only("type", "retention_ratio", "token_limits");
            truncation.RequiredText("type");
            truncation.Choice("type", "retention_ratio", "retention_ratio", "retention_ratio");
            if (!truncation.TryFind("retention_ratio", out _)) { f.Faults.Missing(truncation.At("retention_ratio")); }
            truncation.OptionalNumber("retention_ratio", null, 0, 1);
            if (truncation.TryObject("token_limits", out FieldReader limits))
            {
                limits.Only("post_instructions");
                limits.OptionalWhole("post_instructions", null, 0, int.MaxValue);
            }
        }
        return value.Clone();
    }

    private static void CheckVoice(bool audioStarted, SessionConfig current, SessionConfig next, Faults faults, string path)
    {
        if (audioStarted && next.Audio.Output.Voice != current.Audio.Output.Voice)
        {
            faults.Add("cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.", path);
        }
    }

    private static bool Concluded(Faults faults, [NotNullWhen(true)] ref SessionConfig? config, [NotNullWhen(false)] out RealtimeError? error)
    {
        error = faults.First;
        if (error is not null) { config = null; }
        return error is null;
    }
}
