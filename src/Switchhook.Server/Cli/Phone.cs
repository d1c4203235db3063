using System.Collections.Concurrent;
using System.Net;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;
using Switchhook.Transport;
using Switchhook.Transport.Media;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Cli;

/// <summary>
/// A phone on our own kernels, for the command line, the load bench and the tests. It holds any number of calls at
/// once, on one SIP pump and one media plane. One loop moves the audio of all calls between media plane and script,
/// a few frames at a time: it need not be punctual, because the media threads are.
/// </summary>
internal sealed class Phone : ISipListener, IAsyncDisposable
{
    private static readonly TimeSpan s_service = TimeSpan.FromMilliseconds(60);

    private readonly TimeProvider _time;
    private readonly SecureRandom _random = new();
    private readonly ConcurrentDictionary<DialogHandle, PhoneCall> _calls = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _servicing;

    /// <summary>Binds to <paramref name="address"/>: over UDP and TCP any free port, for RTP the ports given. Throws <see cref="IOException"/>.</summary>
    public Phone(IPAddress address, TimeProvider time, int firstPort = 30_000, int lastPort = 39_999, int? mediaThreads = null)
    {
        _time = time;
        IPEndPoint any = new(address, 0);
        Sip = SipPump.Bind([new(SipTransport.Udp, any), new(SipTransport.Tcp, any)], time, _random, "Switchhook-Phone");
        Media = new MediaPlane(new MediaPlaneOptions { Address = address, FirstPort = firstPort, LastPort = lastPort, Threads = mediaThreads }, time, _random);
        Sip.Start(this);
        _servicing = ServiceAsync();
    }

    public SipPump Sip { get; }

    public MediaPlane Media { get; }

    /// <summary>The INVITE is on its way when this returns; everything else is told by the call. Throws <see cref="IOException"/> when there is no port left.</summary>
    public async Task<PhoneCall> PlaceAsync(PhoneTarget target, PhoneScript script)
    {
        MediaLeg leg = Media.OpenLeg() ?? throw new IOException("no RTP port is free for another call");
        int listener = target.Transport == SipTransport.Udp ? 0 : 1;
        SdpLocal local = new(leg.Advertised, (ulong)_random.NextInt64());
        SessionDescription offer = Negotiator.Offer(AudioCapabilities.G711, local);
        DialogHandle dialog = await Sip.AskAsync(endpoint => endpoint.NewDialog());
        PhoneCall call = new(this, dialog, leg, offer, local, script, _time);
        _calls[dialog] = call;
        SipListenerAddress own = Sip.Listeners[listener];
        SipCommand.PlaceCall place = new(dialog, new SipFlow(target.Transport, listener, 0, target.Peer), target.Uri,
            script.From ?? $"sip:phone@{own.AdvertisedHost}", SdpWriter.Write(offer));
        if (!Sip.Post(place)) { call.OnSip(new SipEvent.Refused(dialog, new SipCause(503, "the phone itself is overloaded"))); }
        return call;
    }

    public void OnSip(SipEvent sipEvent)
    {
        if (_calls.TryGetValue(sipEvent.Dialog, out PhoneCall? call)) { call.OnSip(sipEvent); }
        else if (sipEvent is SipEvent.IncomingCall incoming) { Sip.Post(new SipCommand.Refuse(incoming.Dialog, new SipCause(486, "this phone only calls"))); }
    }

    /// <summary>Calls that are not over are dropped without a word: hang up first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _servicing;
        await Sip.DisposeAsync();
        await Media.DisposeAsync();
        foreach (PhoneCall call in _calls.Values) { call.Abandon(); }
        _stopping.Dispose();
    }

    private async Task ServiceAsync()
    {
        using PeriodicTimer timer = new(s_service, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (PhoneCall call in _calls.Values)
                {
                    if (call.Service(_time.Now())) { _calls.TryRemove(call.Dialog, out _); }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
