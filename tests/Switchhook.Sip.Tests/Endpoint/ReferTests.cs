using Switchhook.Simulation;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>REFER of the endpoint's own and what the raw peer makes of it (S4, L14, L15).</summary>
public sealed class ReferTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Stories => Rows("""
        script after the call was established         | what the endpoint does
        >refer                                        | REFER
        >refer 202                                    | REFER [ReferAnswered 202 will notify]
        >refer 200                                    | REFER [ReferAnswered 200]
        >refer 100 202 202                            | REFER [ReferAnswered 202 will notify]
        >refer +500 202                               | REFER REFER [ReferAnswered 202 will notify]
        >refer 202 NOTIFY:100 NOTIFY:180 NOTIFY:200!  | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 100] 200/NOTIFY [Transfer 180] 200/NOTIFY [Transfer 200 last noresource]
        >refer 202 NOTIFY:200! >hangup 200/BYE        | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 200 last noresource] BYE
        >refer 202 NOTIFY:486!                        | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 486 last noresource]
        # The minimal form of RFC 3515 §2.4.5, and a NOTIFY without a fragment.
        >refer 202 NOTIFY:100!                        | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 100 last noresource]
        >refer 202 NOTIFY:!                           | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer - last noresource]
        # A repeated NOTIFY is answered again and told once; one may run ahead of the answer.
        >refer 202 NOTIFY:100 NOTIFY:100*             | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 100] 200/NOTIFY
        >refer NOTIFY:100 202                         | REFER 200/NOTIFY [Transfer 100] [ReferAnswered 202 will notify]
        # L14: a refusal, whatever it is, leaves the call as it was; after it there is nothing to follow.
        >refer 603                                    | REFER [ReferAnswered 603 refused]
        >refer 405 >hangup                            | REFER [ReferAnswered 405 refused] BYE
        >refer 302 >offer                             | REFER [ReferAnswered 302 refused] INVITE
        >refer 481 NOTIFY:100                         | REFER [ReferAnswered 481 refused] 481/NOTIFY
        >refer 603 >refer 202                         | REFER [ReferAnswered 603 refused] REFER [ReferAnswered 202 will notify]
        >refer +32000                                 | REFER REFER REFER REFER REFER REFER REFER REFER REFER REFER REFER [ReferAnswered 408 refused]
        >refer 100 !                                  | REFER [ReferAnswered 503 refused]
        # One at a time; and nobody is referred from a call that is over.
        >refer >refer                                 | REFER [ReferAnswered 491 refused]
        >hangup >refer                                | BYE
        BYE >refer                                    | [HungUp] 200/BYE
        # What is no address is not sent, and nothing can be smuggled in.
        >refer:mailto:a@example.com                   | [ReferAnswered 416 refused]
        >refer:tel                                    | [ReferAnswered 416 refused]
        # L15: BYE before the last NOTIFY, which finds the dialog for as long as it lingers; then 481.
        >refer 202 NOTIFY:100 BYE NOTIFY:200!         | REFER [ReferAnswered 202 will notify] 200/NOTIFY [Transfer 100] [HungUp] 200/BYE 200/NOTIFY [Transfer 200 last noresource]
        >refer 202 BYE +32000 NOTIFY:200!             | REFER [ReferAnswered 202 will notify] [HungUp] 200/BYE [Closed] [Rejected NoDialog] 481/NOTIFY
        >refer BYE 202/REFER +32000                   | REFER [HungUp] 200/BYE [Closed]
        >refer >hangup 202/REFER 200/BYE NOTIFY:200!  | REFER BYE 200/NOTIFY [Transfer 200 last noresource]
        >refer >hangup 481/REFER NOTIFY:200!          | REFER BYE 481/NOTIFY
        # Nobody was referred, or the news is of something else.
        NOTIFY:100                                    | 481/NOTIFY
        """);

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_REFER_is_one_question_and_its_NOTIFYs_are_news(string script, string expected)
    {
        var called = new Peer(Peer.Udp);
        called.Play("INVITE >answer ACK");
        Assert.Equal(expected, called.Play(script));
        called.Play(">hangup");
        called.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 0), (called.Endpoint.DialogCount, called.Endpoint.TransactionCount));
    }

    [Fact]
    public void A_call_of_our_own_can_be_referred_too()
    {
        var peer = new Peer(Peer.Udp);
        Assert.Equal("INVITE ACK [Answered] REFER [ReferAnswered 202 will notify]", peer.Play(">call 200 >refer 202"));
        Assert.StartsWith("REFER sip:alice@192.0.2.1:5060 SIP/2.0\r\n", peer.Sent[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_referred_before_the_call_is_established()
    {
        var peer = new Peer(Peer.Udp);
        Assert.Equal("[IncomingCall] 100 [ReferAnswered 491 refused] 200 [ReferAnswered 491 refused] [Established] REFER", peer.Play("INVITE >refer >answer >refer ACK >refer"));
        Assert.Equal("[IncomingCall] 100 200", new Peer(Peer.Udp).Play("INVITE >answer >hangup >refer"));
    }

    public static IEnumerable<TheoryDataRow<string, string>> Targets => Rows("""
        target                                           | Refer-To
        tel:+14155550123                                 | <tel:+14155550123>
        tel:+1415;ext=7                                  | <tel:+1415;ext=7>
        sip:agent@example.com;transport=tcp?X-Case=7     | <sip:agent@example.com;transport=tcp?X-Case=7>
        SIPS:agent@example.com                           | <SIPS:agent@example.com>
        "Agent, Bob" <sip:bob@example.com>;x=y           | "Agent, Bob" <sip:bob@example.com>;x=y
        <sip:b@h?Replaces=a%40b%3Bto-tag%3D1>            | <sip:b@h?Replaces=a%40b%3Bto-tag%3D1>
        """);

    [Theory]
    [MemberData(nameof(Targets))]
    public void S4_the_target_stands_in_Refer_To_as_it_was_asked(string target, string referTo)
    {
        var peer = new Peer(Peer.Udp) { Extra = "Record-Route: <sip:192.0.2.31;lr>\r\n" };
        peer.Play("INVITE >answer ACK");
        peer.Endpoint.Do(peer.Now, new SipCommand.Refer(peer.Events[0].Dialog, target));
        Assert.Equal("REFER", peer.Play("+0"));
        string text = peer.Sent[^1].Text;
        Assert.Equal(referTo, Peer.Header(text, "Refer-To"));
        Assert.StartsWith("REFER sip:alice@192.0.2.1:5060 SIP/2.0\r\n", text, StringComparison.Ordinal);
        Assert.Equal("<sip:192.0.2.31;lr>", Peer.Header(text, "Route"));
        Assert.Equal("<sip:bob@198.51.100.9:5060>", Peer.Header(text, "Contact"));
        Assert.Equal("1 REFER", Peer.Header(text, "CSeq"));
        Assert.Equal("192.0.2.31:5060", peer.Sent[^1].Flow.Peer.ToString());
        Assert.EndsWith("Content-Length: 0\r\n\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tel:+1\r\nX-Evil: 1")]
    [InlineData("\"a\r\nX-Evil: 1\" <sip:a@b>")]
    [InlineData("<sip:a@b>\r\nX-Evil: 1")]
    [InlineData("sip:a@b>;x=<sip:c@d")]
    [InlineData("sip:a@b, sip:c@d")]
    [InlineData("<sip:a@b")]
    [InlineData("sip:")]
    [InlineData("")]
    public void What_is_no_address_never_reaches_the_wire(string target)
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK");
        peer.Endpoint.Do(peer.Now, new SipCommand.Refer(peer.Events[0].Dialog, target));
        Assert.Equal("[ReferAnswered 416 refused]", peer.Play("+0"));
    }

    [Theory]
    [InlineData("presence", "489/NOTIFY")]
    [InlineData("", "489/NOTIFY")]
    [InlineData("refer;id=1", "200/NOTIFY")]                        // of an earlier REFER: answered, and no news of this one
    [InlineData("refer;id=2", "200/NOTIFY [Transfer 200 last noresource]")]
    [InlineData("Refer; id=x", "200/NOTIFY [Transfer 200 last noresource]")]
    public void Only_news_of_the_last_REFER_counts(string package, string expected)
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK >refer 202 >refer 202");
        peer.Event = package;
        Assert.Equal(expected, peer.Play("NOTIFY:200!"));
        if (expected == "489/NOTIFY") { Assert.Equal("refer", Peer.Header(peer.Sent[^1].Text, "Allow-Events")); }
    }

    [Theory]
    [InlineData("SIP/2.0 603", 603)]
    [InlineData("\r\nsip/2.0 200 OK\r\nContact: <sip:a@b>\r\n\r\n", 200)]
    [InlineData("SIP/2.0 2000 OK", null)]
    [InlineData("SIP/2.0 099 Low", null)]
    [InlineData("SIP/2.0 700 High", null)]
    [InlineData("SIP/2.0", null)]
    [InlineData("INVITE sip:a@b SIP/2.0\r\n", null)]
    public void The_status_is_that_of_the_fragments_first_line(string body, int? status)
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK >refer 202");
        for (int cut = 0; cut <= body.Length; cut++)
        {
            peer.Send(Notify(peer, body[..cut], 10 + cut, "message/sipfrag"));
            if (cut < body.Length) { continue; }
            Assert.Equal(status, peer.Events.OfType<SipEvent.TransferProgress>().Last().Status);
        }
        Assert.Equal(body.Length + 1, peer.Events.OfType<SipEvent.TransferProgress>().Count());
        peer.Send(Notify(peer, "SIP/2.0 200 OK\r\n", 1000, "text/plain"));
        Assert.Null(peer.Events.OfType<SipEvent.TransferProgress>().Last().Status);
    }

    [Fact]
    public void L15_a_NOTIFY_that_its_BYE_overtook_on_the_way_is_still_news()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK >refer 202 BYE");
        peer.Send(Notify(peer, "SIP/2.0 200 OK\r\n", 1, "message/sipfrag"));
        Assert.Equal("200/NOTIFY [Transfer 200]", peer.Play("+0"));
    }

    [Fact]
    public void RFC_4488_a_peer_that_will_tell_nothing_says_so()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK >refer");
        peer.Extra = "Refer-Sub: false ;x=y\r\n";
        Assert.Equal("[ReferAnswered 202]", peer.Play("202"));
    }

    [Fact]
    public void The_cause_of_a_refusal_says_who_refused_and_why()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play("INVITE >answer ACK >refer");
        peer.Extra = "Reason: Q.850;cause=21\r\n";
        peer.Play("603");
        Assert.Equal("The peer answered REFER with 603 Whatever (Q.850;cause=21)", peer.Events.OfType<SipEvent.ReferAnswered>().Last().Cause!.Text);
        peer.Play(">refer +32000");
        Assert.Equal("The peer did not answer REFER (408): no answer within 32 s", peer.Events.OfType<SipEvent.ReferAnswered>().Last().Cause!.Text);
    }

    private static string Notify(Peer peer, string body, int sequence, string type) =>
        $"NOTIFY sip:bob@198.51.100.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-cut-{sequence};rport\r\n"
        + $"From: \"Alice\" <sip:alice@example.com>;tag=a1\r\nTo: <sip:bob@198.51.100.9>;tag={peer.LocalTag}\r\nCall-ID: call-1@192.0.2.1\r\nCSeq: {sequence} NOTIFY\r\n"
        + $"Event: refer\r\nSubscription-State: active\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static IEnumerable<TheoryDataRow<string, string>> Rows(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string>(row[0], row[1]));
}
