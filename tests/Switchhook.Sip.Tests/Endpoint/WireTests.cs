using Switchhook.Simulation;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>What stands in the messages themselves, and which way they go.</summary>
public sealed class WireTests
{
    private static readonly SipFlow Far = new(SipTransport.Udp, 0, 0, PeerAddress.FromIPv4(0xCB00_7105, 33_000));

    [Fact]
    public void L3_what_carries_no_sdp_brings_no_offer_and_no_answer()
    {
        var peer = new Peer(Peer.Udp) { Body = null };
        peer.Play("INVITE >answer ACK REINVITE");
        Assert.Null(peer.Events.OfType<SipEvent.IncomingCall>().Single().Offer);
        Assert.Null(peer.Events.OfType<SipEvent.Established>().Single().Sdp);
        Assert.Null(peer.Events.OfType<SipEvent.Reinvite>().Single().Offer);
    }

    [Fact]
    public void The_200_to_an_INVITE_says_what_a_peer_must_know()
    {
        var peer = new Peer(Far, via: "alice.example.com:5070") { Extra = "Record-Route: <sip:192.0.2.31;lr>, <sip:192.0.2.32;lr>\r\n" };
        peer.Play("INVITE >answer");
        string tag = peer.LocalTag;
        Assert.Equal($"""
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP alice.example.com:5070;branch=z9hG4bK-peer-1;received=203.0.113.5;rport=33000
            From: "Alice" <sip:alice@example.com>;tag=a1
            To: <sip:bob@198.51.100.9>;tag={tag}
            Call-ID: call-1@192.0.2.1
            CSeq: 1 INVITE
            Record-Route: <sip:192.0.2.31;lr>, <sip:192.0.2.32;lr>
            Contact: <sip:bob@198.51.100.9:5060>
            Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY
            Supported:{' '}
            Server: Switchhook
            Content-Type: application/sdp
            Content-Length: {Peer.Local.Length}

            {Peer.Local}
            """.ReplaceLineEndings("\r\n").TrimEnd(), peer.Sent[1].Text.TrimEnd());
        Assert.Equal(32, tag.Length);
    }

