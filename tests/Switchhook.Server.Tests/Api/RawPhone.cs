using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Switchhook.Server.Tests.Api;

/// <summary>A phone that is raw text on a UDP socket: it does what a PBX may do with a REFER, and shares no code with what it tests.</summary>
internal sealed class RawPhone : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint _server;
    private readonly string _own;
    private readonly string _project;
    private string _remote = "";
    private readonly HashSet<string> _received = [];
    private int _sequence;

    public RawPhone(PeerAddress server, string project)
    {
        _server = server.ToIPEndPoint();
        _own = _socket.Client.LocalEndPoint!.ToString()!;
        _project = project;
    }

    /// <summary>INVITE; done when it rings.</summary>
    public async Task PlaceAsync()
    {
        const string offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 45998 RTP/AVP 0\r\n";
        await SendAsync("INVITE", ++_sequence, $"Contact: <sip:raw@{_own}>\r\nContent-Type: application/sdp\r\n", offer);
        _remote = Header(await ReceiveAsync("SIP/2.0 180"), "To");
    }

    /// <summary>The 200 and its ACK.</summary>
    public async Task AcknowledgeAsync()
    {
        await ReceiveAsync("SIP/2.0 200");
        await SendAsync("ACK", _sequence, "", "");
    }

    /// <summary>The next message that begins so; what comes before it is passed over, and what a slow machine has had sent twice.</summary>
    public async Task<string> ReceiveAsync(string beginning)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(LiveServer.Patience);
        while (true)
        {
            string text = Encoding.UTF8.GetString((await _socket.ReceiveAsync(patience.Token)).Buffer);
            if (_received.Add(text) && text.StartsWith(beginning, StringComparison.Ordinal)) { return text; }
        }
    }

    public Task AnswerAsync(string request, string status) => SendAsync(
        $"SIP/2.0 {status}\r\nVia: {Header(request, "Via")}\r\nFrom: {Header(request, "From")}\r\nTo: {Header(request, "To")}\r\n"
        + $"Call-ID: {Header(request, "Call-ID")}\r\nCSeq: {Header(request, "CSeq")}\r\nContact: <sip:raw@{_own}>\r\nContent-Length: 0\r\n\r\n");

    /// <summary>NOTIFY with a fragment; done when it is answered 200.</summary>
    public async Task NotifyAsync(string fragment, string state)
    {
        await SendAsync("NOTIFY", ++_sequence, $"Contact: <sip:raw@{_own}>\r\nEvent: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag;version=2.0\r\n", $"SIP/2.0 {fragment}\r\n");
        Assert.Equal($"{_sequence} NOTIFY", Header(await ReceiveAsync("SIP/2.0 200"), "CSeq"));
    }

    /// <summary>BYE; done when it is answered 200.</summary>
    public async Task HangUpAsync(string reason)
    {
        await SendAsync("BYE", ++_sequence, $"Reason: {reason}\r\n", "");
        Assert.Equal($"{_sequence} BYE", Header(await ReceiveAsync("SIP/2.0 200"), "CSeq"));
    }

    public static string Header(string message, string name) =>
        message.Split("\r\n").First(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    public void Dispose() => _socket.Dispose();

    private Task SendAsync(string method, int sequence, string headers, string body)
    {
        string target = $"sip:{_project}@{_server}";
        return SendAsync(string.Create(CultureInfo.InvariantCulture, $"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {_own};branch=z9hG4bK-{method}-{sequence};rport\r\nMax-Forwards: 70\r\n")
            + $"From: <sip:raw@{_own}>;tag=raw\r\nTo: {(_remote.Length > 0 ? _remote : $"<{target}>")}\r\nCall-ID: raw-{_own}\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"CSeq: {sequence} {method}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"));
    }

    private async Task SendAsync(string message) => await _socket.SendAsync(Encoding.UTF8.GetBytes(message), _server, TestContext.Current.CancellationToken);
}
