using System.Buffers;
using System.Text;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Tests.Messages;

public sealed class SipWriterTests
{
    private delegate void Writing(SipWriter writer);

    [Fact]
    public void A_request_is_written_as_it_is_read()
    {
        string text = Write(writer =>
        {
            writer.RequestLine("BYE"u8, "sip:a@h;lr"u8);
            writer.Via(SipTransport.Udp, "192.0.2.9", 5060, "z9hG4bKx"u8);
            writer.Header(HeaderName.MaxForwards, 70);
            writer.Address(HeaderName.From, "sip:b@h"u8, "1"u8);
            writer.Address(HeaderName.To, "sip:a@h"u8, "2"u8);
            writer.Header(HeaderName.CallId, "c");
            writer.CSeq(7, "BYE"u8);
            writer.Reason(503, "engine \"lost\"\r\nX: y");
            writer.Header("X-App", "grüße");
            writer.NoBody();
        });
        Assert.Equal("""
            BYE sip:a@h;lr SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKx
            Max-Forwards: 70
            From: <sip:b@h>;tag=1
            To: <sip:a@h>;tag=2
            Call-ID: c
            CSeq: 7 BYE
            Reason: SIP;cause=503;text="engine \"lost\"  X: y"
            X-App: grüße
            Content-Length: 0


            """, text);
        Assert.True(SipMessage.TryParse(SipMessageTests.Wire(text), isStream: true, out _, out _));
    }

    [Fact]
    public void An_answer_with_a_body_always_has_its_type_and_its_length_O7()
    {
        SipMessage invite = SipMessageTests.Parse(SipMessageTests.Invite);
        string text = Write(writer =>
        {
            writer.StatusLine(200);
            writer.CopyForResponse(invite, "us"u8, PeerAddress.FromIPv4(0xCB007109, 40000));
            writer.Copy(invite, HeaderName.RecordRoute);
            writer.Sdp("v=0\r\n"u8);
        });
        Assert.Equal("""
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKa;received=203.0.113.9;rport=40000, SIP/2.0/UDP edge.example;branch=z9hG4bKb
            Via: SIP/2.0/TCP core.example;branch=z9hG4bKc
            From: "Caller, One" <sip:+15550100@carrier.example;user=phone>;tag=as1
            To: <sip:+15550199@switch.example>;tag=us
            Call-ID: c1@carrier.example
            CSeq: 102 INVITE
            Record-Route: <sip:198.51.100.1;lr>,<sip:edge.example;lr;x=a,b>
            Content-Type: application/sdp
            Content-Length: 5

            v=0

            """, text);
    }

    // RFC 3261 §18.2.1: received where sent-by is not where it came from; RFC 3581 §4: both where rport was asked for.
    [Theory]
    [InlineData("198.51.100.7;branch=1", "198.51.100.7;branch=1")]
    [InlineData("198.51.100.8;branch=1", "198.51.100.8;branch=1;received=198.51.100.7")]
    [InlineData("h.example:9;branch=1", "h.example:9;branch=1;received=198.51.100.7")]
    [InlineData("198.51.100.7;rport;branch=1", "198.51.100.7;branch=1;received=198.51.100.7;rport=5099")]
    [InlineData("h.example;received=1.1.1.1;rport=;branch=1;x=\"a;b\"", "h.example;branch=1;x=\"a;b\";received=198.51.100.7;rport=5099")]
    public void The_top_via_is_told_where_it_was_seen(string sentBy, string seen)
    {
        SipMessage request = SipMessageTests.Parse(SipMessageTests.Options.Replace("h;branch=z9hG4bK1", sentBy, StringComparison.Ordinal));
        string text = Write(writer => writer.CopyForResponse(request, default, PeerAddress.FromIPv4(0xC6336407, 5099)));
        Assert.Equal($"Via: SIP/2.0/UDP {seen}", text.Split('\n')[0]);
    }

    [Fact]
    public void A_to_with_a_tag_keeps_it_and_100_gives_none()
    {
        SipMessage tagged = SipMessageTests.Parse(SipMessageTests.Options.Replace("To: <sip:b@h>", "To: <sip:b@h>;tag=x", StringComparison.Ordinal));
        Assert.Contains("\nTo: <sip:b@h>;tag=x\n", Write(writer => writer.CopyForResponse(tagged, "us"u8, PeerAddress.None)), StringComparison.Ordinal);
        SipMessage bare = SipMessageTests.Parse(SipMessageTests.Options);
        Assert.Contains("\nTo: <sip:b@h>\n", Write(writer => writer.CopyForResponse(bare, default, PeerAddress.None)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("a\nX: y")]
    [InlineData("a\rX: y")]
    public void No_value_of_ours_can_carry_a_line_end(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Refuses(writer => writer.Header(HeaderName.Subject, value));
        Refuses(writer => writer.Header(HeaderName.Subject, bytes));
        Refuses(writer => writer.Header("X-App", value));
        Refuses(writer => writer.Header(value, "v"));
        Refuses(writer => writer.RequestLine(bytes, "sip:a@h"u8));
        Refuses(writer => writer.RequestLine("BYE"u8, bytes));
        Refuses(writer => writer.StatusLine(200, value));
        Refuses(writer => writer.Via(SipTransport.Tcp, value, 1, "z"u8));
        Refuses(writer => writer.Via(SipTransport.Tcp, "h", 1, bytes));
        Refuses(writer => writer.Address(HeaderName.To, bytes));
        Refuses(writer => writer.Address(HeaderName.To, "sip:a@h"u8, bytes));
        Refuses(writer => writer.CSeq(1, bytes));
        Refuses(writer => writer.Warning(399, value, "text"));
        Refuses(writer => writer.Body(bytes, default));
        Refuses(writer => writer.Header("Content-Length", "5"));

        string quoted = Write(writer => { writer.Reason(500, value); writer.Warning(399, "h", value); });
        Assert.Equal(3, quoted.Split('\n').Length);
    }

    private static void Refuses(Writing writing) => Assert.ThrowsAny<ArgumentException>(() => Write(writing));

    private static string Write(Writing writing)
    {
        var output = new ArrayBufferWriter<byte>();
        writing(new SipWriter(output));
        string text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(text.Count(at => at == '\n'), text.Split("\r\n").Length - 1);
        return text.Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
