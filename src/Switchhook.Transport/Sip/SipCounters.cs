using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>What the SIP plane has done since the start.</summary>
public readonly record struct SipCounters
{
    /// <summary>Messages that arrived.</summary>
    public long Received { get; init; }
    /// <summary>Messages handed to the network.</summary>
    public long Sent { get; init; }
    /// <summary>Datagrams that arrived while the pump's queue was full.</summary>
    public long Dropped { get; init; }
    /// <summary>Messages that could not be sent.</summary>
    public long SendFailures { get; init; }
    /// <summary>TCP connections open now.</summary>
    public int Connections { get; init; }
    /// <summary>TCP connections closed at accept, because there were <see cref="Limits.SipConnections"/>.</summary>
    public long ConnectionsRefused { get; init; }
    /// <summary>TCP connections that could not be opened, broke, did not speak SIP, or did not read.</summary>
    public long ConnectionsFailed { get; init; }
    /// <summary>Dialogs that are not closed yet, those that wait for stragglers included.</summary>
    public int Dialogs { get; init; }
    /// <summary>Transactions that are not terminated yet.</summary>
    public int Transactions { get; init; }
    /// <summary>Mistakes of ours while handling one message; the next one was handled as usual.</summary>
    public long Faults { get; init; }
    /// <summary>Messages that the endpoint refused or dropped, by the number of <see cref="SipError"/>.</summary>
    public IReadOnlyList<long> Rejected { get; init; }
}
