namespace Switchhook.Server.Options;

/// <summary>What an accept may name, and the engine behind it. <paramref name="Script"/> is the absolute path of the flow.</summary>
internal sealed record ModelOptions(string Name, EngineKind Engine, string Script);

internal enum EngineKind : byte { Scripted }
