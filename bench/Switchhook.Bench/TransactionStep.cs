using System.Buffers.Text;
using System.Net;
using BenchmarkDotNet.Attributes;
using Switchhook.Sip;
using Switchhook.Sip.Transactions;

namespace Switchhook.Bench;

/// <summary>One input of one machine, and a whole request through the endpoint: read, matched, answered, forgotten 32 s later.</summary>
public class TransactionStep
{
    private static readonly SipFlow s_flow = new(SipTransport.Udp, 0, 0, PeerAddress.From(IPAddress.Parse("203.0.113.5"), 5060));

    private readonly Outbox _outbox = new();
    private readonly ServerInvite _invite;
    private readonly SipEndpoint _endpoint;
    private readonly byte[] _options = Messages.Wire(
        """
        OPTIONS sip:198.51.100.7 SIP/2.0
        Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK00000000
        Max-Forwards: 70
        From: <sip:probe@carrier.example>;tag=a1
        To: <sip:198.51.100.7>
        Call-ID: probe-00000000
        CSeq: 1 OPTIONS
        Content-Length: 0

        """);
    private readonly int _branch;
    private readonly int _callId;
    private int _count;
    private Instant _now;

    public TransactionStep()
    {
        _invite = new ServerInvite(s_flow, s_flow, _outbox);
        _invite.Respond(default, 180, new Outgoing(default, new byte[400], "SIP/2.0 180 Ringing", "1 INVITE", null));
        _endpoint = new SipEndpoint(new SipEndpointOptions { Listeners = [new(SipTransport.Udp, PeerAddress.From(IPAddress.Parse("198.51.100.7"), 5060), "198.51.100.7", 5060)] }, new Random(1));
        _branch = _options.AsSpan().IndexOf("z9hG4bK0"u8) + 7;
        _callId = _options.AsSpan().IndexOf("probe-0"u8) + 6;
    }

    [Benchmark]
    public int RepeatedInvite()
    {
        _invite.Receive();
        return Drain();
    }

    [Benchmark]
    public int Options()
    {
        Utf8Formatter.TryFormat(++_count, _options.AsSpan(_branch), out _, new System.Buffers.StandardFormat('D', 8));
        Utf8Formatter.TryFormat(_count, _options.AsSpan(_callId), out _, new System.Buffers.StandardFormat('D', 8));
        // A hundred a second, so that about 3,200 wait to be forgotten: the endpoint is as full as a busy one.
        _now += TimeSpan.FromMilliseconds(10);
        _endpoint.Timeout(_now);
        _endpoint.Receive(_now, s_flow, _options);
        int outputs = 0;
        while (_endpoint.TryTake(out _)) { outputs++; }
        return outputs;
    }

    private int Drain()
    {
        int outputs = 0;
        while (_outbox.TryTake(out _)) { outputs++; }
        return outputs;
    }
}
