namespace Switchhook.Media;

public enum MediaEventKind : byte
{
    /// <summary>The first valid RTP packet of the caller. <see cref="MediaEvent.Peer"/> is where it came from, <see cref="MediaEvent.Number"/> its SSRC.</summary>
    FirstRtp,
    /// <summary>RTP is now sent to <see cref="MediaEvent.Peer"/> instead of the address in SDP (symmetric RTP).</summary>
    Latched,
    /// <summary>The caller's stream continues under another SSRC (<see cref="MediaEvent.Number"/>) or from another address (<see cref="MediaEvent.Peer"/>): failover or hold at the peer (O10).</summary>
    SourceChanged,
    /// <summary>A key was pressed: <see cref="MediaEvent.Digit"/>, once per key press, with the first packet that tells of it. <see cref="MediaEvent.Ms"/> is how long it was down by then.</summary>
    Digit,
    /// <summary>The first frame of utterance <see cref="MediaEvent.Utterance"/> was sent.</summary>
    UtteranceStarted,
    /// <summary>The last frame of utterance <see cref="MediaEvent.Utterance"/> was sent. <see cref="MediaEvent.Ms"/> is its whole length.</summary>
    UtteranceStopped,
    /// <summary>Playout was cut. <see cref="MediaEvent.Utterance"/> was being played (0: none, or it was over already) and the caller got <see cref="MediaEvent.Ms"/> of it.</summary>
    Cut,
    /// <summary>No RTP from the caller for <see cref="MediaEvent.Ms"/> (L10, L30).</summary>
    Silent,
    /// <summary>The caller's RTP is back after <see cref="Silent"/>.</summary>
    Resumed,
    /// <summary>A mistake of ours ended the session; told by its driver, the last event there is.</summary>
    Faulted,
}

/// <summary>What happened on one audio stream. A value: nothing is allocated to tell it.</summary>
public readonly record struct MediaEvent(MediaEventKind Kind)
{
    public int Utterance { get; init; }
    public int Ms { get; init; }
    public char Digit { get; init; }
    public uint Number { get; init; }
    public PeerAddress Peer { get; init; }
}
