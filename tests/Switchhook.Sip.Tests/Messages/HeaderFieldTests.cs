using System.Text;
using Switchhook.Simulation;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Tests.Messages;

public sealed class HeaderFieldTests
{
    private const string Addresses = """
        value                                                  | display           | uri                    | tag | parameters
        <sip:a@h>;tag=1                                        | -                 | sip:a@h                | 1   | ;tag=1
        "A, B" <sip:a@h;x=1>;tag=1;y                           | "A, B"            | sip:a@h;x=1            | 1   | ;tag=1;y
        "say \"<hi>\"" <sip:a@h>                               | "say \"<hi>\""    | sip:a@h                | -   | -
        Anna Porter<sip:a@h> ;  tag  =  2                      | Anna Porter       | sip:a@h                | 2   | ;  tag  =  2
        Bell, A. <sip:a@h>                                     | Bell, A.          | sip:a@h                | -   | -
        "A" <  sip:a@h  >                                      | "A"               | sip:a@h                | -   | -
        sip:a@h;tag=3                                          | -                 | sip:a@h                | 3   | ;tag=3
        sip:a@h ;tag=3                                         | -                 | sip:a@h                | 3   | ;tag=3
        tel:+123;tag=4                                         | -                 | tel:+123               | 4   | ;tag=4
        <urn:x:y>                                              | -                 | urn:x:y                | -   | -
        """;

    public static TheoryData<string, string> AddressRows => Data(Addresses);

