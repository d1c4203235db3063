using System.Net;
using System.Text;
using Switchhook.Sip;
using Switchhook.Simulation;

namespace Switchhook.Calls.Tests;

/// <summary>Which offers are refused before anybody is asked, and which only where the answer would be made.</summary>
public sealed class AnswerPlanTests
{
    private const string Offers = """
        c=                 | m=                     | at once | at 192.0.2.9
        IN IP4 192.0.2.1   | audio 4000 RTP/AVP 0   | -       | -
        IN IP6 2001:db8::1 | audio 4000 RTP/AVP 0   | -       | 301
        IN IP6 2001:db8::1 | audio 4000 RTP/AVP 18  | 305     | 305
        IN IP4 192.0.2.1   | audio 4000 RTP/AVP 18  | 305     | 305
        IN IP4 192.0.2.1   | audio 4000 RTP/SAVP 0  | 302     | 302
        IN IP4 a.example   | audio 4000 RTP/AVP 0   | 301     | 301
        """;

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Rows =>
        Table.Rows(Offers).Select(row => new TheoryDataRow<string, string, string, string>(row[0], row[1], row[2], row[3]));

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_offer_is_refused_at_once_only_for_what_no_answer_could_mend(string connection, string media, string atOnce, string answered)
    {
        byte[] offer = Encoding.ASCII.GetBytes($"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc={connection}\r\nt=0 0\r\nm={media}\r\n");
        Assert.Equal(atOnce, Code(AnswerPlan.RefusalOf(offer)?.Cause));
        AnswerPlan.TryBegin(offer, PeerAddress.From(IPAddress.Parse("192.0.2.9"), 20_000), new Random(1), out _, out SipCause? cause);
        Assert.Equal(answered, Code(cause));
    }

    private static string Code(SipCause? cause) => cause is null ? "-" : $"{cause.WarningCode}";
}
