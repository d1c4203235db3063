using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>
/// How a transfer ended. Probable: the peer took it and hung up without a word. Unknown: it tells nothing, and did not
/// hang up either.
/// </summary>
internal enum TransferOutcome : byte { Completed, Probable, Refused, Failed, Unknown, TimedOut }

/// <summary>What the call machine asks of the world. One file in <c>Effects/</c> says how each is done.</summary>
internal abstract record CallEffect
{
    private CallEffect() { }

    /// <summary>180 to the caller.</summary>
    public sealed record Ring : CallEffect;

    /// <summary>Tell the app: the webhook, again and again until <see cref="StopAnnouncing"/>.</summary>
    public sealed record Announce : CallEffect;

    public sealed record StopAnnouncing : CallEffect;

    /// <summary>Answered by EngineReady or EngineFailed.</summary>
    public sealed record OpenEngine(CallMessage.Accept Accept) : CallEffect;

    /// <summary>Ports, SDP, audio, 200 OK. Answered by CannotAnswer when there is no way.</summary>
    public sealed record Answer : CallEffect;

    /// <summary>The accept or refer that was held is answered.</summary>
    public sealed record Decide(Verdict Verdict, RealtimeError? Error = null) : CallEffect
    {
        public SipCause? Cause { get; init; }
    }

    /// <summary>The INVITE is answered with a final refusal.</summary>
    public sealed record Refuse(SipCause Cause) : CallEffect;

    public sealed record HangUp(SipCause? Cause) : CallEffect;

    /// <summary>The caller can hear us: what was held back may be played.</summary>
    public sealed record Release : CallEffect;

    /// <summary>A re-INVITE is answered from the offer it carries, or with ours when it carries none.</summary>
    public sealed record Renegotiate(ReadOnlyMemory<byte>? Offer) : CallEffect;

    /// <summary>The answer to an offer of ours came in an ACK.</summary>
    public sealed record Complete(ReadOnlyMemory<byte> Sdp) : CallEffect;

    /// <summary>The peer is asked to call somebody else. Answered by ReferAnswered.</summary>
    public sealed record Refer(string Target) : CallEffect;

    /// <summary>It is known, or given up to learn, what became of the transfer.</summary>
    public sealed record TransferEnded(TransferOutcome Outcome, int? SipStatus = null) : CallEffect;

    /// <summary><c>call.caller_disconnected</c> to the sidebands, before draining begins (S1).</summary>
    public sealed record TellDisconnected(string? Reason) : CallEffect;

    /// <summary>Audio stops, ports come back, the recording is closed.</summary>
    public sealed record CloseMedia : CallEffect;

    /// <summary>The engine finishes what is pending and says nothing new.</summary>
    public sealed record FinishEngine : CallEffect;

    public sealed record StopEngine : CallEffect;

    /// <summary>The record is written, then <c>call.ended</c> is told, then the sidebands are closed.</summary>
    public sealed record Finish(EndReason Reason) : CallEffect;
}
