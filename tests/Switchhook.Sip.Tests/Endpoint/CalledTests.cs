using Switchhook.Simulation;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>We are called: one row, one story between a raw peer and a whole endpoint.</summary>
public sealed class CalledTests
{
    public static IEnumerable<TheoryDataRow<string, string>> OverUdp => Rows("""
        script                                        | what the endpoint does
        # The plain call, and who ends it.
        INVITE                                        | [IncomingCall] 100
        INVITE >ring >ring                            | [IncomingCall] 100 180 180
        INVITE >ring >answer ACK                      | [IncomingCall] 100 180 200 [Established]
        INVITE >ring >answer ACK BYE                  | [IncomingCall] 100 180 200 [Established] [HungUp] 200/BYE
        INVITE >answer ACK BYE +32000                 | [IncomingCall] 100 200 [Established] [HungUp] 200/BYE [Closed]
        INVITE >answer ACK >hangup 200                | [IncomingCall] 100 200 [Established] BYE
        INVITE >answer ACK >hangup 200 +32000         | [IncomingCall] 100 200 [Established] BYE [Closed]
        INVITE >answer ACK >hangup +32000             | [IncomingCall] 100 200 [Established] BYE BYE BYE BYE BYE BYE BYE BYE BYE BYE BYE [Closed]
        INVITE >answer ACK >hangup >hangup >answer    | [IncomingCall] 100 200 [Established] BYE
        # Refused; the ACK of a refusal is the transaction's.
        INVITE >refuse:486 ack +5000                  | [IncomingCall] 100 486 [Closed]
        INVITE >refuse:486 +500 ack +5000             | [IncomingCall] 100 486 486 [Closed]
        INVITE >refuse:486 +32000                     | [IncomingCall] 100 486 486 486 486 486 486 486 486 486 486 486 [Closed]
        INVITE >ring >hangup ack +5000                | [IncomingCall] 100 180 480 [Closed]
        INVITE >refuse:486 >answer >ring              | [IncomingCall] 100 486
        INVITE >ring +180000 ack                      | [IncomingCall] 100 180 [Cancelled] 480
        # Retransmissions: the INVITE gets its last answer; the 2xx goes out again until its ACK, doubling up to T2.
        INVITE INVITE* >ring INVITE*                  | [IncomingCall] 100 100 180 180
        INVITE >answer INVITE*                        | [IncomingCall] 100 200
        INVITE >answer +500 +1000 +2000 +4000 +4000   | [IncomingCall] 100 200 200 200 200 200 200
        INVITE >answer +500 ACK +31000                | [IncomingCall] 100 200 200 [Established]
        INVITE >answer ACK ACK ACK*                   | [IncomingCall] 100 200 [Established]
        INVITE >answer ACK BYE BYE*                   | [IncomingCall] 100 200 [Established] [HungUp] 200/BYE 200/BYE
        INVITE >answer +31999                         | [IncomingCall] 100 200 200 200 200 200 200 200 200 200 200 200
        INVITE >answer +32000 200                     | [IncomingCall] 100 200 200 200 200 200 200 200 200 200 200 200 [NotAcknowledged] BYE
        INVITE >answer +32000 200 +5000               | [IncomingCall] 100 200 200 200 200 200 200 200 200 200 200 200 [NotAcknowledged] BYE [Closed]
        # Hanging up before the ACK came: the BYE waits for it.
        INVITE >answer >hangup                        | [IncomingCall] 100 200
        INVITE >answer >hangup ACK                    | [IncomingCall] 100 200 [Established] BYE
        INVITE >answer >hangup +32000                 | [IncomingCall] 100 200 200 200 200 200 200 200 200 200 200 200 [NotAcknowledged] BYE
        # BYE of the caller at odd times.
        INVITE >answer BYE                            | [IncomingCall] 100 200 [HungUp] 200/BYE
        INVITE >answer BYE ACK +32000                 | [IncomingCall] 100 200 [HungUp] 200/BYE [Closed]
        INVITE >ring BYE ack                          | [IncomingCall] 100 180 487 [Cancelled] 200/BYE
        # L22: both hang up at once.
        INVITE >answer ACK >hangup BYE 200            | [IncomingCall] 100 200 [Established] BYE 200/BYE
        INVITE >answer ACK >hangup BYE 200 +32000     | [IncomingCall] 100 200 [Established] BYE 200/BYE [Closed]
        INVITE >answer ACK >hangup BYE 481 +32000     | [IncomingCall] 100 200 [Established] BYE 200/BYE [Closed]
        # L4: CANCEL in every state.
        INVITE CANCEL ack +32000                      | [IncomingCall] 100 200/CANCEL 487 [Cancelled] [Closed]
        INVITE >ring CANCEL ack                       | [IncomingCall] 100 180 200/CANCEL 487 [Cancelled]
        INVITE >ring CANCEL CANCEL* ack               | [IncomingCall] 100 180 200/CANCEL 487 [Cancelled] 200/CANCEL
        INVITE CANCEL >answer >ring >refuse:486       | [IncomingCall] 100 200/CANCEL 487 [Cancelled]
        INVITE CANCEL +500 ack +500                   | [IncomingCall] 100 200/CANCEL 487 [Cancelled] 487
        INVITE >answer CANCEL ACK                     | [IncomingCall] 100 200 200/CANCEL [Established]
        INVITE >refuse:486 CANCEL ack                 | [IncomingCall] 100 486 200/CANCEL
        CANCEL                                        | 481/CANCEL
        # In-dialog INVITE.
        INVITE >answer ACK REINVITE >accept ACK       | [IncomingCall] 100 200 [Established] 100 [Reinvite] 200 [Established]
        INVITE >answer ACK REINVITE REINVITE* >accept | [IncomingCall] 100 200 [Established] 100 [Reinvite] 100 200
        INVITE >answer ACK REINVITE >accept +500 ACK  | [IncomingCall] 100 200 [Established] 100 [Reinvite] 200 200 [Established]
        INVITE >answer ACK REINVITE >accept REINVITE* | [IncomingCall] 100 200 [Established] 100 [Reinvite] 200
        INVITE >answer ACK REINVITE >reject:488 ack   | [IncomingCall] 100 200 [Established] 100 [Reinvite] 488
        INVITE >answer ACK REINVITE >reject:488 ack REINVITE >accept ACK BYE | [IncomingCall] 100 200 [Established] 100 [Reinvite] 488 100 [Reinvite] 200 [Established] [HungUp] 200/BYE
        INVITE >answer ACK REINVITE REINVITE          | [IncomingCall] 100 200 [Established] 100 [Reinvite] 500
        INVITE >answer REINVITE                       | [IncomingCall] 100 200 500
        INVITE >ring REINVITE                         | [IncomingCall] 100 180 500
        INVITE >answer ACK REINVITE BYE               | [IncomingCall] 100 200 [Established] 100 [Reinvite] 487 [HungUp] 200/BYE
        INVITE >answer ACK REINVITE >hangup           | [IncomingCall] 100 200 [Established] 100 [Reinvite] 487 BYE
        INVITE >answer ACK REINVITE CANCEL ack BYE    | [IncomingCall] 100 200 [Established] 100 [Reinvite] 200/CANCEL 487 [HungUp] 200/BYE
        INVITE >answer ACK REINVITE +32000            | [IncomingCall] 100 200 [Established] 100 [Reinvite] 500
        INVITE >answer ACK >hangup REINVITE           | [IncomingCall] 100 200 [Established] BYE 481
        INVITE >answer ACK >offer 200/INVITE          | [IncomingCall] 100 200 [Established] INVITE ACK [ReinviteAnswered]
        INVITE >answer >offer                         | [IncomingCall] 100 200 [ReinviteRefused 491]
        INVITE >ring >offer                           | [IncomingCall] 100 180
        # What belongs to no call.
        ACK ack                                       |
        BYE                                           | [Rejected NoDialog] 481/BYE
        OPTIONS OPTIONS*                              | 200/OPTIONS 200/OPTIONS
        >drain OPTIONS INVITE                         | 503/OPTIONS [Rejected Overloaded] 503
        INVITE >answer ACK >drain REINVITE >accept    | [IncomingCall] 100 200 [Established] 100 [Reinvite] 200
        # The way back is lost.
        INVITE >ring !                                | [IncomingCall] 100 180 [Cancelled] [Closed]
        INVITE >answer ACK !                          | [IncomingCall] 100 200 [Established]
        INVITE >answer ACK >hangup !                  | [IncomingCall] 100 200 [Established] BYE
        """);

