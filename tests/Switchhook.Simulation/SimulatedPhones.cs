using System.Text;
using Switchhook.Sip;

namespace Switchhook.Simulation;

/// <summary>
/// Phones on the far side of a simulated network: SIP endpoints that place calls. Each call has its own number; what
/// became of it is read here, as the caller saw it.
/// </summary>
public sealed class SimulatedPhones
{
    private static readonly SipTransport Udp = SipTransport.Udp;
    private readonly SipEndpoint _endpoint;
    private readonly PeerAddress _server;

    public SimulatedPhones(PeerAddress address, PeerAddress server, Random random)
    {
        (Address, _server) = (address, server);
        var listener = new SipListenerAddress(Udp, address, address.ToIPAddress().ToString(), address.Port);
        _endpoint = new SipEndpoint(new SipEndpointOptions { Listeners = [listener] }, random);
    }

    public PeerAddress Address { get; }

    public SipEndpoint Endpoint => _endpoint;

    /// <summary>What each placed call saw, in order: the status of answers, BYE, closed.</summary>
    public Dictionary<DialogHandle, List<string>> Seen { get; } = [];

    public DialogHandle Place(Instant now, string user)
    {
        DialogHandle dialog = _endpoint.NewDialog();
        Seen.Add(dialog, []);
        byte[] offer = Encoding.ASCII.GetBytes($"""
            v=0
            o=- 1 1 IN IP4 {Address.ToIPAddress()}
            s=-
            c=IN IP4 {Address.ToIPAddress()}
            t=0 0
            m=audio 4000 RTP/AVP 0 8 101
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16

            """.ReplaceLineEndings("\r\n"));
        var flow = new SipFlow(Udp, 0, 0, _server);
        _endpoint.Do(now, new SipCommand.PlaceCall(dialog, flow, $"sip:{user}@{_server.ToIPAddress()}", $"sip:phone@{Address.ToIPAddress()}", offer));
        return dialog;
    }

    public void Cancel(Instant now, DialogHandle dialog) => _endpoint.Do(now, new SipCommand.CancelCall(dialog));

    public void HangUp(Instant now, DialogHandle dialog) => _endpoint.Do(now, new SipCommand.HangUp(dialog, null));

    internal void Witness(SipEvent sipEvent)
    {
        if (!Seen.TryGetValue(sipEvent.Dialog, out List<string>? seen)) { return; }
        switch (sipEvent)
        {
            case SipEvent.Progress progress: seen.Add($"{progress.Status}"); break;
            case SipEvent.Answered: seen.Add("answered"); break;
            case SipEvent.Refused refused: seen.Add($"refused {refused.Cause.Status}"); break;
            case SipEvent.HungUp: seen.Add("bye"); break;
            case SipEvent.Closed: seen.Add("closed"); break;
        }
    }
}
