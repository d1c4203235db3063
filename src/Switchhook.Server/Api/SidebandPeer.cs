using Switchhook.Calls;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;

namespace Switchhook.Server.Api;

/// <summary>A call, as one attached socket speaks with it. The call's end drains and closes; the client's close detaches, and the call goes on (realtime-api §3.6).</summary>
internal sealed class SidebandPeer(Sideband sideband) : ISocketPeer
{
    public (int Code, string Reason) Goodbye => (sideband.CloseCode, sideband.CloseReason);

    public ValueTask<bool> WaitAsync(CancellationToken over) => sideband.WaitAsync(over);

    public bool TryTake(out ReadOnlyMemory<byte> message) => sideband.TryTake(out message);

    /// <summary>What is wrong is told by the session, in its turn.</summary>
    public async ValueTask HearAsync(ReadOnlyMemory<byte> message)
    {
        ClientEvent said = EventReader.ReadClientEvent(message.Span);
        if (await sideband.PostAsync(said, message.Length)) { return; }
        RealtimeError over = RealtimeError.Invalid("call_over", "The call has ended or takes no events at the moment.");
        sideband.Tell(ErrorEvent.For(over, said.EventId, Tokens.New("event_", Random.Shared)));
    }

    public void Leave(SocketEnd end) => sideband.Dispose();
}
