using System.Globalization;
using System.Text;

namespace Switchhook.Sip.Sdp;

/// <summary>Writes a session description in the order of RFC 4566 §5, with CRLF, and nothing that was not asked for.</summary>
public static class SdpWriter
{
    public static byte[] Write(SessionDescription session) => Encoding.UTF8.GetBytes(Text(session));

    public static string Text(SessionDescription session)
    {
        var text = new StringBuilder();
        Line(text, $"v=0");
        SdpOrigin origin = session.Origin;
        Line(text, $"o={origin.Username} {origin.SessionId} {origin.Version} IN {Family(origin.Address)} {origin.Address}");
        Line(text, $"s={session.Name}");
        if (session.Connection is not null) { Connection(text, session.Connection); }
        Line(text, $"t={session.Timing}");
        if (session.Direction is { } direction) { Line(text, $"a={Word(direction)}"); }
        foreach (SdpAttribute attribute in session.Attributes)
        {
            if (!IsDirection(attribute.Name)) { Attribute(text, attribute); }
        }
        foreach (SdpMedia media in session.Media) { Media(text, media); }
        return text.ToString();
    }

    private static void Media(StringBuilder text, SdpMedia media)
    {
        Line(text, $"m={media.Type} {media.Port} {media.Protocol} {string.Join(' ', media.Formats.Select(format => format.Token))}");
        if (media.Connection is not null) { Connection(text, media.Connection); }
        foreach (SdpFormat format in media.Formats)
        {
            if (format.Encoding.Length > 0)
            {
                string channels = format.Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $"/{format.Channels}") : "";
                Line(text, $"a=rtpmap:{format.PayloadType} {format.Encoding}/{format.ClockRate}{channels}");
            }
            if (format.Fmtp is not null) { Line(text, $"a=fmtp:{format.PayloadType} {format.Fmtp}"); }
        }
        if (media.PtimeMs is { } ptime) { Line(text, $"a=ptime:{ptime}"); }
        if (media.MaxPtimeMs is { } maxPtime) { Line(text, $"a=maxptime:{maxPtime}"); }
        if (media.RtcpMux) { Line(text, $"a=rtcp-mux"); }
        if (media.RtcpPort is { } rtcp)
        {
            string address = media.RtcpAddress is { } host ? $" IN {Family(host)} {host}" : "";
            Line(text, $"a=rtcp:{rtcp}{address}");
        }
        if (media.Direction is { } direction) { Line(text, $"a={Word(direction)}"); }
        foreach (SdpAttribute attribute in media.Attributes)
        {
            if (!IsMember(attribute.Name)) { Attribute(text, attribute); }
        }
    }

    // These are said by the members of the record; saying them again from the raw list would say them twice.
    private static bool IsMember(string name) =>
        IsDirection(name) || name is "rtpmap" or "fmtp" or "ptime" or "maxptime" or "rtcp" or "rtcp-mux";

    private static bool IsDirection(string name) => name is "sendrecv" or "sendonly" or "recvonly" or "inactive";

    private static void Attribute(StringBuilder text, SdpAttribute attribute)
    {
        if (attribute.Value is null) { Line(text, $"a={attribute.Name}"); } else { Line(text, $"a={attribute.Name}:{attribute.Value}"); }
    }

    private static void Connection(StringBuilder text, string address) => Line(text, $"c=IN {Family(address)} {address}");

    private static string Family(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4";

    private static string Word(SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.ReceiveOnly => "recvonly",
        SdpDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    // One line of SDP is one line, whatever it is made of.
    private static void Line(StringBuilder text, FormattableString line)
    {
        string one = line.ToString(CultureInfo.InvariantCulture);
        if (one.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) { throw new ArgumentException("an SDP value holds a line end", nameof(line)); }
        text.Append(one).Append("\r\n");
    }
}
