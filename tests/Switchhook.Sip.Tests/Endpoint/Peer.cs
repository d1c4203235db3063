using System.Globalization;
using System.Text;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>
/// A peer that speaks raw text to one endpoint and reads raw text back: it shares no code with what it tests.
/// It is the caller (<see cref="Play"/>'s capital words are its requests) or the phone that is called.
/// <code>
///   INVITE BYE CANCEL OPTIONS REINVITE   a new request                 INVITE* the last request again, byte for byte
///   ACK    ack                           ACK of the last 2xx; of the last refusal (in the INVITE's transaction)
///   >ring >answer >refuse:486 >hangup    what the user of the endpoint asks; >accept, >reject:488 for a re-INVITE
///   NOTIFY:100 NOTIFY:200! NOTIFY:!   tells of a transfer: the status in the fragment, if any; ! says that nothing follows
///   >refer >refer:tel:+1                 the peer is to call somebody else
///   >call >cancel >offer                 the endpoint is the phone; >offer is a re-INVITE of the endpoint's own
///   180 200:B                            a response of the peer to the endpoint's last request; after the colon, its To tag
///   +500                                 500 ms pass
///   !                                    the transport fails on the peer's flow
/// </code>
/// What the endpoint does is told in order: responses as <c>180</c> (to INVITE) or <c>200/BYE</c>, requests by their
/// method, events in brackets.
/// </summary>
internal sealed class Peer
{
    public static readonly string Offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    public static readonly string Local = "v=0\r\no=- 2 2 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

    private readonly List<string> _told = [];
    private int _branches;
    private int _sequence;
    private int _inviteSequence;
    private string _inviteBranch = "";
    private string _lastSent = "";
    private DialogHandle _dialog;

    public Peer(SipFlow flow, string? via = null)
    {
        Flow = flow;
        Transport = flow.IsReliable ? "TCP" : "UDP";
        Via = via ?? "192.0.2.1:5060";
        Endpoint = new SipEndpoint(
            new SipEndpointOptions
            {
                Listeners =
                [
                    new SipListenerAddress(SipTransport.Udp, PeerAddress.FromIPv4(0x0A00_0001, 5060), "198.51.100.9", 5060),
                    new SipListenerAddress(SipTransport.Tcp, PeerAddress.FromIPv4(0x0A00_0001, 5060), "198.51.100.9", 5060),
                ],
            },
            new Random(1));
    }

    public static SipFlow Udp { get; } = new(SipTransport.Udp, 0, 0, PeerAddress.FromIPv4(0xC000_0201, 5060));

    public static SipFlow Tcp { get; } = new(SipTransport.Tcp, 1, 7, PeerAddress.FromIPv4(0xC000_0201, 40_000));

    public SipEndpoint Endpoint { get; }

    public Instant Now { get; private set; } = new(1);

    public SipFlow Flow { get; }

    public string Transport { get; }

    public string Via { get; }

    public string Contact { get; set; } = "<sip:alice@192.0.2.1:5060>";

    /// <summary>Header lines added to each request that may form a dialog.</summary>
    public string Extra { get; set; } = "";

    /// <summary>The event package of a NOTIFY.</summary>
    public string Event { get; set; } = "refer";

    public string? Body { get; set; } = Offer;

    /// <summary>Every message the endpoint sent, and where to.</summary>
    public List<(SipFlow Flow, string Text)> Sent { get; } = [];

    public List<SipEvent> Events { get; } = [];

    public List<string> Repeated { get; } = [];

    public string LocalTag { get; set; } = "";

    public string Play(string script)
    {
        Drain();
        foreach (string word in script.Split(' ', StringSplitOptions.RemoveEmptyEntries)) { Step(word); }
        string told = string.Join(' ', _told);
        _told.Clear();
        return told;
    }

    public void Pass(TimeSpan time)
    {
        Instant until = Now + time;
        while (Endpoint.NextTimeout <= until)
        {
            Now = Endpoint.NextTimeout;
            Endpoint.Timeout(Now);
            Drain();
        }
        Now = until;
    }

    public void Send(string text)
    {
        Endpoint.Receive(Now, Flow, Encoding.UTF8.GetBytes(text));
        Drain();
    }

