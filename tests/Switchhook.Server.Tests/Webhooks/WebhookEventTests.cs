using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Server.Webhooks;
using Switchhook.Sip;

namespace Switchhook.Server.Tests.Webhooks;

public sealed class WebhookEventTests
{
    private static readonly CallRecord Call = new()
    {
        Id = CallId.TryParse("rtc_5e9d", out CallId id) ? id : default,
        Project = "proj_demo",
        State = CallState.Ringing,
        SipCallId = "a84b4c76@pc33",
        From = "\"Ada\" <sip:+49301234@example.com>;tag=1928",
        To = "<sip:proj_demo@example.net>",
        Peer = "udp 203.0.113.5:5060",
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1750287018_900),
    };

    /// <summary>realtime-api §2.2: order, repeats and spelling of the headers stay; credentials do not leave.</summary>
    [Fact]
    public void An_incoming_call_carries_its_headers_as_they_came_but_no_credentials()
    {
        SipHeader[] headers =
        [
            new("Via", "SIP/2.0/UDP a;branch=z9hG4bK1"), new("Via", "SIP/2.0/UDP b;branch=z9hG4bK2"),
            new("f", "\"Ada\" <sip:+49301234@example.com>;tag=1928"),
            new("Authorization", "Digest username=\"ada\""), new("proxy-authorization", "Digest response=\"secret\""),
            new("X-Tenant", "naïve\t世界"), new("Authorization-Info", "kept"),
        ];

        Assert.Equal(
            """{"object":"event","id":"evt_1","type":"realtime.call.incoming","created_at":1750287018,"data":{"call_id":"rtc_5e9d","sip_headers":["""
            + """{"name":"Via","value":"SIP/2.0/UDP a;branch=z9hG4bK1"},{"name":"Via","value":"SIP/2.0/UDP b;branch=z9hG4bK2"},"""
            + """{"name":"f","value":"\"Ada\" <sip:+49301234@example.com>;tag=1928"},"""
            + """{"name":"X-Tenant","value":"naïve\t世界"},{"name":"Authorization-Info","value":"kept"}],"sip_media_security":"rtp"}}""",
            Encoding.UTF8.GetString(WebhookEvent.OfIncoming("evt_1", Call, headers).Span));
    }

    /// <summary>§9.26: opt-in, and under our own prefix.</summary>
    [Fact]
    public void The_end_of_an_answered_call_says_who_why_and_how_long()
    {
        CallRecord ended = Call with
        {
            State = CallState.Ended,
            Model = "scripted-greeter",
            AnsweredAt = Call.CreatedAt.AddMilliseconds(1_500),
            EndedAt = Call.CreatedAt.AddMilliseconds(61_700),
            Ended = new EndReason(EndedBy.Caller, EndedBecause.HungUp, 200),
        };
        Assert.Equal(
            """{"object":"event","id":"evt_2","type":"switchhook.call.ended","created_at":1750287080,"data":{"call_id":"rtc_5e9d","reason":"hung_up","by":"caller","sip":"""
            + """{"status":200,"reason":null,"call_id":"a84b4c76@pc33","from":"\"Ada\" <sip:+49301234@example.com>;tag=1928","to":"<sip:proj_demo@example.net>"},"model":"scripted-greeter","timing":"""
            + """{"created_at":1750287018,"ringing_ms":1500,"answered_at":1750287020,"duration_ms":60200}}}""",
            Encoding.UTF8.GetString(WebhookEvent.OfEnded("evt_2", ended).Span));
    }

    [Fact]
    public void The_end_of_a_call_nobody_answered_has_no_duration()
    {
        CallRecord ended = Call with { State = CallState.Ended, EndedAt = Call.CreatedAt.AddSeconds(20), Ended = new EndReason(EndedBy.Switchhook, EndedBecause.NoDecision, 503) };
        string body = Encoding.UTF8.GetString(WebhookEvent.OfEnded("evt_3", ended).Span);
        Assert.Contains("""{"status":503,""", body, StringComparison.Ordinal);
        Assert.Contains("""{"created_at":1750287018,"ringing_ms":20000,"answered_at":null,"duration_ms":0}""", body, StringComparison.Ordinal);
    }
}