    [Theory]
    [MemberData(nameof(AddressRows))]
    public void An_address_is_a_name_a_uri_and_parameters(string value, string parts)
    {
        Assert.True(NameAddress.TryParse(Encoding.UTF8.GetBytes(value), out NameAddress address));
        Assert.Equal(parts, Join(Text(address.DisplayName), Text(address.UriText), Text(address.Tag), Text(address.Parameters.Text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"open <sip:a@h>")]
    [InlineData("\"A\" x <sip:a@h>")]
    [InlineData("<sip:a@h")]
    [InlineData("<sip:a@h> x")]
    [InlineData("<>")]
    [InlineData("sip:a@h?Route=x")]
    [InlineData("sip:a@h,sip:b@h")]
    [InlineData("\"quoted only\"")]
    public void What_is_no_address_is_refused(string value) => Assert.False(NameAddress.TryParse(Encoding.UTF8.GetBytes(value), out _));

    private const string Vias = """
        value                                                       | transport | host          | port | branch     | unique
        SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1                  | UDP       | 192.0.2.1     | 5060 | z9hG4bK1   | True
        SIP / 2.0 / TCP  h.example : 5070 ; branch = Z9HG4BKx       | TCP       | h.example     | 5070 | Z9HG4BKx   | True
        SIP/2.0/TLS [2001:db8::9]:5061;branch=z9hG4bK               | TLS       | [2001:db8::9] | 5061 | z9hG4bK    | False
        SIP/2.0/UDP h.example;;                                     | UDP       | h.example     | -    | -          | False
        SIP/7.0/UDP h.example;branch=old                            | UDP       | h.example     | -    | old        | False
        """;

    public static TheoryData<string, string> ViaRows => Data(Vias);

    [Theory]
    [MemberData(nameof(ViaRows))]
    public void A_via_says_how_and_from_where(string value, string parts)
    {
        Assert.True(Via.TryParse(Encoding.UTF8.GetBytes(value), out Via via));
        Assert.Equal(parts, Join(Text(via.Transport), Text(via.Host), via.Port?.ToString() ?? "-", Text(via.Branch), via.HasUniqueBranch.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDP ")]
    [InlineData("SIP/2.0/UDP ;branch=1")]
    [InlineData("HTTP/2.0/UDP h")]
    [InlineData("SIP/2.0 h")]
    [InlineData("SIP/2.0/UDP h:99999")]
    [InlineData("SIP/2.0/UDP h h2")]
    public void What_is_no_via_is_refused(string value) => Assert.False(Via.TryParse(Encoding.UTF8.GetBytes(value), out _));

    [Theory]
    [InlineData("1 INVITE", 1, "INVITE")]
    [InlineData("0009 \t BYE", 9, "BYE")]
    [InlineData("2147483647 ACK", 2147483647, "ACK")]
    [InlineData("2147483648 ACK", -1, "")]
    [InlineData("4294967297 ACK", -1, "")]
    [InlineData("-1 ACK", -1, "")]
    [InlineData("1", -1, "")]
    [InlineData("1 ", -1, "")]
    [InlineData("1 A B", -1, "")]
    [InlineData("x ACK", -1, "")]
    public void A_cseq_is_a_number_below_2_to_the_31_and_a_method(string value, int number, string method)
    {
        bool read = CSeq.TryParse(Encoding.UTF8.GetBytes(value), out CSeq cseq);
        Assert.Equal(number >= 0, read);
        if (!read) { return; }
        Assert.Equal((number, method), ((int)cseq.Number, Text(cseq.MethodName)));
    }

    [Theory]
    [InlineData("Via", HeaderName.Via)]
    [InlineData("v", HeaderName.Via)]
    [InlineData("V", HeaderName.Via)]
    [InlineData("cAlL-iD", HeaderName.CallId)]
    [InlineData("I", HeaderName.CallId)]
    [InlineData("m", HeaderName.Contact)]
    [InlineData("e", HeaderName.ContentEncoding)]
    [InlineData("c", HeaderName.ContentType)]
    [InlineData("l", HeaderName.ContentLength)]
    [InlineData("f", HeaderName.From)]
    [InlineData("t", HeaderName.To)]
    [InlineData("s", HeaderName.Subject)]
    [InlineData("k", HeaderName.Supported)]
    [InlineData("o", HeaderName.Event)]
    [InlineData("r", HeaderName.ReferTo)]
    [InlineData("u", HeaderName.AllowEvents)]
    [InlineData("a", HeaderName.AcceptContact)]
    [InlineData("d", HeaderName.RequestDisposition)]
    [InlineData("j", HeaderName.RejectContact)]
    [InlineData("x", HeaderName.SessionExpires)]
    [InlineData("b", HeaderName.ReferredBy)]
    [InlineData("y", HeaderName.Identity)]
    [InlineData("z", HeaderName.Other)]
    [InlineData("!", HeaderName.Other)]
    [InlineData("Vi", HeaderName.Other)]
    [InlineData("X-Via", HeaderName.Other)]
    [InlineData("C%6Fntact", HeaderName.Other)]
    internal void A_header_is_known_by_its_long_and_its_compact_name(string text, HeaderName name) =>
        Assert.Equal(name, HeaderNames.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Every_long_name_is_found_again_in_any_case()
    {
        foreach (HeaderName name in Enum.GetValues<HeaderName>().Where(name => name != HeaderName.Other))
        {
            Assert.Equal(name, HeaderNames.Parse(name.Text()));
            Assert.Equal(name, HeaderNames.Parse(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(name.Text()).ToUpperInvariant())));
            Assert.Equal(name.ToString(), Encoding.ASCII.GetString(name.Text()).Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        }
    }

    [Fact]
    public void Every_method_is_found_again_and_only_in_its_own_case()
    {
        foreach (SipMethod method in Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Unknown))
        {
            Assert.Equal(method, SipMethods.Parse(method.Text()));
            Assert.Equal(method.ToString().ToUpperInvariant(), Encoding.ASCII.GetString(method.Text()));
            Assert.Equal(SipMethod.Unknown, SipMethods.Parse(Encoding.ASCII.GetBytes(method.ToString())));
        }
    }

    private static TheoryData<string, string> Data(string table)
    {
        var data = new TheoryData<string, string>();
        foreach (string[] row in Table.Rows(table)) { data.Add(row[0], string.Join(" | ", row[1..])); }
        return data;
    }

    private static string Join(params string[] parts) => string.Join(" | ", parts);

    private static string Text(ReadOnlySpan<byte> bytes) => bytes.Length == 0 ? "-" : Encoding.UTF8.GetString(bytes);
}
