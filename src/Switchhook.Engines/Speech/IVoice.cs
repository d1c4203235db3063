namespace Switchhook.Engines.Speech;

/// <summary>Something that can speak a line. The tasks may fail; <see cref="SpeechDesk"/> is who has an answer to that.</summary>
internal interface IVoice
{
    Task<SpokenLine> SpeakAsync(SpeechRequest request, CancellationToken cancellation);
}
