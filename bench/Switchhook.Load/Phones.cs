using System.Collections.Concurrent;
using System.Net;
using Switchhook.Calls.Ports;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;
using Switchhook.Transport;
using Switchhook.Transport.Sip;

namespace Switchhook.Load;

/// <summary>The signalling of all phones: one SIP pump of our own kind that places calls and hangs them up.</summary>
internal sealed class Phones : ISipListener, IAsyncDisposable
{
    private readonly ConcurrentDictionary<DialogHandle, Line> _lines = new();
    private readonly SecureRandom _random = new();
    private readonly RtpThread _rtp;
    private readonly SipPump _sip;
    private readonly PeerAddress _server;

    public Phones(IPEndPoint server, RtpThread rtp)
    {
        _rtp = rtp;
        _server = PeerAddress.From(server);
        _sip = SipPump.Bind([new(SipTransport.Udp, new IPEndPoint(IPAddress.Loopback, 0))], TimeProvider.System, _random, "Switchhook-Load");
        _sip.Start(this);
    }

    private sealed record Line(LoadCall Call, SessionDescription Offer, SdpLocal Local);

    public async Task PlaceAsync(LoadCall call)
    {
        DialogHandle dialog = await _sip.AskAsync(endpoint => endpoint.NewDialog());
        SdpLocal local = new(_rtp.AddressFor(call), (ulong)_random.NextInt64());
        Line line = new(call, Negotiator.Offer(AudioCapabilities.G711, local), local);
        _lines[dialog] = line;
        call.InvitedNs = Libc.MonotonicNs;
        _sip.Post(new SipCommand.PlaceCall(dialog, new SipFlow(SipTransport.Udp, 0, 0, _server),
            $"sip:{ServerProcess.Project}@{_server}", $"sip:{call.User}@127.0.0.1", SdpWriter.Write(line.Offer)));
    }

    public void HangUpAll()
    {
        foreach ((DialogHandle dialog, Line line) in _lines)
        {
            line.Call.IsHangingUp = true;
            _sip.Post(new SipCommand.HangUp(dialog, null));
        }
    }

    public void OnSip(SipEvent sipEvent)
    {
        if (!_lines.TryGetValue(sipEvent.Dialog, out Line? line)) { return; }
        switch (sipEvent)
        {
            case SipEvent.Answered answered: OnAnswered(line, answered.Sdp); break;
            case SipEvent.Refused refused: line.Call.Fail($"refused with {refused.Cause.Status} {refused.Cause.Text}"); break;
            case SipEvent.HungUp hungUp: line.Call.Fail($"the server hung up: {hungUp.Reason}"); break;
            case SipEvent.Closed: End(sipEvent.Dialog, line.Call); break;
            case SipEvent.Message { Direction: SipDirection.Received } message when line.Call.IsHangingUp && message.CSeq.EndsWith("BYE", StringComparison.Ordinal):
                End(sipEvent.Dialog, line.Call);
                break;
        }
    }

    public ValueTask DisposeAsync() => _sip.DisposeAsync();

    /// <summary>The phone speaks until its goodbye is answered, so that the server never has to make up a frame.</summary>
    private void End(DialogHandle dialog, LoadCall call)
    {
        _lines.TryRemove(dialog, out _);
        _rtp.Stop(call);
        if (call.IsHangingUp) { call.End(); }
        else { call.Fail("the dialog was closed"); }
    }

    private void OnAnswered(Line line, ReadOnlyMemory<byte>? sdp)
    {
        SdpAnswer.Accepted? agreed = SdpReader.TryRead(sdp.GetValueOrDefault().Span, out SessionDescription? answer, out _)
            ? Negotiator.Complete(line.Offer, answer!, AudioCapabilities.G711, line.Local) as SdpAnswer.Accepted
            : null;
        if (agreed is null) { line.Call.Fail("the answer's session description is of no use"); return; }
        line.Call.Answer(agreed.Audio.RemoteRtp.Port);
        _rtp.Start(line.Call);
    }
}
