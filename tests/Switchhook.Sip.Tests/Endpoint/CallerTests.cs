using Switchhook.Simulation;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>We call: the endpoint is the phone, the raw peer is called.</summary>
public sealed class CallerTests
{
    public static IEnumerable<TheoryDataRow<string, string>> OverUdp => Rows("""
        script                                        | what the endpoint does
        >call                                         | INVITE
        >call 100 180 200                             | INVITE [Progress 180] ACK [Answered]
        >call 183 180 180 200                         | INVITE [Progress 183] [Progress 180] [Progress 180] ACK [Answered]
        >call +500 100 +9000 180 200                  | INVITE INVITE [Progress 180] ACK [Answered]
        >call 200 200 200                             | INVITE ACK [Answered] ACK ACK
        >call 200 >hangup 200/BYE +32000              | INVITE ACK [Answered] BYE [Closed]
        >call 200 BYE +32000                          | INVITE ACK [Answered] [HungUp] 200/BYE [Closed]
        >call 200 BYE 200/INVITE                      | INVITE ACK [Answered] [HungUp] 200/BYE ACK
        >call 180 486 486 +32000                      | INVITE [Progress 180] ACK [Refused 486] ACK [Closed]
        >call 302                                     | INVITE ACK [Refused 302]
        >call +32000                                  | INVITE INVITE INVITE INVITE INVITE INVITE INVITE [Refused 408] [Closed]
        >call !                                       | INVITE [Refused 503] [Closed]
        # A CANCEL must wait for a provisional answer.
        >call >cancel                                 | INVITE
        >call >cancel 100 200/CANCEL 487/INVITE       | INVITE CANCEL ACK [Refused 487]
        >call 180 >cancel 200/CANCEL 487/INVITE       | INVITE [Progress 180] CANCEL ACK [Refused 487]
        >call 180 >cancel >cancel 180/INVITE          | INVITE [Progress 180] CANCEL
        >call 180 >hangup 200/CANCEL 487/INVITE       | INVITE [Progress 180] CANCEL ACK [Refused 487]
        >call >cancel 486                             | INVITE ACK [Refused 486]
        >call >cancel +32000                          | INVITE INVITE INVITE INVITE INVITE INVITE INVITE [Refused 487] [Closed]
        >call 180 >cancel 200/CANCEL +32000           | INVITE [Progress 180] CANCEL [Refused 487] [Closed]
        # L4: an answer crosses the CANCEL.
        >call 180 >cancel 200/INVITE                  | INVITE [Progress 180] CANCEL ACK BYE [Refused 487]
        >call >cancel 200/INVITE 200/INVITE           | INVITE ACK BYE [Refused 487] ACK
        >call 180 >cancel 200/INVITE 200/BYE 200/CANCEL +32000 | INVITE [Progress 180] CANCEL ACK BYE [Refused 487] [Closed]
        # Two phones answer; the second is acknowledged and hung up.
        >call 180:x 180:y 200:y 200/INVITE:x          | INVITE [Progress 180] [Progress 180] ACK [Answered] ACK BYE
        >call 200:y 200/INVITE:x 200/BYE 200/INVITE:x 200/INVITE:y | INVITE ACK [Answered] ACK BYE ACK ACK
        # A re-INVITE of our own: taken, refused, crossed by the peer's (491 both ways), its 2xx repeated, lost.
        >call 200 >offer 200/INVITE 200/INVITE        | INVITE ACK [Answered] INVITE ACK [ReinviteAnswered] ACK
        >call 200 >offer 488 >offer 200/INVITE        | INVITE ACK [Answered] INVITE ACK [ReinviteRefused 488] INVITE ACK [ReinviteAnswered]
        >call 200 >offer >offer                       | INVITE ACK [Answered] INVITE [ReinviteRefused 491]
        >call 200 >offer REINVITE                     | INVITE ACK [Answered] INVITE 491
        >call 200 REINVITE >offer                     | INVITE ACK [Answered] 100 [Reinvite] [ReinviteRefused 491]
        >call 200 >offer 491 REINVITE >accept ACK     | INVITE ACK [Answered] INVITE ACK [ReinviteRefused 491] 100 [Reinvite] 200 [Established]
        >call 200 >offer 481                          | INVITE ACK [Answered] INVITE ACK [ReinviteRefused 481] BYE
        >call 200 >offer 100 BYE 200/INVITE           | INVITE ACK [Answered] INVITE [HungUp] 200/BYE ACK
        >call 200 >offer 100 BYE +32000               | INVITE ACK [Answered] INVITE [HungUp] 200/BYE [Closed]
        >call 200 >offer BYE 100/INVITE +32000        | INVITE ACK [Answered] INVITE [HungUp] 200/BYE [Closed]
        >call 200 >offer 100 +180000 200/CANCEL 487/INVITE | INVITE ACK [Answered] INVITE CANCEL ACK [ReinviteRefused 487]
        >call 200 >offer >hangup 487/INVITE           | INVITE ACK [Answered] INVITE BYE ACK
        # It rings for three minutes and nobody comes.
        >call 180 +180000 200/CANCEL 487/INVITE       | INVITE [Progress 180] CANCEL ACK [Refused 487]
        """);

