using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

public sealed class ServerNonInviteTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> OverUdp => Story.Table("""
        script                    | ends in    | sent and told
        <BYE +60000               | Trying     |
        >100 <BYE                 | Proceeding | 100 100
        >200 <BYE <BYE            | Completed  | 200 200 200
        >100 >200 >481            | Completed  | 100 200
        >200 +31999 <BYE          | Completed  | 200 200
        >200 +32000 <BYE          | Terminated | 200
        !                         | Terminated |
        """);

    public static IEnumerable<TheoryDataRow<string, string, string>> OverTcp => Story.Table("""
        script                    | ends in    | sent and told
        >200 <BYE                 | Terminated | 200
        >100 <BYE                 | Proceeding | 100 100
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Follows_figure_8_over_udp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Udp));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Does_not_linger_over_tcp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Tcp));

    private static (string State, string Told) Run(string script, SipFlow flow)
    {
        var story = new Story();
        var machine = new ServerNonInvite(flow, story.Outbox);
        string told = story.Run(machine, script,
            (_, _) => { machine.Receive(); return false; },
            (now, status) => machine.Respond(now, status, Story.Message($"{status}")));
        return (machine.State.ToString(), told);
    }
}
