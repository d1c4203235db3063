using Switchhook.Engines;

namespace Switchhook.Server.Observability;

/// <summary>What the engines tell whoever logs and counts.</summary>
internal sealed partial class EngineLog(EngineMetrics metrics, ILogger<EngineLog> logger) : IEngineObserver
{
    public void SpeaksTonesOnly(string program) => Log.SpeaksTonesOnly(logger, program);

    public void SpeechFailed(string reason) => Log.SpeechFailed(logger, reason);

    public void McpAnswered(bool isCall, string outcome, TimeSpan took) => metrics.McpAnswered(isCall, outcome, took);

    public void Faulted(string owner, Exception fault) => Log.Faulted(logger, fault, owner);

    private static partial class Log
    {
        [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "{Program} is not installed: scripted models are heard as tones")]
        public static partial void SpeaksTonesOnly(ILogger logger, string program);

        [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "A line could not be spoken and is heard as tones: {Reason}")]
        public static partial void SpeechFailed(ILogger logger, string reason);

        [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "{Owner}: the engine broke by a mistake of ours")]
        public static partial void Faulted(ILogger logger, Exception fault, string owner);
    }
}
