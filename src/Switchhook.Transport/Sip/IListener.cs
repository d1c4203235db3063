using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>One bound socket of the SIP plane. <see cref="Send"/> and <see cref="Sweep"/> are called by the pump alone.</summary>
internal interface IListener : IDisposable
{
    /// <summary>Address, transport and advertised name, with the port that was bound.</summary>
    SipListenerAddress Address { get; }

    /// <summary>Connections that are open; 0 for UDP.</summary>
    int Connections { get; }

    void Start();

    /// <summary>Closes the socket and all connections; done when nothing is received any more.</summary>
    Task StopAsync();

    /// <summary>Never waits. False when it is known at once that the message cannot be delivered.</summary>
    bool Send(SipFlow flow, ReadOnlyMemory<byte> message);

    /// <summary>A dialog came by this connection (+1) or is over (−1): meanwhile the connection is not idle.</summary>
    void Hold(long connection, int dialogs);

    /// <summary>Closes what has been idle for too long.</summary>
    void Sweep(Instant now);
}
