using System.Globalization;
using System.Text;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

/// <summary>
/// One row, one story, told to one transaction. <c>+500</c> lets 500 ms pass, waking the machine at each deadline on
/// the way; <c>&lt;180</c> or <c>&lt;ACK</c> arrives from the network; <c>&gt;486</c> is the user's answer;
/// <c>!</c> is a transport failure. What was sent is told in order, what the user was told stands in brackets.
/// </summary>
internal sealed class Story
{
    public static SipFlow Udp { get; } = new(SipTransport.Udp, 0, 0, PeerAddress.FromIPv4(0xC000_0201, 5060));

    public static SipFlow Tcp { get; } = new(SipTransport.Tcp, 0, 7, PeerAddress.FromIPv4(0xC000_0201, 40_000));

    public static SipFlow TcpReopened { get; } = new(SipTransport.Tcp, 0, 0, PeerAddress.FromIPv4(0xC000_0201, 5060));

    private readonly List<string> _told = [];

    public Outbox Outbox { get; } = new();

    public Instant Now { get; private set; } = new(1);

    public static Outgoing Message(string text) => new(default, Encoding.ASCII.GetBytes(text), text, "", null);

    public static int Status(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    public static IEnumerable<TheoryDataRow<string, string, string>> Table(string table) =>
        from cells in Simulation.Table.Rows(table)
        select new TheoryDataRow<string, string, string>(cells[0], cells[1], cells[2]);

    /// <summary>Runs the script and returns what was sent and told.</summary>
    public string Run(Transaction machine, string script, Func<Instant, string, bool> receive, Action<Instant, int> respond)
    {
        Drain();
        foreach (string word in script.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word[0])
            {
                case '<': Note(receive(Now, word[1..]), word[1..]); break;
                case '>': respond(Now, Status(word[1..])); Drain(); break;
                case '!': Note(machine.TransportFailed(), "failed"); break;
                default: Pass(machine, TimeSpan.FromMilliseconds(Status(word[1..]))); break;
            }
        }
        return string.Join(' ', _told);
    }

    private void Pass(Transaction machine, TimeSpan time)
    {
        Instant until = Now + time;
        while (machine.NextTimeout <= until)
        {
            Now = machine.NextTimeout;
            Note(machine.Timeout(Now), "timeout");
        }
        Now = until;
    }

    private void Note(bool told, string what)
    {
        Drain();
        if (told) { _told.Add($"[{what}]"); }
    }

    private void Drain()
    {
        while (Outbox.TryTake(out SipOutput? output))
        {
            _told.Add(Encoding.ASCII.GetString(((SipOutput.Transmit)output).Message.Span));
        }
    }
}
