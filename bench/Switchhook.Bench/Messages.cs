using System.Text;

namespace Switchhook.Bench;

/// <summary>Messages as carriers send them.</summary>
internal static class Messages
{
    public static byte[] Sdp { get; } = Wire(
        """
        v=0
        o=FreeSWITCH 1718000000 1718000001 IN IP4 203.0.113.10
        s=FreeSWITCH
        c=IN IP4 203.0.113.10
        t=0 0
        m=audio 24680 RTP/AVP 9 0 8 101
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=sendrecv
        """);

    /// <summary>An INVITE of 20 header lines, through two proxies.</summary>
    public static byte[] Invite { get; } =
    [
        .. Wire(
        $"""
        INVITE sip:proj_demo@198.51.100.7:5060;transport=udp SIP/2.0
        Via: SIP/2.0/UDP 203.0.113.5:5060;rport;branch=z9hG4bK-524287-1---8f7d2c
        Via: SIP/2.0/UDP 203.0.113.9;received=203.0.113.9;branch=z9hG4bKnashds10
        Max-Forwards: 68
        Record-Route: <sip:203.0.113.5;lr>
        Record-Route: <sip:203.0.113.9;lr>
        From: "Alice Liddell" <sip:+15550100@carrier.example>;tag=9fxced76sl
        To: <sip:+15550123@carrier.example>
        Call-ID: 3848276298220188511@carrier.example
        CSeq: 1 INVITE
        Contact: <sip:+15550100@203.0.113.10:5060;transport=udp>
        User-Agent: carrier/7.2.1
        Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, INFO
        Supported: timer, path, replaces
        Session-Expires: 1800;refresher=uac
        Min-SE: 120
        P-Asserted-Identity: "Alice Liddell" <sip:+15550100@carrier.example>
        Privacy: none
        X-Carrier-Call: 7c1b2b4e-6a9d-4f4e-9a52-0e0f0d4c8a11
        Content-Type: application/sdp
        Content-Length: {Sdp.Length}

        """), .. "\r\n"u8, .. Sdp,
    ];

    public static byte[] Wire(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n");
}
