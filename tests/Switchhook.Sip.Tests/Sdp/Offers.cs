namespace Switchhook.Sip.Tests.Sdp;

/// <summary>
/// Offers in the shape in which carriers and exchanges send them, and what we answer: the answer's lines without v=, s=, o=,
/// and the facts for the media plane; or the refusal. Our side listens on 203.0.113.5:20000.
/// </summary>
internal static class Offers
{
    public const string Sections = """
        == a carrier that prefers mu-law
        v=0
        o=root 1193046 1193046 IN IP4 198.51.100.20
        s=Carrier Media Gateway
        c=IN IP4 198.51.100.20
        t=0 0
        m=audio 13742 RTP/AVP 0 8 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=maxptime:20
        a=sendrecv
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=sendrecv
        PCMU 0 event=101 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 send receive
        == a carrier with wideband first, rtcp of its own, and no ptime
        v=0
        o=- 1700000000 1700000001 IN IP4 198.51.100.40
        s=-
        c=IN IP4 198.51.100.40
        t=0 0
        m=audio 21068 RTP/AVP 9 8 0 18 101 13
        a=rtpmap:9 G722/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:18 G729/8000
        a=fmtp:18 annexb=no
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=rtpmap:13 CN/8000
        a=rtcp:31069 IN IP4 198.51.100.41
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 8 101
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=sendrecv
        PCMA 8 event=101 20ms rtp=198.51.100.40:21068 rtcp=198.51.100.41:31069 send receive
        == an exchange behind NAT: the private address is taken as it stands L8
        v=0
        o=- 441 441 IN IP4 192.168.1.20
        s=Exchange
        c=IN IP4 192.168.1.20
        t=0 0
        m=audio 10010 RTP/AVP 8 0 3 111 9 96
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:3 GSM/8000
        a=rtpmap:111 opus/48000/2
        a=fmtp:111 useinbandfec=1
        a=rtpmap:9 G722/8000
        a=rtpmap:96 telephone-event/8000
        a=fmtp:96 0-16
        a=ptime:20
        a=maxptime:140
        a=sendrecv
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 8 96
        a=rtpmap:8 PCMA/8000
        a=rtpmap:96 telephone-event/8000
        a=fmtp:96 0-16
        a=ptime:20
        a=sendrecv
        PCMA 8 event=96 20ms rtp=192.168.1.20:10010 rtcp=192.168.1.20:10011 send receive
        == an exchange with static payloads unmapped, c= per stream, and video and fax behind
        v=0
        o=SystemsUserAgent 3100 1 IN IP4 10.1.1.9
        s=SIP Call
        t=0 0
        m=audio 24580 RTP/AVP 18 0 101
        c=IN IP4 10.1.1.9
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:30
        m=video 24582 RTP/AVP 97
        c=IN IP4 10.1.1.9
        a=rtpmap:97 H264/90000
        m=image 24584 udptl t38
        c=IN IP4 10.1.1.9
        a=T38FaxVersion:0
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:30
        a=sendrecv
        m=video 0 RTP/AVP 97
        m=image 0 udptl t38
        PCMU 0 event=101 30ms rtp=10.1.1.9:24580 rtcp=10.1.1.9:24581 send receive
        == hold by sendonly is answered recvonly, and we say nothing L1
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        m=audio 13742 RTP/AVP 0
        a=sendonly
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=recvonly
        PCMU 0 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 receive
        == hold by inactive, said for the whole session L1
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        a=inactive
        m=audio 13742 RTP/AVP 0
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=inactive
        PCMU 0 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743
        == the old hold of 0.0.0.0 L1
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 0.0.0.0
        t=0 0
        m=audio 13742 RTP/AVP 0
        a=sendrecv
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=recvonly
        PCMU 0 event=- 20ms rtp=- rtcp=- receive
        == 0.0.0.0 of one that only listens: nobody does anything
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 0.0.0.0
        t=0 0
        m=audio 13742 RTP/AVP 0
        a=recvonly
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=inactive
        PCMU 0 event=- 20ms rtp=- rtcp=-
        == a listener that sends nothing
        v=0
        o=- 1 2 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        m=audio 13742 RTP/AVP 0
        a=recvonly
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=sendonly
        PCMU 0 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 send
        == a dynamic number for mu-law, and 0 mapped to something else L17
        v=0
        o=- 1 1 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=3149328700 0
        m=audio 13742 RTP/AVP 0 118 97 98
        a=rtpmap:0 G722/8000
        a=rtpmap:118 pcmu/8000/1
        a=rtpmap:97 telephone-event/16000
        a=rtpmap:98 telephone-event/8000
        a=fmtp:98 0-11
        a=ptime:10
        >>
        c=IN IP4 203.0.113.5
        t=3149328700 0
        m=audio 20000 RTP/AVP 118 98
        a=rtpmap:118 pcmu/8000
        a=rtpmap:98 telephone-event/8000
        a=fmtp:98 0-11
        a=ptime:10
        a=sendrecv
        PCMU 118 event=98 10ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 send receive
        == rtcp on one port, keys that we leave alone, and a first audio stream that is over
        v=0
        o=- 1 1 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        m=audio 0 RTP/AVP 0
        m=audio 13742 RTP/AVP 8
        a=rtcp-mux
        a=rtcp:9
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 0 RTP/AVP 0
        m=audio 20000 RTP/AVP 8
        a=rtpmap:8 PCMA/8000
        a=ptime:20
        a=rtcp-mux
        a=sendrecv
        PCMA 8 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13742 mux send receive
        == a secure stream first, a plain one behind: the plain one is taken
        v=0
        o=- 1 1 IN IP4 198.51.100.20
        s=-
        c=IN IP4 198.51.100.20
        t=0 0
        m=audio 13740 RTP/SAVP 0
        m=audio 13742 RTP/AVP 0
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 0 RTP/SAVP 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=sendrecv
        PCMU 0 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 send receive
        == line feeds only, and no o= s= t=
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13742/2 RTP/AVP 0
        >>
        c=IN IP4 203.0.113.5
        t=0 0
        m=audio 20000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=sendrecv
        PCMU 0 event=- 20ms rtp=198.51.100.20:13742 rtcp=198.51.100.20:13743 send receive
        == secure only
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13740 RTP/SAVP 0
        >>
        488 302 SRTP (RTP/SAVP) is not supported yet; offer RTP/AVP
        == a browser
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13740 UDP/TLS/RTP/SAVPF 0
        >>
        488 302 SRTP (UDP/TLS/RTP/SAVPF) is not supported yet; offer RTP/AVP
        == feedback profile
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13740 RTP/AVPF 0
        >>
        488 302 Transport RTP/AVPF is not supported; offer RTP/AVP
        == nothing in common L6
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13740 RTP/AVP 18 111 77 101
        a=rtpmap:111 opus/48000/2
        a=rtpmap:101 telephone-event/8000
        m=video 13742 RTP/AVP 31
        >>
        488 305 No common codec: offered G729, opus, 77, telephone-event; supported PCMU, PCMA
        == mu-law at another rate or in stereo is not our mu-law
        v=0
        c=IN IP4 198.51.100.20
        m=audio 13740 RTP/AVP 96 97
        a=rtpmap:96 PCMU/16000
        a=rtpmap:97 PCMU/8000/2
        >>
        488 305 No common codec: offered PCMU, PCMU; supported PCMU, PCMA
        == no audio
        v=0
        c=IN IP4 198.51.100.20
        m=video 13740 RTP/AVP 31
        >>
        488 304 No audio stream is offered
        == audio that is over
        v=0
        c=IN IP4 198.51.100.20
        m=audio 0 RTP/AVP 0
        >>
        488 304 The audio stream is disabled (port 0)
        == no stream at all
        v=0
        c=IN IP4 198.51.100.20
        >>
        488 304 No media stream is offered
        == no address
        v=0
        m=audio 13740 RTP/AVP 0
        >>
        488 307 The audio stream has no c= line
        == a name for an address
        v=0
        c=IN IP4 media.carrier.example
        m=audio 13740 RTP/AVP 0
        >>
        488 301 The c= address media.carrier.example is no IP address
        == half an address
        v=0
        c=IN IP4 1
        m=audio 13740 RTP/AVP 0
        >>
        488 301 The c= address 1 is no IP address
        == the other family
        v=0
        c=IN IP6 2001:db8::1
        m=audio 13740 RTP/AVP 0
        >>
        488 301 IPv6 is not served on this listener
        == multicast
        v=0
        c=IN IP4 233.252.0.1/127
        m=audio 13740 RTP/AVP 0
        >>
        488 330 Multicast is not supported
        """;
}
