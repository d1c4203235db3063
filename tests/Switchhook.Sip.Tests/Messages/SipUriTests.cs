using System.Text;
using Switchhook.Simulation;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Tests.Messages;

public sealed class SipUriTests
{
    // "-" is nothing; the parts are as they stand, still escaped.
    private const string Parts = """
        uri                                                    | scheme | user               | password | host              | port | parameters                     | headers
        sip:a.example                                          | sip    | -                  | -        | a.example         | -    | -                              | -
        sip:bob@a.example                                      | sip    | bob                | -        | a.example         | -    | -                              | -
        SIPS:bob:pw@a.example:5061;transport=tcp?Subject=x&b=c | SIPS   | bob                | pw       | a.example         | 5061 | ;transport=tcp                 | Subject=x&b=c
        sip:+4930123;isub=1@gw.example;user=phone              | sip    | +4930123;isub=1    | -        | gw.example        | -    | ;user=phone                    | -
        sip:u;p=a%40b@h.example                                | sip    | u;p=a%40b          | -        | h.example         | -    | -                              | -
        sip:who?;x@h.example                                   | sip    | who?;x             | -        | h.example         | -    | -                              | -
        sip:b@[2001:db8::1]:5080;lr                            | sip    | b                  | -        | [2001:db8::1]     | 5080 | ;lr                            | -
        sip:[::1]                                              | sip    | -                  | -        | [::1]             | -    | -                              | -
        sip:b@h;transport=tls;transport=tls                    | sip    | b                  | -        | h                 | -    | ;transport=tls;transport=tls   | -
        sip:b@h?Replaces=1@2%3Bto-tag%3D3                      | sip    | b                  | -        | h                 | -    | -                              | Replaces=1@2%3Bto-tag%3D3
        sip:proj_demo@my_host.internal                         | sip    | proj_demo          | -        | my_host.internal  | -    | -                              | -
        tel:+1-201-555-0123;phone-context=example.com          | tel    | +1-201-555-0123    | -        | -                 | -    | ;phone-context=example.com     | -
        urn:service:sos                                        | urn    | -                  | -        | -                 | -    | -                              | -
        soap.beep://192.0.2.103:3002                           | soap.beep | -               | -        | -                 | -    | -                              | -
        """;

    public static TheoryData<string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string[] row in Table.Rows(Parts))
            {
                data.Add(row[0], string.Join(" | ", row[1..]));
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Parts_are_where_the_grammar_puts_them(string text, string parts)
    {
        Assert.True(SipUri.TryParse(Encoding.UTF8.GetBytes(text), out SipUri uri));
        string[] found = [Text(uri.Scheme), Text(uri.User), Text(uri.Password), Text(uri.Host), uri.Port?.ToString() ?? "-", Text(uri.Parameters.Text), Text(uri.Headers)];
        Assert.Equal(parts, string.Join(" | ", found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData(":bob")]
    [InlineData("1sip:bob")]
    [InlineData("sip:@host")]
    [InlineData("sip:bob@")]
    [InlineData("sip:bob@host:65536")]
    [InlineData("sip:bob@host:5o60")]
    [InlineData("sip:bob@host:")]
    [InlineData("sip:bob@ho st")]
    [InlineData("sip:bob@host\r\nX: y")]
    [InlineData("sip:b@[::1")]
    [InlineData("sip:b@[nonsense]")]
    [InlineData("<sip:bob@host>")]
    [InlineData("tel:")]
    [InlineData("urn:")]
    public void What_is_no_uri_is_refused(string text) => Assert.False(SipUri.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("a%41%2", "aA%2")]
    [InlineData("%zz%%20", "%zz% ")]
    [InlineData("plain", "plain")]
    public void Unescaping_keeps_what_is_no_escape(string text, string plain)
    {
        var into = new byte[text.Length];
        int written = SipEscapes.Unescape(Encoding.UTF8.GetBytes(text), into);
        Assert.Equal(plain, Encoding.UTF8.GetString(into, 0, written));
    }

    // O9, §9.6.
    [Fact]
    public void A_transport_said_twice_still_parses_and_the_first_counts_O9()
    {
        Assert.True(SipUri.TryParse("sip:anna@h.example;transport=tls;transport=tcp"u8, out SipUri uri));
        Assert.True(uri.Parameters.TryGet("TRANSPORT"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("tls", Encoding.UTF8.GetString(value));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => bytes.Length == 0 ? "-" : Encoding.UTF8.GetString(bytes);
}
