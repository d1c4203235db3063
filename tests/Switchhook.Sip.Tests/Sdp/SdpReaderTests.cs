using System.Text;
using Switchhook.Sip.Sdp;

namespace Switchhook.Sip.Tests.Sdp;

public sealed class SdpReaderTests
{
    [Theory]
    [InlineData("", SdpError.Empty)]
    [InlineData("\r\n \n", SdpError.Empty)]
    [InlineData("v=1\n", SdpError.Version)]
    [InlineData("o=- 1 1 IN IP4 1.2.3.4\nv=0\n", SdpError.Version)]
    [InlineData("v=0\nm =video 3227 RTP/AVP 31\n", SdpError.Line)]
    [InlineData("v=0\nnonsense\n", SdpError.Line)]
    [InlineData("v=0\n=x\n", SdpError.Line)]
    [InlineData("v=0\ns=a\rb\n", SdpError.Line)]
    [InlineData("v=0\ns=a\0b\n", SdpError.Line)]
    [InlineData("v=0\nc=IN IP4\n", SdpError.Connection)]
    [InlineData("v=0\nc=ATM X 1.2.3.4\n", SdpError.Connection)]
    [InlineData("v=0\nc=IN IP4 /127\n", SdpError.Connection)]
    [InlineData("v=0\nm=audio\n", SdpError.Media)]
    [InlineData("v=0\nm=audio 4000 RTP/AVP\n", SdpError.Media)]
    [InlineData("v=0\nm=audio 65536 RTP/AVP 0\n", SdpError.Media)]
    [InlineData("v=0\nm=audio -1 RTP/AVP 0\n", SdpError.Media)]
    public void What_has_no_meaning_is_named(string text, SdpError error)
    {
        Assert.False(SdpReader.TryRead(Encoding.UTF8.GetBytes(text), out SessionDescription? session, out SdpError found));
        Assert.Equal((null, error), (session, found));
    }

    [Fact]
    public void Limits_hold_for_bytes_streams_formats_and_attributes()
    {
        Refused("v=0\ns=" + new string('x', Limits.SdpBytes));
        Refused("v=0\n" + string.Concat(Enumerable.Repeat("m=audio 1 RTP/AVP 0\n", Limits.SdpMedia + 1)));
        Refused("v=0\nm=audio 1 RTP/AVP" + string.Concat(Enumerable.Repeat(" 0", Limits.SdpFormats + 1)) + "\n");
        Refused("v=0\n" + string.Concat(Enumerable.Repeat("a=x\n", Limits.SdpAttributes + 1)));

        static void Refused(string text)
        {
            Assert.False(SdpReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out SdpError error));
            Assert.Equal(SdpError.TooLarge, error);
        }
    }

    [Fact]
    public void Everything_is_where_it_was_said()
    {
        SessionDescription session = NegotiatorTests.Read("""
            v=0
            o=anna 12 34 IN IP6 2001:db8::7
            s=a talk
            b=AS:64
            c=IN IP6 2001:db8::7
            t=1 2
            t=3 4
            a=sendonly
            a=tool:x y:z
            m=audio 4000 RTP/AVP 0 9 111 200 x
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 useinbandfec=1; maxaveragebitrate=20000
            a=rtpmap:9 nonsense
            a=ptime:20
            a=maxptime:60
            a=rtcp:5001 IN IP6 2001:db8::8
            a=rtcp-mux
            m=audio 4002 RTP/AVP 8
            c=IN IP4 192.0.2.1
            c=IN IP4 192.0.2.2
            a=inactive
            """);
        Assert.Equal(new SdpOrigin("anna", 12, 34, "2001:db8::7"), session.Origin);
        Assert.Equal(("a talk", "1 2", "2001:db8::7", (SdpDirection?)SdpDirection.SendOnly), (session.Name, session.Timing, session.Connection, session.Direction));
        Assert.Equal([new SdpAttribute("sendonly", null), new SdpAttribute("tool", "x y:z")], session.Attributes);
        SdpMedia first = session.Media[0];
        Assert.Equal(
            [
                new SdpFormat(0, "PCMU", 8000) { Token = "0" },
                new SdpFormat(9, "G722", 8000) { Token = "9" },
                new SdpFormat(111, "opus", 48000, 2, "useinbandfec=1; maxaveragebitrate=20000") { Token = "111" },
                new SdpFormat(-1, "", 0) { Token = "200" },
                new SdpFormat(-1, "", 0) { Token = "x" },
            ], first.Formats);
        Assert.Equal((20, 60, (ushort?)5001, "2001:db8::8", true), (first.PtimeMs, first.MaxPtimeMs, first.RtcpPort, first.RtcpAddress, first.RtcpMux));
        Assert.Equal(SdpDirection.SendOnly, session.DirectionOf(first));
        SdpMedia second = session.Media[1];
        Assert.Equal(("192.0.2.1", SdpDirection.Inactive), (session.ConnectionOf(second), session.DirectionOf(second)));
        Assert.False(second.Has("rtcp-mux"));
    }

    [Fact]
    public void What_is_read_is_written_and_read_again_the_same()
    {
        foreach (string section in Offers.Sections.Split("== ", StringSplitOptions.RemoveEmptyEntries))
        {
            string offer = section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..].Split(">>\n")[0];
            string once = SdpWriter.Text(NegotiatorTests.Read(offer));
            Assert.Equal(once, SdpWriter.Text(NegotiatorTests.Read(once)));
        }
    }

    [Fact]
    public void Every_prefix_of_every_offer_is_judged_without_throwing()
    {
        var here = new SdpLocal(PeerAddress.FromIPv4(0xCB007105, 20000), 77);
        foreach (string section in Offers.Sections.Split("== ", StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] offer = Encoding.UTF8.GetBytes(section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..].Split(">>\n")[0]);
            for (int length = 0; length <= offer.Length; length++)
            {
                if (!SdpReader.TryRead(offer.AsSpan(0, length), out SessionDescription? session, out SdpError error)) { Assert.NotEqual(SdpError.None, error); continue; }
                if (Negotiator.Answer(session!, AudioCapabilities.G711, here) is SdpAnswer.Accepted accepted)
                {
                    Assert.Equal(session!.Media.Count, accepted.Local.Media.Count);
                }
            }
        }
    }
}
