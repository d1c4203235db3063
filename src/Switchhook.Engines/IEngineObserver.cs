namespace Switchhook.Engines;

/// <summary>Who counts and logs what happens to engines. Called on the engines' tasks; must not block.</summary>
public interface IEngineObserver
{
    /// <summary>There is no synthesizer: scripted models are heard as tones. Told once, at start.</summary>
    void SpeaksTonesOnly(string program);

    /// <summary>A line could not be synthesized and is heard as tones.</summary>
    void SpeechFailed(string reason);

    /// <summary>An MCP server has answered, or did not. <paramref name="outcome"/> is <c>ok</c>, or the type of the error (realtime-api §5.1).</summary>
    void McpAnswered(bool isCall, string outcome, TimeSpan took);

    /// <summary>Something of ours broke; this engine ends, the others live.</summary>
    void Faulted(string owner, Exception fault);
}
