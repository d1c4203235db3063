using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

public sealed class ClientNonInviteTests
{
    // Timer E: 500, 1500, 3500, 7500, then every 4000; timer F at 32000.
    public static IEnumerable<TheoryDataRow<string, string, string>> OverUdp => Story.Table("""
        script                      | ends in    | sent and told
        +500                        | Trying     | BYE BYE
        +7500                       | Trying     | BYE BYE BYE BYE BYE
        +15500                      | Trying     | BYE BYE BYE BYE BYE BYE BYE
        +32000                      | Terminated | BYE BYE BYE BYE BYE BYE BYE BYE BYE BYE BYE [timeout]
        <200                        | Completed  | BYE [200]
        <200 <200                   | Completed  | BYE [200]
        <200 +4999                  | Completed  | BYE [200]
        <200 +5000 <200             | Terminated | BYE [200]
        <100 +500 +3999             | Proceeding | BYE [100] BYE
        <100 +500 +4000             | Proceeding | BYE [100] BYE BYE
        <100 +32000                 | Terminated | BYE [100] BYE BYE BYE BYE BYE BYE BYE BYE [timeout]
        <100 <481                   | Completed  | BYE [100] [481]
        !                           | Terminated | BYE [failed]
        <200 !                      | Terminated | BYE [200]
        """);

    public static IEnumerable<TheoryDataRow<string, string, string>> OverTcp => Story.Table("""
        script                      | ends in    | sent and told
        +31999                      | Trying     | BYE
        +32000                      | Terminated | BYE [timeout]
        <100 +31999                 | Proceeding | BYE [100]
        <200 <200                   | Terminated | BYE [200]
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Follows_figure_6_over_udp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Udp));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Sends_once_over_tcp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Tcp));

    private static (string State, string Told) Run(string script, SipFlow flow)
    {
        var story = new Story();
        var machine = new ClientNonInvite(story.Now, flow, Story.Message("BYE"), story.Outbox);
        string told = story.Run(machine, script, (now, word) => machine.Receive(now, Story.Status(word)), (_, _) => { });
        return (machine.State.ToString(), told);
    }
}
