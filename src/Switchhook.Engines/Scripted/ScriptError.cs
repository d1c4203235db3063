namespace Switchhook.Engines.Scripted;

/// <summary>One thing that is wrong with a script: where it stands and which field it is.</summary>
public sealed record ScriptError(string File, ScriptPlace Place, string Field, string Message)
{
    /// <summary><c>greeter.yaml:12:5: flow[1].say: expected text, found a list</c></summary>
    public override string ToString() => Field.Length == 0
        ? $"{File}:{Place.Line}:{Place.Column}: {Message}"
        : $"{File}:{Place.Line}:{Place.Column}: {Field}: {Message}";
}
