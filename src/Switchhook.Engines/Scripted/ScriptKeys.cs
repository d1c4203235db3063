namespace Switchhook.Engines.Scripted;

/// <summary>
/// Every key and every word of the script format, by the mapping it belongs to: what the reader takes, what it suggests
/// when a word is misspelt, and what docs/scripts.schema.json is held to.
/// </summary>
internal static class ScriptKeys
{
    public static readonly string[] Script = ["voice", "language", "greet", "think_ms", "open", "flow", "flows", "otherwise", "out_of_band", "caller"];
    public static readonly string[] Open = ["delay_ms", "fail"];
    public static readonly string[] Caller = ["play", "play_after_ms", "keys", "keys_after_ms", "hang_up_after_ms"];

    /// <summary>Steps that are a word alone.</summary>
    public static readonly string[] Words = ["listen", "next_message"];

    /// <summary>Steps that are a word with a value.</summary>
    public static readonly string[] Verbs = ["say", "listen", "call_tool", "dtmf", "wait_ms", "repeat", "goto", "expect", "send", "fail"];

    /// <summary>What may stand beside <c>call_tool</c>; no other step has anything beside it.</summary>
    public static readonly string[] BesideCallTool = ["server", "arguments", "on_result", "meanwhile"];

    public static readonly string[] Listen = ["transcript", "so_far"];
    public static readonly string[] Case = ["equals", "contains", "then", "otherwise"];
    public static readonly string[] Dtmf = ["timeout_ms", "on", "else"];
    public static readonly string[] Repeat = ["times", "steps"];
    public static readonly string[] Expect = ["keys", "speech_ms", "tool_result", "text"];
    public static readonly string[] Match = ["equals", "contains"];
    public static readonly string[] Range = ["at_least", "at_most"];
    public static readonly string[] Fail = ["response", "error", "incomplete", "code"];
    public static readonly string[] Fault = ["message", "code"];

    /// <summary>Failures that are a word alone.</summary>
    public static readonly string[] FailWords = ["drop", "silence", "session_expired", "invalid_json", "wrong_order"];

    /// <summary>The mappings by the names they have in the schema; a step is named after its verb.</summary>
    public static IReadOnlyDictionary<string, string[]> Mappings { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["script"] = Script,
        ["open"] = Open,
        ["caller"] = Caller,
        ["transcript"] = Listen,
        ["case"] = Case,
        ["keys"] = Dtmf,
        ["rounds"] = Repeat,
        ["expectation"] = Expect,
        ["match"] = Match,
        ["range"] = Range,
        ["failure"] = Fail,
        ["fault"] = Fault,
    };
}
