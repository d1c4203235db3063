#pragma warning disable CA1822 // replaced with the real thing
using System.Threading.Channels;
using Switchhook.Realtime.Events;

namespace Switchhook.Calls;

/// <summary>The sockets attached to one call: fan-out, replay from an event id, slow-reader rule.</summary>
public sealed class Sidebands
{
    /// <summary>
    /// Attaches a socket. It is sent <c>session.created</c> with the present configuration as soon as there is a session;
    /// with <paramref name="startingAfter"/> (an <c>event_…</c> id) what was missed follows. Null when the call has ended
    /// or <see cref="Limits.Sidebands"/> are attached already.
    /// </summary>
    public Sideband? Attach(string? startingAfter) => null;
}

/// <summary>One attached socket, as the server sees it.</summary>
public sealed class Sideband : IDisposable
{
    /// <summary>Events to be sent, one WebSocket text message each. When it completes, close the socket with <see cref="CloseCode"/>.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Events => throw new NotSupportedException();

    /// <summary>1000 at the end of the call; 1008 when the socket read too slowly.</summary>
    public int CloseCode => 1000;

    public string CloseReason => "";

    /// <summary>False when the session cannot take it: the call has ended, or too many events came before the session was open.</summary>
    public bool Post(ClientEvent clientEvent) => false;

    /// <summary>Queues an event for this socket alone, such as an <c>error</c> for what could not be read.</summary>
    public void Tell(ServerEvent serverEvent) => _ = serverEvent;

    /// <summary>Detaches; the call goes on.</summary>
    public void Dispose() { }
}