    [Fact]
    public void The_100_comes_before_anything_is_decided_and_carries_no_tag()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE");
        Assert.StartsWith("SIP/2.0 100 Trying\r\n", peer.Sent[0].Text, StringComparison.Ordinal);
        Assert.Equal("<sip:bob@198.51.100.9>", Peer.Header(peer.Sent[0].Text, "To"));
        Assert.Equal("", Peer.Header(peer.Sent[0].Text, "Contact"));
    }

    // O7, §9.8.
    [Fact]
    public void O7_every_body_has_its_type()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >ring >answer ACK REINVITE >accept ACK >offer");
        Assert.All(peer.Sent, sent => Assert.Equal(sent.Text.Contains("\r\n\r\nv=0", StringComparison.Ordinal), Peer.Header(sent.Text, "Content-Type") == "application/sdp"));
    }

    // RFC 3261 §18.2.2, RFC 3581: the request came from 203.0.113.5:33000.
    public static IEnumerable<TheoryDataRow<string, string, string>> ResponseRouting => Rows3("""
        Via sent-by and parameters          | answered to         | because
        192.0.2.1:5070                      | 203.0.113.5:5070    | the port of the Via, the address it came from
        192.0.2.1                           | 203.0.113.5:5060    | the default port
        alice.example.com:5070              | 203.0.113.5:5070    | a name is not looked up
        alice.example.com:5070;rport        | 203.0.113.5:33000   | it asked for the port it came from
        10.1.2.3:5070                       | 203.0.113.5:33000   | L9: a private address is behind a NAT
        203.0.113.5:5070                    | 203.0.113.5:5070    | it says the truth
        192.0.2.1:5070;received=192.0.2.99  | 203.0.113.5:5070    | what a peer says of where it was seen is not believed
        192.0.2.1:5070;maddr=239.1.1.1      | 203.0.113.5:5070    | multicast is not built
        192.0.2.1:0                         | 203.0.113.5:33000   | nobody listens on port 0
        """);

    [Theory]
    [MemberData(nameof(ResponseRouting))]
    public void Answers_go_where_the_Via_and_the_source_say(string via, string to, string because)
    {
        Assert.NotEmpty(because);
        var peer = new Peer(Far);
        peer.Send(Raw("OPTIONS", via: via));
        Assert.Equal(to, peer.Sent[0].Flow.Peer.ToString());
    }

    [Fact]
    public void L12_over_tcp_everything_goes_back_on_the_connection()
    {
        var peer = new Peer(Peer.Tcp) { Contact = "<sip:alice@192.0.2.200:5999;transport=tcp>" };
        peer.Play("INVITE >ring >answer ACK >hangup");
        Assert.All(peer.Sent, sent => Assert.Equal(Peer.Tcp, sent.Flow));
        Assert.Equal("<sip:bob@198.51.100.9:5060;transport=tcp>", Peer.Header(peer.Sent[2].Text, "Contact"));
        Assert.StartsWith("SIP/2.0/TCP 198.51.100.9:5060;", Peer.Header(peer.Sent[^1].Text, "Via"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_connection_is_opened_again_to_the_next_hop()
    {
        var peer = new Peer(Peer.Tcp) { Contact = "<sip:alice@192.0.2.200:5999;transport=tcp>" };
        peer.Play("INVITE >ring !  >answer ACK ! >hangup");
        Assert.Equal(new SipFlow(SipTransport.Tcp, 1, 0, PeerAddress.FromIPv4(0xC000_0201, 5060)), peer.Sent.Find(sent => sent.Text.StartsWith("SIP/2.0 200", StringComparison.Ordinal)).Flow);
        Assert.Equal(new SipFlow(SipTransport.Tcp, 1, 0, PeerAddress.FromIPv4(0xC000_02C8, 5999)), peer.Sent[^1].Flow);
    }

    // Where the BYE goes, and with what request line and Routes. The INVITE came from 203.0.113.5:33000.
    public static IEnumerable<TheoryDataRow<string, string, string, string, string>> RequestRouting => Rows5("""
        Contact                               | Record-Route                                          | BYE to            | Request-URI                      | Route
        <sip:a@192.0.2.9:5070>                |                                                       | 192.0.2.9:5070    | sip:a@192.0.2.9:5070             |
        <sip:a@192.0.2.9>                     |                                                       | 192.0.2.9:5060    | sip:a@192.0.2.9                  |
        <sip:a@[2001:db8::9]:5070>            |                                                       | [2001:db8::9]:5070 | sip:a@[2001:db8::9]:5070        |
        # L8, L9: private, or a name, or nowhere: back to where it came from.
        <sip:a@10.1.2.3:5070>                 |                                                       | 203.0.113.5:33000 | sip:a@10.1.2.3:5070              |
        <sip:a@pbx.example.com>               |                                                       | 203.0.113.5:33000 | sip:a@pbx.example.com            |
        <sip:a@0.0.0.0:5070>                  |                                                       | 203.0.113.5:33000 | sip:a@0.0.0.0:5070               |
        <sip:a@3232235777>                    |                                                       | 203.0.113.5:33000 | sip:a@3232235777                 |
        # Loose routers keep the target in the request line.
        <sip:a@192.0.2.9>                     | <sip:192.0.2.31:5062;lr>,<sip:192.0.2.32;lr>          | 192.0.2.31:5062   | sip:a@192.0.2.9                  | <sip:192.0.2.31:5062;lr>,<sip:192.0.2.32;lr>
        <sip:a@192.0.2.9>                     | <sip:10.0.0.31;lr>                                    | 203.0.113.5:33000 | sip:a@192.0.2.9                  | <sip:10.0.0.31;lr>
        <sip:a@192.0.2.9>                     | <sip:proxy.example.com;lr=on>                         | 203.0.113.5:33000 | sip:a@192.0.2.9                  | <sip:proxy.example.com;lr=on>
        # A strict router wants its own URI there and the target last.
        <sip:a@192.0.2.9>                     | <sip:192.0.2.31>,<sip:192.0.2.32;lr>                  | 192.0.2.31:5060   | sip:192.0.2.31                   | <sip:192.0.2.32;lr>,<sip:a@192.0.2.9>
        # A target that wants TCP gets it, from our TCP listener.
        <sip:a@192.0.2.9:5070;transport=tcp>  |                                                       | 192.0.2.9:5070    | sip:a@192.0.2.9:5070;transport=tcp |
        """);

    [Theory]
    [MemberData(nameof(RequestRouting))]
    public void L11_requests_inside_a_dialog_follow_its_route_set(string contact, string recordRoute, string to, string uri, string route)
    {
        var peer = new Peer(Far) { Contact = contact, Extra = recordRoute.Length > 0 ? $"Record-Route: {recordRoute}\r\n" : "" };
        peer.Play("INVITE >answer ACK >hangup");
        (SipFlow flow, string text) = peer.Sent[^1];
        Assert.StartsWith($"BYE {uri} SIP/2.0\r\n", text, StringComparison.Ordinal);
        Assert.Equal(to, flow.Peer.ToString());
        Assert.Equal(contact.Contains("tcp", StringComparison.Ordinal) ? SipTransport.Tcp : SipTransport.Udp, flow.Transport);
        Assert.Equal(route, string.Join(',', text.Split("\r\n").Where(line => line.StartsWith("Route: ", StringComparison.Ordinal)).Select(line => line["Route: ".Length..])));
    }

    [Fact]
    public void A_re_INVITE_moves_the_target_when_it_is_answered_and_only_then()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK");
        peer.Contact = "<sip:alice@192.0.2.77:5077>";
        peer.Play("REINVITE >reject:488 ack >offer");
        Assert.StartsWith("INVITE sip:alice@192.0.2.1:5060 ", peer.Sent[^1].Text, StringComparison.Ordinal);
        peer.Contact = "<sip:alice@192.0.2.1:5060>";
        peer.Play("200");
        peer.Contact = "<sip:alice@192.0.2.77:5077>";
        peer.Play("REINVITE >accept ACK >hangup");
        Assert.StartsWith("BYE sip:alice@192.0.2.77:5077 ", peer.Sent[^1].Text, StringComparison.Ordinal);
    }

    // L6, L7: each refusal has its own status, names its rule, and carries the header that explains it.
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Refusals => Rows4("""
        request                                             | status | header that explains                     | event
        INFO                                                | 405    | Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY | MethodNotAllowed
        UPDATE                                              | 405    | Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY | MethodNotAllowed
        REFER                                               | 405    | Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY | MethodNotAllowed
        MESSAGE                                             | 405    | Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY | MethodNotAllowed
        FROBNICATE                                          | 501    | Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY | UnknownMethod
        NOTIFY                                              | 481    | Reason: SIP;cause=481                    | NoDialog
        INVITE Require: 100rel, precondition                | 420    | Unsupported: 100rel,precondition         | Extension
        INVITE Content-Type: text/plain                     | 415    | Accept: application/sdp                  | MediaType
        INVITE Accept: text/plain                           | 406    | Accept: application/sdp                  | NotAcceptable
        INVITE uri=mailto:bob@example.com                   | 416    | Reason: SIP;cause=416                    | UriScheme
        INVITE To-Tag: nowhere                              | 481    | Reason: SIP;cause=481                    | NoDialog
        INVITE Contact: <tel:+15551234>                     | 400    | Reason: SIP;cause=400                    | Contact
        OPTIONS Max-Forwards: 0                             | 200    | Accept: application/sdp                  |
        OPTIONS Max-Forwards: none                          | 400    | Reason: SIP;cause=400                    | MaxForwards
        OPTIONS version=SIP/3.0                             | 505    | Reason: SIP;cause=505                    | Version
        """);

    [Theory]
    [MemberData(nameof(Refusals))]
    public void L6_a_refusal_says_which_rule_refused(string request, string status, string header, string rejected)
    {
        var peer = new Peer(Peer.Udp);
        string[] words = request.Split(' ', 2);
        peer.Send(Raw(words[0], extra: words.ElementAtOrDefault(1) ?? ""));
        string text = Assert.Single(peer.Sent).Text;
        Assert.StartsWith($"SIP/2.0 {status} ", text, StringComparison.Ordinal);
        Assert.Contains($"\r\n{header}", text, StringComparison.Ordinal);
        if (status != "200") { Assert.Contains($"\r\nReason: SIP;cause={status};text=\"", text, StringComparison.Ordinal); }
        Assert.Equal(rejected, string.Join(' ', peer.Events.OfType<SipEvent.Rejected>().Select(told => told.Error)));
        peer.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(0, peer.Endpoint.TransactionCount);
    }

    [Fact]
    public void L7_the_users_refusal_carries_its_words_as_Reason_Warning_and_Retry_After()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE");
        peer.Endpoint.Do(peer.Now, new SipCommand.Refuse(peer.Events[0].Dialog, new SipCause(503, "no \"engine\"\r\nis free", 399) { RetryAfterSeconds = 5 }));
        peer.Play("+0");
        string text = peer.Sent[^1].Text;
        Assert.Equal("SIP;cause=503;text=\"no \\\"engine\\\"  is free\"", Peer.Header(text, "Reason"));
        Assert.Equal("399 198.51.100.9 \"no \\\"engine\\\"  is free\"", Peer.Header(text, "Warning"));
        Assert.Equal("5", Peer.Header(text, "Retry-After"));
    }

    [Theory]
    [InlineData("INVITE", "Require: ", "a,")]
    [InlineData("INVITE", "Accept: text/", "x")]
    [InlineData("FROBNICATE", "Subject: ", "x")]
    public void What_is_refused_does_not_buy_an_answer_larger_than_itself(string method, string header, string filling)
    {
        var peer = new Peer(Peer.Udp);
        string request = Raw(method, extra: header + string.Concat(Enumerable.Repeat(filling, 4_000)) + "b");
        peer.Send(request);
        Assert.InRange(Assert.Single(peer.Sent).Text.Length, 1, request.Length + 512);
    }

    [Fact]
    public void A_sentence_that_quotes_the_peer_is_cut()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE");
        peer.Endpoint.Do(peer.Now, new SipCommand.Refuse(peer.Events[0].Dialog, new SipCause(488, new string('x', 30_000), 305)));
        peer.Play("+0");
        Assert.InRange(peer.Sent[^1].Text.Length, 2 * Limits.SipCauseChars, 2 * Limits.SipCauseChars + 1_024);
    }

    [Fact]
    public void Nothing_answers_a_response_an_ACK_or_noise()
    {
        var peer = new Peer(Peer.Udp);
        peer.Send("\r\n\r\n");
        peer.Send("hello");
        peer.Send("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n");
        peer.Send("SIP/2.0 999 Odd\r\n\r\n");
        peer.Send(Raw("ACK"));
        peer.Send(Raw("ACK", extra: "Max-Forwards: none"));
        Assert.Empty(peer.Sent);
        Assert.Equal((0, 0), (peer.Endpoint.DialogCount, peer.Endpoint.TransactionCount));
    }

    [Fact]
    public void L23_a_request_that_comes_twice_on_different_ways_is_482_the_second_time()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE");
        peer.Send(Raw("INVITE", branch: "z9hG4bK-other", callId: "call-1@192.0.2.1"));
        Assert.StartsWith("SIP/2.0 482 ", peer.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal(1, peer.Endpoint.DialogCount);
    }

    [Fact]
    public void A_request_is_merged_only_while_its_twin_is_served()
    {
        var peer = new Peer(Peer.Udp);
        peer.Send(Raw("OPTIONS", branch: "z9hG4bK-first"));
        peer.Pass(TimeSpan.FromSeconds(31));
        peer.Send(Raw("OPTIONS", branch: "z9hG4bK-other"));
        peer.Pass(TimeSpan.FromSeconds(32));
        peer.Send(Raw("OPTIONS", branch: "z9hG4bK-again"));
        Assert.Equal(["200", "482", "200"], peer.Sent.Select(sent => sent.Text.Split(' ')[1]));
    }

    [Fact]
    public void A_peer_of_RFC_2543_is_matched_without_a_branch()
    {
        var peer = new Peer(Peer.Udp);
        string invite = Raw("INVITE", branch: "1");
        peer.Send(invite);
        peer.Send(invite);
        Assert.Equal("[IncomingCall] 100 100", peer.Play("+0"));
        peer.Send(Raw("CANCEL", branch: "1"));
        Assert.Equal("200/CANCEL 487 [Cancelled]", peer.Play("+0"));
        peer.Send(Raw("ACK", branch: "1", to: $";tag={peer.LocalTag}"));
        // Had the ACK not been matched, the 487 would be heard again.
        Assert.Equal("[Closed]", peer.Play("+32000"));
    }

    [Fact]
    public void The_history_of_a_call_holds_each_message_and_marks_repetitions()
    {
        var peer = new Peer(Peer.Udp) { Extra = "Reason: SIP;cause=200;text=\"done\"\r\n" };
        peer.Play("INVITE INVITE* >answer +500 ACK ACK* BYE BYE*");
        string history = string.Join('\n', peer.Events.OfType<SipEvent.Message>().Select(told =>
            $"{(told.Direction == SipDirection.Sent ? '>' : '<')} {told.StartLine} ({told.CSeq}){(told.Repeated ? " again" : "")} {told.Detail}".TrimEnd()));
        Assert.Equal("""
            < INVITE sip:bob@198.51.100.9 SIP/2.0 (1 INVITE) SIP;cause=200;text="done"
            > SIP/2.0 100 Trying (1 INVITE)
            < INVITE sip:bob@198.51.100.9 SIP/2.0 (1 INVITE) again SIP;cause=200;text="done"
            > SIP/2.0 100 Trying (1 INVITE) again
            > SIP/2.0 200 OK (1 INVITE)
            > SIP/2.0 200 OK (1 INVITE) again
            < ACK sip:bob@198.51.100.9 SIP/2.0 (1 ACK)
            < ACK sip:bob@198.51.100.9 SIP/2.0 (1 ACK) again
            < BYE sip:bob@198.51.100.9 SIP/2.0 (2 BYE) SIP;cause=200;text="done"
            > SIP/2.0 200 OK (2 BYE)
            < BYE sip:bob@198.51.100.9 SIP/2.0 (2 BYE) again SIP;cause=200;text="done"
            > SIP/2.0 200 OK (2 BYE) again
            """.ReplaceLineEndings("\n"), history);
        Assert.IsType<SipEvent.IncomingCall>(peer.Events[0]);
    }

    [Fact]
    public void A_request_older_than_the_last_one_is_500()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("OPTIONS OPTIONS INVITE >answer ACK");
        peer.Send(Raw("BYE", to: $";tag={peer.LocalTag}", callId: "call-1@192.0.2.1"));
        Assert.StartsWith("SIP/2.0 500 ", peer.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal("BYE", peer.Play(">hangup").Split(' ')[^1]);
    }

    [Fact]
    public void A_BYE_with_the_CSeq_number_of_its_INVITE_still_ends_the_call()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK");
        peer.Send(Raw("BYE", to: $";tag={peer.LocalTag}", callId: "call-1@192.0.2.1"));
        Assert.EndsWith("[HungUp] 200/BYE", peer.Play("+0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_calls_meets_the_limits_and_keeps_nobody_from_hanging_up()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK");
        string tag = peer.LocalTag;
        for (int call = 0; call < Limits.SipTransactions + 10; call++) { peer.Send(Raw("INVITE", branch: $"z9hG4bK-flood-{call}", callId: $"flood-{call}")); }
        Assert.Equal(Limits.SipDialogs, peer.Endpoint.DialogCount);
        Assert.Equal(Limits.SipTransactions, peer.Endpoint.TransactionCount);
        Assert.StartsWith("SIP/2.0 503 ", peer.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal("30", Peer.Header(peer.Sent[^1].Text, "Retry-After"));
        peer.LocalTag = tag;
        Assert.EndsWith("[HungUp] 200/BYE", peer.Play("BYE"), StringComparison.Ordinal);
        peer.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal((0, 0), (peer.Endpoint.DialogCount, peer.Endpoint.TransactionCount));
    }

    [Fact]
    public void The_tables_can_be_read_by_the_operator()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE");
        var text = new StringWriter();
        peer.Endpoint.Describe(text);
        Assert.Equal("""
            dialogs 1 of 8192, transactions 1 of 16384
            dialog 1 Early from Udp 192.0.2.1:5060 call-id call-1@192.0.2.1 transactions 1
            ServerInvite Proceeding Invite Udp 192.0.2.1:5060 dialog 1

            """.ReplaceLineEndings("\n"), text.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>A request in raw text; <paramref name="extra"/> replaces or adds one header, the URI or the version.</summary>
    private static string Raw(string method, string via = "192.0.2.1:5060", string branch = "z9hG4bK-raw", string to = "", string callId = "raw@192.0.2.1", string extra = "")
    {
        string uri = extra.StartsWith("uri=", StringComparison.Ordinal) ? extra[4..] : "sip:bob@198.51.100.9";
        string version = extra.StartsWith("version=", StringComparison.Ordinal) ? extra[8..] : "SIP/2.0";
        if (extra.StartsWith("To-Tag: ", StringComparison.Ordinal)) { to = $";tag={extra[8..]}"; }
        string[] headers =
        [
            "Max-Forwards: 70", "From: \"Alice\" <sip:alice@example.com>;tag=a1", $"To: <sip:bob@198.51.100.9>{to}", $"Call-ID: {callId}",
            $"CSeq: 1 {method}", "Contact: <sip:alice@192.0.2.1>", "Content-Type: application/sdp",
        ];
        string name = extra.Contains(": ", StringComparison.Ordinal) ? extra[..(extra.IndexOf(':', StringComparison.Ordinal) + 1)] : "-";
        string lines = string.Join("\r\n", headers.Select(line => line.StartsWith(name, StringComparison.Ordinal) ? extra : line));
        if (name != "-" && name != "To-Tag:" && !lines.Contains(extra, StringComparison.Ordinal)) { lines += "\r\n" + extra; }
        string body = method == "INVITE" ? Peer.Offer : "";
        return $"{method} {uri} {version}\r\nVia: SIP/2.0/UDP {via};branch={branch}\r\n{lines}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static IEnumerable<TheoryDataRow<string, string, string>> Rows3(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string, string>(row[0], row[1], row[2]));

    private static IEnumerable<TheoryDataRow<string, string, string, string>> Rows4(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string, string, string>(row[0], row[1], row[2], row[3]));

    private static IEnumerable<TheoryDataRow<string, string, string, string, string>> Rows5(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string, string, string, string>(row[0], row[1], row[2], row[3], row[4]));
}
