using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

public sealed class ServerInviteTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> OverUdp => Story.Table("""
        script                    | ends in    | sent and told
        +60000                    | Proceeding |
        >100 >180 +60000          | Proceeding | 100 180
        >180 <INVITE              | Proceeding | 180 180
        >200                      | Accepted   | 200
        >200 <INVITE              | Accepted   | 200
        >200 <ACK +1              | Accepted   | 200
        >200 >200 >486            | Accepted   | 200 200
        >200 +31999               | Accepted   | 200
        >200 +32000               | Terminated | 200
        >486 >200                 | Completed  | 486
        >486 +500 +1000 +2000     | Completed  | 486 486 486 486
        >486 <INVITE              | Completed  | 486 486
        >486 <ACK +500 <INVITE    | Confirmed  | 486
        >486 <ACK +5000           | Terminated | 486
        >486 +31999               | Completed  | 486 486 486 486 486 486 486 486 486 486 486
        >486 +32000               | Terminated | 486 486 486 486 486 486 486 486 486 486 486 [timeout]
        >180 !                    | Terminated | 180 [failed]
        >486 !                    | Terminated | 486
        >200 !                    | Accepted   | 200
        """);

    public static IEnumerable<TheoryDataRow<string, string, string>> OverTcp => Story.Table("""
        script                    | ends in    | sent and told
        >486 +31999               | Completed  | 486
        >486 +32000               | Terminated | 486 [timeout]
        >486 <ACK                 | Terminated | 486
        >180 ! >200               | Accepted   | 180 200
        >180 ! !                  | Terminated | 180 [failed]
        >200 ! ! +31999           | Accepted   | 200
        """);

    [Theory]
    [MemberData(nameof(OverUdp))]
    public void Follows_figure_7_of_rfc_3261_and_figure_2_of_rfc_6026_over_udp(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Udp));

    [Theory]
    [MemberData(nameof(OverTcp))]
    public void Sends_once_over_tcp_and_opens_a_lost_connection_again(string script, string state, string told) =>
        Assert.Equal((state, told), Run(script, Story.Tcp));

    [Fact]
    public void L12_answers_on_the_connection_of_the_request_until_that_is_lost()
    {
        var outbox = new Outbox();
        var machine = new ServerInvite(Story.Tcp, Story.TcpReopened, outbox);
        Assert.Equal(Story.Tcp, machine.Flow);
        machine.TransportFailed();
        Assert.Equal(Story.TcpReopened, machine.Flow);
    }

    private static (string State, string Told) Run(string script, SipFlow flow)
    {
        var story = new Story();
        var machine = new ServerInvite(flow, flow.IsReliable ? Story.TcpReopened : flow, story.Outbox);
        string told = story.Run(machine, script,
            (now, word) =>
            {
                if (word == "ACK") { machine.ReceiveAck(now); } else { machine.Receive(); }
                return false;
            },
            (now, status) => machine.Respond(now, status, Story.Message($"{status}")));
        return (machine.State.ToString(), told);
    }
}
