using System.Globalization;
using Switchhook.Calls;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Api;

/// <summary>How a call ended, as a sentence for whoever asks something of it too late (S2).</summary>
internal static class CallEnding
{
    public static string Describe(CallRecord call)
    {
        if (call.Ended is not { } ended) { return "The call is ending."; }
        string at = call.EndedAt is { } end ? $" at {end.UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}" : "";
        string status = ended.SipStatus is { } sip ? $" with SIP {sip}" : "";
        return ended.Because switch
        {
            EndedBecause.Cancelled => $"The caller hung up while the phone was still ringing (CANCEL{at}).",
            EndedBecause.NoDecision => $"The call was neither accepted nor rejected in time; the caller was answered{status}{at}.",
            EndedBecause.Rejected => $"The call was rejected{status}{at}.",
            EndedBecause.HungUp => $"{Who(ended.By)} hung up{at}.",
            EndedBecause.NotAcknowledged => $"The caller never acknowledged our answer (no ACK), so the call was ended{at}.",
            EndedBecause.MediaLost => $"No audio came from the caller any more, so the call was ended{at}.",
            EndedBecause.EngineFailed => $"The model could not be opened; the call ended{status}{at}.",
            EndedBecause.EngineLost => $"The model was lost; the call ended{at}.",
            EndedBecause.SessionExpired => $"The session reached its longest duration; the call ended{at}.",
            EndedBecause.Transferred => $"The call was transferred{at}.",
            EndedBecause.Shutdown => $"The server was stopped; the call ended{at}.",
            EndedBecause.ProcessDied => "The server died while the call was alive.",
            _ => $"The call ended{status}{at}: {Words.Of(ended.Because)}.",
        };
    }

    private static string Who(EndedBy by) => by switch
    {
        EndedBy.Caller => "The caller",
        EndedBy.Api => "The application",
        EndedBy.Engine => "The model",
        EndedBy.Network => "The network",
        _ => "The server",
    };
}