    public static IEnumerable<TheoryDataRow<string, string>> OverTcp => Rows("""
        script                                        | what the endpoint does
        >call 180 486                                 | INVITE [Progress 180] ACK [Refused 486] [Closed]
        >call +32000                                  | INVITE [Refused 408] [Closed]
        >call 200 >hangup 200/BYE +32000              | INVITE ACK [Answered] BYE [Closed]
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Places_a_call_over_udp(string script, string told) => Assert.Equal(told, new Peer(Peer.Udp).Play(script));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Places_a_call_over_tcp(string script, string told) => Assert.Equal(told, new Peer(Peer.Tcp).Play(script));

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void L21_leaves_nothing_behind(string script, string told)
    {
        Assert.NotNull(told);
        var peer = new Peer(Peer.Udp);
        peer.Play(script);
        peer.Play(">hangup +240000");
        Assert.Equal((0, 0, Instant.Never), (peer.Endpoint.DialogCount, peer.Endpoint.TransactionCount, peer.Endpoint.NextTimeout));
        Assert.Single(peer.Events.OfType<SipEvent.Closed>());
    }

    [Fact]
    public void L11_ACK_and_BYE_follow_the_route_set_of_the_2xx_in_reverse()
    {
        var peer = new Peer(Peer.Udp)
        {
            Contact = "<sip:alice@203.0.113.77:5080>",
            Extra = "Record-Route: <sip:192.0.2.31;lr>, <sip:192.0.2.32;lr>\r\nRecord-Route: <sip:192.0.2.33:5062;lr>\r\n",
        };
        peer.Play(">call 200 >hangup");
        foreach (string method in new[] { "ACK", "BYE" })
        {
            (SipFlow flow, string text) = peer.Sent.Find(sent => sent.Text.StartsWith(method, StringComparison.Ordinal));
            Assert.StartsWith($"{method} sip:alice@203.0.113.77:5080 SIP/2.0\r\n", text, StringComparison.Ordinal);
            Assert.Equal(["<sip:192.0.2.33:5062;lr>", "<sip:192.0.2.32;lr>", "<sip:192.0.2.31;lr>"],
                text.Split("\r\n").Where(line => line.StartsWith("Route: ", StringComparison.Ordinal)).Select(line => line["Route: ".Length..]));
            Assert.Equal(PeerAddress.FromIPv4(0xC000_0221, 5062), flow.Peer);
        }
    }

    [Theory]
    [InlineData("mailto:alice@example.com", "sip:bob@example.com", 416)]
    [InlineData("sip:alice@example.com", "bob", 400)]
    [InlineData("sip:alice@example.com", "\"Bob\r\nSubject: x\" <sip:bob@example.com>", 400)]
    public void A_call_that_cannot_be_placed_is_refused_and_closed(string uri, string from, int status)
    {
        var peer = new Peer(Peer.Udp);
        DialogHandle dialog = peer.Endpoint.NewDialog();
        peer.Endpoint.Do(peer.Now, new SipCommand.PlaceCall(dialog, Peer.Udp, uri, from, default));
        Assert.Equal($"[Refused {status}] [Closed]", peer.Play("+0"));
        Assert.Equal(0, peer.Endpoint.DialogCount);
    }

    [Fact]
    public void The_CANCEL_and_the_ACK_of_a_refusal_repeat_the_INVITEs_Via_and_its_CSeq_number()
    {
        var peer = new Peer(Peer.Udp);
        peer.Play(">call 180 >cancel 200/CANCEL 487/INVITE");
        string invite = peer.Sent[0].Text;
        foreach (string method in new[] { "CANCEL", "ACK" })
        {
            string text = peer.Sent.Find(sent => sent.Text.StartsWith(method, StringComparison.Ordinal)).Text;
            Assert.Equal(Peer.Header(invite, "Via"), Peer.Header(text, "Via"));
            Assert.Equal($"1 {method}", Peer.Header(text, "CSeq"));
            Assert.Equal(Peer.Header(invite, "From"), Peer.Header(text, "From"));
            Assert.Equal("", Peer.Header(text, "Contact"));
        }
        Assert.Equal(Peer.Header(invite, "To"), Peer.Header(peer.Sent.Find(sent => sent.Text.StartsWith("CANCEL", StringComparison.Ordinal)).Text, "To"));
        Assert.Equal(Peer.Header(invite, "To") + ";tag=b1", Peer.Header(peer.Sent.Find(sent => sent.Text.StartsWith("ACK", StringComparison.Ordinal)).Text, "To"));
    }

    private static IEnumerable<TheoryDataRow<string, string>> Rows(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string>(row[0], row[1]));
}
