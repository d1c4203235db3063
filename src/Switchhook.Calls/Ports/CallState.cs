namespace Switchhook.Calls.Ports;

public enum CallState : byte { Ringing, Opening, Answering, Active, Transferring, Draining, Ended }

/// <summary>Who ended a call.</summary>
public enum EndedBy : byte { Caller, Api, Engine, Network, Switchhook }

/// <summary>Why a call ended.</summary>
public enum EndedBecause : byte
{
    HungUp, Cancelled, Rejected, NoDecision, EngineFailed, EngineLost, SessionExpired,
    NotAcknowledged, MediaLost, NoCodec, NoPort, Overloaded, Transferred, Shutdown, ProcessDied, Fault,
}

/// <summary>Who × why, and the SIP status it had on the wire, if any. Nothing else needs to be asked at three in the morning.</summary>
public readonly record struct EndReason(EndedBy By, EndedBecause Because, int? SipStatus = null)
{
    /// <summary>The Reason header with which the peer left (RFC 3326), such as <c>SIP;cause=200;text="Call completed elsewhere"</c>. In the history; the store has no column for it.</summary>
    public string? SipReason { get; init; }
}