    public static IEnumerable<TheoryDataRow<string, string>> OverTcp => Rows("""
        script                                        | what the endpoint does
        INVITE >refuse:486 ack                        | [IncomingCall] 100 486 [Closed]
        INVITE >answer ACK BYE +32000                 | [IncomingCall] 100 200 [Established] [HungUp] 200/BYE [Closed]
        INVITE >answer ACK >hangup 200 +32000         | [IncomingCall] 100 200 [Established] BYE [Closed]
        INVITE >answer ACK >hangup +31999             | [IncomingCall] 100 200 [Established] BYE
        INVITE >answer +500 ACK                       | [IncomingCall] 100 200 200 [Established]
        INVITE CANCEL ack                             | [IncomingCall] 100 200/CANCEL 487 [Cancelled] [Closed]
        INVITE >ring ! >answer                        | [IncomingCall] 100 180 200
        INVITE >answer ACK ! >hangup                  | [IncomingCall] 100 200 [Established] BYE
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Serves_a_caller_over_udp(string script, string told) => Assert.Equal(told, new Peer(Peer.Udp).Play(script));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Serves_a_caller_over_tcp(string script, string told) => Assert.Equal(told, new Peer(Peer.Tcp).Play(script));

    [Theory]
    [MemberData(nameof(OverUdp))]
    [MemberData(nameof(OverTcp))]
    public void L21_leaves_nothing_behind(string script, string told)
    {
        Assert.NotNull(told);
        var peer = new Peer(Peer.Udp);
        peer.Play(script);
        peer.Play(">hangup +240000");
        Assert.Equal((0, 0, Instant.Never), (peer.Endpoint.DialogCount, peer.Endpoint.TransactionCount, peer.Endpoint.NextTimeout));
        Assert.Equal(peer.Events.OfType<SipEvent.IncomingCall>().Count(), peer.Events.OfType<SipEvent.Closed>().Count());
    }

    private static IEnumerable<TheoryDataRow<string, string>> Rows(string table) =>
        Table.Rows(table).Select(row => new TheoryDataRow<string, string>(row[0], row[1]));
}