    public static string Header(string message, string name)
    {
        string? line = message.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal));
        return line is null ? "" : line[(name.Length + 2)..];
    }

    private void Step(string word)
    {
        switch (word[0])
        {
            case '+': Pass(TimeSpan.FromMilliseconds(int.Parse(word.AsSpan(1), CultureInfo.InvariantCulture))); break;
            case '>': Command(word[1..].Split(':')); break;
            case '!': Endpoint.TransportFailed(Now, Flow); Drain(); break;
            case >= '1' and <= '6': Respond(word.Split(':')); break;
            default: Request(word); break;
        }
    }

    private void Request(string word)
    {
        if (word[^1] == '*') { Send(_lastSent); return; }
        if (word.StartsWith("NOTIFY", StringComparison.Ordinal)) { Notify(word.Split(':').ElementAtOrDefault(1) ?? "!"); return; }
        string method = word == "REINVITE" ? "INVITE" : word.ToUpperInvariant();
        switch (word)
        {
            case "ACK": break;
            case "ack" or "CANCEL": break;
            default: _sequence++; break;
        }
        if (method == "INVITE") { _inviteSequence = _sequence; }
        string branch = word is "ack" or "CANCEL" ? _inviteBranch : $"z9hG4bK-peer-{++_branches}";
        if (method == "INVITE") { _inviteBranch = branch; }
        bool inDialog = word is "REINVITE" or "BYE" or "ACK" or "ack";
        string tag = inDialog && LocalTag.Length > 0 ? $";tag={LocalTag}" : "";
        int sequence = method is "ACK" or "CANCEL" ? _inviteSequence : _sequence;
        bool forms = method == "INVITE";
        (string from, string to, string callId) = Identities(tag);
        _lastSent = $"{method} sip:bob@198.51.100.9 SIP/2.0\r\nVia: SIP/2.0/{Transport} {Via};branch={branch};rport\r\nMax-Forwards: 70\r\n"
            + $"From: {from}\r\nTo: {to}\r\nCall-ID: {callId}\r\nCSeq: {sequence} {method}\r\n"
            + (forms ? $"Contact: {Contact}\r\n{Extra}" : method == "BYE" ? Extra : "")
            + (forms && Body is not null ? $"Content-Type: application/sdp\r\nContent-Length: {Body.Length}\r\n\r\n{Body}" : "Content-Length: 0\r\n\r\n");
        Send(_lastSent);
    }

    private void Notify(string told)
    {
        (string from, string to, string callId) = Identities(LocalTag.Length > 0 ? $";tag={LocalTag}" : "");
        string state = told[^1] == '!' ? "terminated;reason=noresource" : "active;expires=60";
        string status = told.TrimEnd('!');
        string body = status.Length > 0 ? $"SIP/2.0 {status} Whatever\r\n" : "";
        _lastSent = $"NOTIFY sip:bob@198.51.100.9 SIP/2.0\r\nVia: SIP/2.0/{Transport} {Via};branch=z9hG4bK-peer-{++_branches};rport\r\nMax-Forwards: 70\r\n"
            + $"From: {from}\r\nTo: {to}\r\nCall-ID: {callId}\r\nCSeq: {++_sequence} NOTIFY\r\nContact: {Contact}\r\n"
            + (Event.Length > 0 ? $"Event: {Event}\r\n" : "") + $"Subscription-State: {state}\r\n"
            + (body.Length > 0 ? $"Content-Type: message/sipfrag;version=2.0\r\nContent-Length: {body.Length}\r\n\r\n{body}" : "Content-Length: 0\r\n\r\n");
        Send(_lastSent);
    }

    /// <summary>Inside a call that the endpoint placed, its From is our To, and the other way round.</summary>
    private (string From, string To, string CallId) Identities(string tag)
    {
        string invite = Sent.Find(sent => sent.Text.StartsWith("INVITE", StringComparison.Ordinal)).Text;
        return invite is null
            ? ("\"Alice\" <sip:alice@example.com>;tag=a1", $"<sip:bob@198.51.100.9>{tag}", "call-1@192.0.2.1")
            : (Header(invite, "To") + ";tag=b1", Header(invite, "From"), Header(invite, "Call-ID"));
    }

    /// <summary>Answers the endpoint's last request (an ACK is none); <c>200/INVITE</c> names the method when another one came after.</summary>
    private void Respond(string[] word)
    {
        string[] status = word[0].Split('/');
        string request = Sent.FindLast(sent => !sent.Text.StartsWith("SIP/", StringComparison.Ordinal) && !sent.Text.StartsWith("ACK ", StringComparison.Ordinal)
            && (status.Length == 1 || sent.Text.StartsWith(status[1] + " ", StringComparison.Ordinal))).Text;
        string to = Header(request, "To");
        string tag = to.Contains(";tag=", StringComparison.Ordinal) || status[0] == "100" ? "" : $";tag={(word.Length > 1 ? word[1] : "b1")}";
        bool sdp = status[0] is "200" or "183" && request.StartsWith("INVITE", StringComparison.Ordinal);
        Send($"SIP/2.0 {status[0]} Whatever\r\nVia: {Header(request, "Via")}\r\nFrom: {Header(request, "From")}\r\nTo: {to}{tag}\r\nCall-ID: {Header(request, "Call-ID")}\r\n"
            + $"CSeq: {Header(request, "CSeq")}\r\nContact: {Contact}\r\n{Extra}"
            + (sdp ? $"Content-Type: application/sdp\r\nContent-Length: {Offer.Length}\r\n\r\n{Offer}" : "Content-Length: 0\r\n\r\n"));
    }

    private void Command(string[] word)
    {
        ReadOnlyMemory<byte> sdp = Encoding.ASCII.GetBytes(Local);
        SipCause Cause() => new(int.Parse(word[1], CultureInfo.InvariantCulture), "because the table says so", 399);
        if (word[0] == "call") { _dialog = Endpoint.NewDialog(); }
        Endpoint.Do(Now, word[0] switch
        {
            "ring" => new SipCommand.Ring(_dialog),
            "answer" => new SipCommand.Answer(_dialog, sdp),
            "refuse" => new SipCommand.Refuse(_dialog, Cause()),
            "accept" => new SipCommand.AnswerReinvite(_dialog, sdp),
            "reject" => new SipCommand.RefuseReinvite(_dialog, Cause()),
            "hangup" => new SipCommand.HangUp(_dialog, word.Length > 1 ? Cause() : null),
            "call" => new SipCommand.PlaceCall(_dialog, Flow, "sip:alice@192.0.2.1", "sip:bob@198.51.100.9", sdp),
            "offer" => new SipCommand.Reinvite(_dialog, sdp),
            "refer" => new SipCommand.Refer(_dialog, word.Length > 1 ? string.Join(':', word[1..]) : "tel:+14155550123"),
            "cancel" => new SipCommand.CancelCall(_dialog),
            "drain" => new SipCommand.Drain(true),
            _ => throw new FormatException(word[0]),
        });
        Drain();
    }

    private void Drain()
    {
        while (Endpoint.TryTake(out SipOutput? output))
        {
            switch (output)
            {
                case SipOutput.Transmit transmit: Note(transmit); break;
                case SipOutput.Tell tell: Note(tell.Event); break;
            }
        }
    }

    private void Note(SipOutput.Transmit transmit)
    {
        string text = Encoding.UTF8.GetString(transmit.Message.Span);
        Sent.Add((transmit.Flow, text));
        string[] start = text[..text.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');
        if (start[0] != "SIP/2.0") { _told.Add(start[0]); return; }
        string method = Header(text, "CSeq").Split(' ')[^1];
        _told.Add(method == "INVITE" ? start[1] : $"{start[1]}/{method}");
        string to = Header(text, "To");
        int tag = to.IndexOf(";tag=", StringComparison.Ordinal);
        if (tag >= 0 && method == "INVITE") { LocalTag = to[(tag + 5)..]; }
    }

    private void Note(SipEvent sipEvent)
    {
        Events.Add(sipEvent);
        if (sipEvent is SipEvent.IncomingCall) { _dialog = sipEvent.Dialog; }
        if (sipEvent is SipEvent.Message message)
        {
            if (message.Repeated) { Repeated.Add($"{(message.Direction == SipDirection.Sent ? ">" : "<")}{message.StartLine}"); }
            return;
        }
        _told.Add(sipEvent switch
        {
            SipEvent.Progress progress => $"[Progress {progress.Status}]",
            SipEvent.Refused refused => $"[Refused {refused.Cause.Status}]",
            SipEvent.ReinviteRefused refused => $"[ReinviteRefused {refused.Cause.Status}]",
            SipEvent.ReferAnswered answered => $"[ReferAnswered {answered.Status}{(answered.Cause is null ? "" : " refused")}{(answered.WillNotify ? " will notify" : "")}]",
            SipEvent.TransferProgress progress => $"[Transfer {progress.Status?.ToString(CultureInfo.InvariantCulture) ?? "-"}{(progress.IsTerminated ? $" last {progress.Reason}" : "")}]",
            SipEvent.Rejected rejected => $"[Rejected {rejected.Error}]",
            _ => $"[{sipEvent.GetType().Name}]",
        });
    }
}
