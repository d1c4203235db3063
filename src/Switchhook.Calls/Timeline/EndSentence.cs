using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Timeline;

/// <summary>How a call ended, in one sentence: who and why, and the SIP status where there was one.</summary>
public static class EndSentence
{
    public static string Of(CallRecord call)
    {
        if (call.Ended is not { } ended) { return $"It has not ended; it is {Word(call.State)}."; }
        string status = ended.SipStatus is { } sip ? $" with {sip}" : "";
        return ended.Because switch
        {
            EndedBecause.HungUp => $"{Who(ended.By)} hung up.",
            EndedBecause.Cancelled => "The caller hung up while the phone was still ringing (CANCEL).",
            EndedBecause.Rejected => $"The application rejected it{status}.",
            EndedBecause.NoDecision => $"The application neither accepted nor rejected it in time; the caller was refused{status}.",
            EndedBecause.EngineFailed => $"The model could not be opened; the caller was refused{status}.",
            EndedBecause.EngineLost => "The model was lost in the middle of the call.",
            EndedBecause.SessionExpired => "The session reached the longest time it may last.",
            EndedBecause.NotAcknowledged => "The caller's side never acknowledged our answer (no ACK).",
            EndedBecause.MediaLost => "No audio came from the caller any more.",
            EndedBecause.NoCodec => $"The caller offered no codec we speak; it was refused{status}.",
            EndedBecause.NoPort => $"No media port was free; the caller was refused{status}.",
            EndedBecause.Overloaded => $"The server was overloaded; the call was ended{status}.",
            EndedBecause.Transferred => "It was transferred.",
            EndedBecause.Shutdown => "The server was stopped.",
            EndedBecause.ProcessDied => "The server's process died while the call was alive.",
            EndedBecause.Fault => "Something broke inside the server; its log of this moment says what.",
            _ => $"{Who(ended.By)} ended it: {Word(ended.Because)}{status}.",
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

    private static string Word<T>(T value) where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()).Replace('_', ' ');
}
