namespace Switchhook.Engines.Speech;

/// <summary>A synthesizer that did not deliver.</summary>
internal sealed class SpeechException(string message) : Exception(message);
