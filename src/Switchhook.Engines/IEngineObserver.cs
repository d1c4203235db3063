namespace Switchhook.Engines;

/// <summary>Who counts and logs what happens to engines. Called on the engines' tasks; must not block.</summary>
public interface IEngineObserver
{
    /// <summary>There is no synthesizer: scripted models are heard as tones. Told once, at start.</summary>
    void SpeaksTonesOnly(string program);

    /// <summary>A line could not be synthesized and is heard as tones.</summary>
    void SpeechFailed(string reason);

    /// <summary>Something of ours broke; this engine ends, the others live.</summary>
    void Faulted(string owner, Exception fault);
}
