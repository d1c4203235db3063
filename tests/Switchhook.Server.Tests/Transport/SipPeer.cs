using System.Net;
using System.Text;
using System.Threading.Channels;
using Switchhook.Calls.Ports;
using Switchhook.Simulation;
using Switchhook.Sip;
using Switchhook.Transport;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Tests.Transport;

/// <summary>
/// One end of a conversation: a real pump on loopback ports of the system's choice, and what it was told. Its time stands still
/// unless a test lets it pass: on loopback nothing is lost, and on a slow machine nothing is to be sent twice.
/// </summary>
internal sealed class SipPeer : ISipListener, IAsyncDisposable
{
    public const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<SipEvent> _told = Channel.CreateBounded<SipEvent>(4096);

    public SipPeer(TimeProvider? time = null)
    {
        IPEndPoint any = new(IPAddress.Loopback, 0);
        Pump = SipPump.Bind([new(SipTransport.Udp, any), new(SipTransport.Tcp, any)], time ?? new ManualClock(), new SecureRandom());
        Pump.Start(this);
    }

    public SipPump Pump { get; }

    public PeerAddress Udp => Pump.Listeners[0].Local;

    public PeerAddress Tcp => Pump.Listeners[1].Local;

    /// <summary>Called for every event before it is kept: a test may throw here, or hold the pump.</summary>
    public Action<SipEvent>? Before { get; set; }

    public void OnSip(SipEvent sipEvent)
    {
        Before?.Invoke(sipEvent);
        _told.Writer.TryWrite(sipEvent);
    }

    /// <summary>The next event of this kind; others before it are passed over.</summary>
    public async Task<T> ExpectAsync<T>() where T : SipEvent
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (SipEvent told in _told.Reader.ReadAllAsync(patience.Token))
        {
            if (told is T wanted) { return wanted; }
        }
        throw new InvalidOperationException("the events have ended");
    }

    public async Task<DialogHandle> CallAsync(SipFlow flow)
    {
        DialogHandle dialog = await Pump.AskAsync(endpoint => endpoint.NewDialog());
        Assert.True(Pump.Post(new SipCommand.PlaceCall(dialog, flow, $"sip:bob@{flow.Peer}", "sip:alice@example.com", Encoding.ASCII.GetBytes(Sdp))));
        return dialog;
    }

    public ValueTask DisposeAsync() => Pump.DisposeAsync();
}
