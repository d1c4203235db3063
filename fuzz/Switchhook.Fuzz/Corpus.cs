using System.Text;

namespace Switchhook.Fuzz;

/// <summary>Sound inputs of our own to begin with.</summary>
internal static class Corpus
{
    public const string Offer = """
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        a=sendrecv
        m=audio 13742 RTP/AVP 0 8 101 13
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000/1
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=maxptime:60
        a=rtcp:13743 IN IP4 198.51.100.20
        a=rtcp-mux
        a=sendonly
        m=video 13744 RTP/AVP 31 96
        c=IN IP6 2001:db8::1
        a=rtpmap:96 H264/90000
        a=inactive

        """;

    private const string Secure = """
        v=0
        o=root 1 1 IN IP6 ::1
        s=x
        c=IN IP4 0.0.0.0
        t=0 0
        m=audio 0 RTP/SAVP 0
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc
        m=audio 4000/2 RTP/AVP 118 8
        a=rtpmap:118 PCMU/8000
        m=image 4002 udptl t38

        """;

    private static readonly string[] Messages =
    [
        Invite("Content-Type: application/sdp\n", Offer),
        Invite("", ""),
        """
        OPTIONS sip:[2001:db8::1]:5061;transport=tcp;lr SIP/2.0
        v : SIP / 2.0 / TCP h.example : 5070 ; branch = z9hG4bKx ; rport
        f: "A \"B\", C" <sips:a:pw@h.example;x=%41>;tag=1
        t: sip:b@h.example
        i: 2@h
        CSeq: 0007
           OPTIONS
        l: 0


        """,
        """
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;received=192.0.2.2;rport=5062
        From: <sip:a@h>;tag=1
        To: <sip:b@h>;tag=2
        Call-ID: c
        CSeq: 1 INVITE
        Contact: <sip:b@192.0.2.9>;q=0.5, "x" <sip:c@h>
        Warning: 399 h "a, b", 305 h "c"
        Content-Length: 0


        """,
        """
        NOTIFY sip:us@h SIP/2.0
        Via: SIP/2.0/UDP h;branch=z9hG4bKn
        Max-Forwards: 70
        From: <sip:a@h>;tag=1
        To: <sip:b@h>;tag=2
        Call-ID: c
        CSeq: 9 NOTIFY
        Event: refer;id=93
        Subscription-State: terminated;reason=noresource
        Refer-To: <sip:b@h?Replaces=a%40b%3Bto-tag%3D1>
        Reason: SIP;cause=200;text="x, y", Q.850;cause=16
        Content-Type: message/sipfrag;version=2.0
        Content-Length: 16

        SIP/2.0 200 OK

        """,
    ];

    public static byte[][] Sip { get; } = [.. Messages.Select(Wire)];

    public static byte[][] Sdp { get; } = [Wire(Offer), Wire(Secure)];

    private static string Invite(string more, string body) => $"""
        INVITE sip:demo@switch.example SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKa;rport, SIP/2.0/UDP edge.example;branch=z9hG4bKb
        Record-Route: <sip:198.51.100.1;lr>, <sip:edge.example;lr;x=a,b>
        Max-Forwards: 68
        From: "Caller, One" <sip:+15550100@carrier.example;user=phone>;tag=as1
        To: <tel:+15550199>
        Contact: <sip:+15550100@172.16.4.9:5060;transport=tls;transport=tls>
        Call-ID: c1@carrier.example
        CSeq: 102 INVITE
        X-Carrier-Id: one
         and more
        Supported: timer, replaces
        Require: 100rel
        {more}Content-Length: {Wire(body).Length}

        {body}
        """;

    private static byte[] Wire(string text) =>
        Encoding.Latin1.GetBytes(text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
}
