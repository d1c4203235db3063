using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

public sealed class ClientInviteTests
{
    // Timer A doubles without a cap: 500, 1500, 3500, 7500, 15500, 31500; timer B ends it at 32000.
    public static IEnumerable<TheoryDataRow<string, string, string>> OverUdp => Story.Table("""
        script                      | ends in    | sent and told
                                    | Calling    | INVITE
        +500                        | Calling    | INVITE INVITE
        +3500                       | Calling    | INVITE INVITE INVITE INVITE
        +31999                      | Calling    | INVITE INVITE INVITE INVITE INVITE INVITE INVITE
        +32000                      | Terminated | INVITE INVITE INVITE INVITE INVITE INVITE INVITE [timeout]
        <100 +60000                 | Proceeding | INVITE [100]
        <180 <180 +9000             | Proceeding | INVITE [180] [180]
        <180 <200                   | Accepted   | INVITE [180] [200]
        <200 <200 <180              | Accepted   | INVITE [200] [200]
        <200 <486                   | Accepted   | INVITE [200]
        <200 +31999                 | Accepted   | INVITE [200]
        <200 +32000 <200            | Terminated | INVITE [200]
        <486                        | Completed  | INVITE ACK [486]
        <486 <486 +500 <486         | Completed  | INVITE ACK [486] ACK ACK
        <486 <200                   | Completed  | INVITE ACK [486]
        <486 +31999                 | Completed  | INVITE ACK [486]
        <486 +32000 <486            | Terminated | INVITE ACK [486]
        <180 x +31999               | Proceeding | INVITE [180]
        <180 x +32000               | Terminated | INVITE [180] [timeout]
        <180 x <487                 | Completed  | INVITE [180] ACK [487]
        <180 x <200                 | Accepted   | INVITE [180] [200]
        !                           | Terminated | INVITE [failed]
        <180 !                      | Terminated | INVITE [180] [failed]
        <486 !                      | Terminated | INVITE ACK [486]
        <200 !                      | Accepted   | INVITE [200]
        """);

    public static IEnumerable<TheoryDataRow<string, string, string>> OverTcp => Story.Table("""
        script                      | ends in    | sent and told
        +31999                      | Calling    | INVITE
        +32000                      | Terminated | INVITE [timeout]
        <180 <486 <486              | Terminated | INVITE [180] ACK [486]
        <200 <200                   | Accepted   | INVITE [200] [200]
        <200 +32000                 | Terminated | INVITE [200]
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Follows_figure_5_of_rfc_3261_and_figure_1_of_rfc_6026_over_udp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Udp));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Sends_once_over_tcp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Tcp));

    private static (string State, string Told) Run(string script, SipFlow flow)
    {
        var story = new Story();
        var machine = new ClientInvite(story.Now, flow, Story.Message("INVITE"), story.Outbox);
        // "x" stands for the CANCEL, which is a transaction of its own.
        string told = story.Run(machine, script.Replace("x", ">0", StringComparison.Ordinal),
            (now, word) => machine.Receive(now, Story.Status(word), Story.Message("ACK")),
            (now, _) => machine.Cancelled(now));
        return (machine.State.ToString(), told);
    }
}
