using System.Globalization;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Server.Api;

/// <summary>How a call ended, for whoever asks something of it too late (S2).</summary>
internal static class CallEnding
{
    public static string Describe(CallRecord call) => call.EndedAt is { } ended
        ? $"The call ended at {ended.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} UTC. {EndSentence.Of(call)}"
        : call.Ended is null ? "The call is over." : $"The call is over. {EndSentence.Of(call)}";
}
