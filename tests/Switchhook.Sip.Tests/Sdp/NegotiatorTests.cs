using System.Text;
using Switchhook.Sip.Sdp;

namespace Switchhook.Sip.Tests.Sdp;

public sealed class NegotiatorTests
{
    private static readonly SdpLocal Here = new(PeerAddress.FromIPv4(0xCB007105, 20000), 77);

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (string section in Offers.Sections.Split("== ", StringSplitOptions.RemoveEmptyEntries))
            {
                int nameEnd = section.IndexOf('\n', StringComparison.Ordinal);
                string[] halves = section[(nameEnd + 1)..].Split(">>\n");
                data.Add(section[..nameEnd], halves[0], halves[1].Trim());
            }
            return data;
        }
    }

    // L1, L17: the answer is made of the offer it answers.
    [Theory]
    [MemberData(nameof(Rows))]
    public void An_offer_gets_the_answer_that_rfc_3264_gives_it(string name, string offer, string expected)
    {
        Assert.NotEmpty(name);
        SdpAnswer answer = Negotiator.Answer(Read(offer), AudioCapabilities.G711, Here);
        Assert.Equal(expected, Tell(answer));
        if (answer is not SdpAnswer.Accepted accepted) { return; }
        Assert.StartsWith("v=0\r\no=- 77 1 IN IP4 203.0.113.5\r\ns=-\r\n", SdpWriter.Text(accepted.Local), StringComparison.Ordinal);
        Assert.Equal(Read(offer).Media.Select(media => media.Type), accepted.Local.Media.Select(media => media.Type));
    }

    // S6, O8: nothing but the offer decides the codec; the law of an answer is the law of the offer it answers.
    [Theory]
    [InlineData("0 8", "PCMU")]
    [InlineData("8 0", "PCMA")]
    public void The_offers_order_decides_between_the_laws_and_ours_does_not_S6_O8(string formats, string codec)
    {
        AudioCapabilities turned = AudioCapabilities.G711 with { Codecs = [.. AudioCapabilities.G711.Codecs.Reverse()] };
        foreach (AudioCapabilities ours in new[] { AudioCapabilities.G711, turned })
        {
            Assert.Equal(codec, Agreed(Negotiator.Answer(Read($"v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP {formats}\n"), ours, Here)).Audio.Codec);
        }
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("a=ptime:10", 10)]
    [InlineData("a=ptime:20", 20)]
    [InlineData("a=ptime:20.0", 20)]
    [InlineData("a=ptime:30", 30)]
    [InlineData("a=ptime:40", 40)]
    [InlineData("a=ptime:50", 20)]
    [InlineData("a=ptime:60", 60)]
    [InlineData("a=ptime:80", 60)]
    [InlineData("a=ptime:25", 20)]
    [InlineData("a=ptime:0", 20)]
    [InlineData("a=ptime:-20", 20)]
    [InlineData("a=ptime:99999999999", 20)]
    [InlineData("a=maxptime:10", 10)]
    [InlineData("a=ptime:60\na=maxptime:40", 40)]
    [InlineData("a=ptime:40\na=maxptime:35", 30)]
    [InlineData("a=maxptime:5", 20)]
    public void We_send_packets_of_the_length_asked_for_where_we_can(string attributes, int ptimeMs)
    {
        SdpAnswer answer = Negotiator.Answer(Read($"v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 0\n{attributes}\n"), AudioCapabilities.G711, Here);
        Assert.Equal(ptimeMs, Agreed(answer).Audio.SendPtimeMs);
        Assert.Equal(ptimeMs, Agreed(answer).Local.Media[0].PtimeMs);
    }

    [Fact]
    public void The_version_grows_when_the_answer_changes_and_only_then()
    {
        const string Talking = "v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 0\n";
        SessionDescription first = Agreed(Negotiator.Answer(Read(Talking), AudioCapabilities.G711, Here)).Local;
        SessionDescription again = Agreed(Negotiator.Answer(Read(Talking), AudioCapabilities.G711, Here with { Previous = first })).Local;
        SessionDescription held = Agreed(Negotiator.Answer(Read(Talking + "a=sendonly\n"), AudioCapabilities.G711, Here with { Previous = again })).Local;
        SessionDescription resumed = Agreed(Negotiator.Answer(Read(Talking), AudioCapabilities.G711, new SdpLocal(Here.Rtp, 99) { Previous = held })).Local;
        Assert.Equal([1ul, 1ul, 2ul, 3ul], new[] { first, again, held, resumed }.Select(session => session.Origin.Version));
        Assert.All([first, again, held, resumed], session => Assert.Equal(77ul, session.Origin.SessionId));
        Assert.Equal([SdpDirection.SendReceive, SdpDirection.SendReceive, SdpDirection.ReceiveOnly, SdpDirection.SendReceive],
            new[] { first, again, held, resumed }.Select(session => session.DirectionOf(session.Media[0])));
    }

    [Fact]
    public void An_rtcp_port_that_is_not_the_next_one_is_said()
    {
        SdpLocal apart = Here with { RtcpPort = 30001 };
        SessionDescription offer = Read("v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 0\n");
        Assert.Contains("a=rtcp:30001\r\n", SdpWriter.Text(Agreed(Negotiator.Answer(offer, AudioCapabilities.G711, apart)).Local), StringComparison.Ordinal);
        SessionDescription mux = Read("v=0\nc=IN IP4 1.2.3.4\nm=audio 4000 RTP/AVP 0\na=rtcp-mux\n");
        Assert.DoesNotContain("a=rtcp:", SdpWriter.Text(Agreed(Negotiator.Answer(mux, AudioCapabilities.G711, apart)).Local), StringComparison.Ordinal);
        NegotiatedAudio without = Agreed(Negotiator.Answer(mux, AudioCapabilities.G711 with { RtcpMux = false }, Here)).Audio;
        Assert.Equal((false, 4001), (without.RtcpMux, without.RemoteRtcp.Port));
    }

    [Fact]
    public void Our_offer_names_all_we_speak()
    {
        SessionDescription offer = Negotiator.Offer(AudioCapabilities.G711, Here);
        Assert.Equal("""
            v=0
            o=- 77 1 IN IP4 203.0.113.5
            s=-
            c=IN IP4 203.0.113.5
            t=0 0
            m=audio 20000 RTP/AVP 0 8 101
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:20
            a=rtcp-mux
            a=sendrecv

            """, SdpWriter.Text(offer).Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000", "PCMA 8 event=101 20ms rtp=1.2.3.4:4000 rtcp=1.2.3.4:4001 send receive")]
    [InlineData("m=audio 4000 RTP/AVP 0 8\na=ptime:30\na=rtcp-mux", "PCMU 0 event=- 30ms rtp=1.2.3.4:4000 rtcp=1.2.3.4:4000 mux send receive")]
    [InlineData("m=audio 4000 RTP/AVP 0\na=recvonly", "PCMU 0 event=- 20ms rtp=1.2.3.4:4000 rtcp=1.2.3.4:4001 send")]
    [InlineData("m=audio 4000 RTP/AVP 0\na=sendonly", "PCMU 0 event=- 20ms rtp=1.2.3.4:4000 rtcp=1.2.3.4:4001 receive")]
    [InlineData("m=audio 0 RTP/AVP 0", "488 304 The audio stream is disabled (port 0)")]
    [InlineData("m=audio 4000 RTP/AVP 18", "488 305 No common codec: offered G729; supported PCMU, PCMA")]
    [InlineData("", "488 304 The answer has no media stream")]
    public void An_answer_to_our_offer_completes_it(string media, string expected)
    {
        SessionDescription offer = Negotiator.Offer(AudioCapabilities.G711, Here);
        SdpAnswer outcome = Negotiator.Complete(offer, Read($"v=0\nc=IN IP4 1.2.3.4\n{media}\n"), AudioCapabilities.G711, Here);
        Assert.Equal(expected, Tell(outcome).Split('\n')[^1]);
    }

    [Fact]
    public void Two_of_us_agree_with_each_other()
    {
        var there = new SdpLocal(PeerAddress.FromIPv4(0xC6336401, 30000), 5);
        SessionDescription offer = Negotiator.Offer(AudioCapabilities.G711, there);
        SdpAnswer.Accepted answered = Agreed(Negotiator.Answer(Read(SdpWriter.Text(offer)), AudioCapabilities.G711, Here));
        SdpAnswer.Accepted completed = Agreed(Negotiator.Complete(offer, Read(SdpWriter.Text(answered.Local)), AudioCapabilities.G711, there));
        Assert.Equal(there.Rtp, answered.Audio.RemoteRtp);
        Assert.Equal(Here.Rtp, completed.Audio.RemoteRtp);
        Assert.Equal(answered.Audio with { RemoteRtp = default, RemoteRtcp = default }, completed.Audio with { RemoteRtp = default, RemoteRtcp = default });
    }

    internal static SessionDescription Read(string text)
    {
        Assert.True(SdpReader.TryRead(Encoding.UTF8.GetBytes(text), out SessionDescription? session, out SdpError error), error.ToString());
        return session!;
    }

    private static SdpAnswer.Accepted Agreed(SdpAnswer answer) => Assert.IsType<SdpAnswer.Accepted>(answer);

    private static string Tell(SdpAnswer answer)
    {
        if (answer is SdpAnswer.Refused refused) { return $"{refused.Cause.Status} {refused.Cause.WarningCode} {refused.Cause.Text}"; }
        SdpAnswer.Accepted accepted = Agreed(answer);
        NegotiatedAudio audio = accepted.Audio;
        string description = SdpWriter.Text(accepted.Local).Replace("\r\n", "\n", StringComparison.Ordinal);
        string facts = $"{audio.Codec} {audio.PayloadType} event={audio.TelephoneEventPayloadType?.ToString() ?? "-"} {audio.SendPtimeMs}ms rtp={audio.RemoteRtp} rtcp={audio.RemoteRtcp}"
            + $"{(audio.RtcpMux ? " mux" : "")}{(audio.MaySend ? " send" : "")}{(audio.MayReceive ? " receive" : "")}";
        return description[description.IndexOf("c=", StringComparison.Ordinal)..] + facts;
    }
}
