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

    public async ValueTask HearAsync(ReadOnlyMemory<byte> message)
    {
        if (!EventReader.TryReadClientEvent(message.Span, out ClientEvent? clientEvent, out RealtimeError? error, out string? clientEventId)) { Refuse(error, clientEventId); }
        else if (!await sideband.PostAsync(clientEvent, message.Length)) { Refuse(RealtimeError.Invalid("call_over", "The call has ended or takes no events at the moment."), clientEventId); }
    }

    public void Leave(SocketEnd end) => sideband.Dispose();

    private void Refuse(RealtimeError error, string? clientEventId) =>
        sideband.Tell(ErrorEvent.For(error, clientEventId, Tokens.New("event_", Random.Shared)));
}
