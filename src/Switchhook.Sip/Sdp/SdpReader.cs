using System.Globalization;
using System.Text;

namespace Switchhook.Sip.Sdp;

/// <summary>
/// Reads a session description (RFC 4566) the way carriers write it: lines end with CRLF or LF, o=, s= and t= may be
/// missing, unknown lines and attributes are kept or passed over. It never throws; what is wrong has a name.
/// </summary>
public sealed class SdpReader
{
    private readonly List<SdpMedia> _media = [];
    private readonly List<SdpAttribute> _attributes = [];
    private SdpOrigin _origin = new("-", 0, 0, "0.0.0.0");
    private string _name = "-";
    private string? _timing;
    private string? _connection;
    private int _formats;
    private int _attributeCount;
    private MediaLine? _current;

    private SdpReader() { }

    /// <summary>The m= line being read, until the next one begins.</summary>
    private sealed record MediaLine(string Type, ushort Port, string Protocol, string[] Formats)
    {
        public string? Connection { get; set; }

        public List<SdpAttribute> Attributes { get; } = [];
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SessionDescription? session, out SdpError error)
    {
        session = null;
        error = bytes.Length > Limits.SdpBytes ? SdpError.TooLarge : SdpError.None;
        if (error != SdpError.None) { return false; }
        var reader = new SdpReader();
        error = reader.Read(Encoding.UTF8.GetString(bytes));
        if (error == SdpError.None) { session = reader.Finish(); }
        return error == SdpError.None;
    }

    private SdpError Read(string text)
    {
        bool first = true;
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(range).TrimEnd(" \t\r");
            if (line.Length == 0) { continue; }
            // "m =" is not SDP, and whoever writes it may mean anything.
            if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetter(line[0]) || line.ContainsAny('\r', '\0')) { return SdpError.Line; }
            ReadOnlySpan<char> value = line[2..].Trim(" \t");
            if (first && (line[0] != 'v' || value is not "0")) { return SdpError.Version; }
            first = false;
            SdpError error = ReadLine(line[0], value);
            if (error != SdpError.None) { return error; }
        }
        EndMedia();
        return first ? SdpError.Empty : SdpError.None;
    }

    private SdpError ReadLine(char kind, ReadOnlySpan<char> value)
    {
        switch (kind)
        {
            case 'o':
                ReadOrigin(value);
                return SdpError.None;
            case 's':
                _name = value.Length == 0 ? "-" : value.ToString();
                return SdpError.None;
            case 't':
                // Repeated times are for broadcasts; the first one is the session's.
                _timing ??= value.ToString();
                return SdpError.None;
            case 'c':
                return ReadConnection(value);
            case 'm':
                EndMedia();
                return ReadMedia(value);
            case 'a':
                return ReadAttribute(value);
            default:
                return SdpError.None;
        }
    }

    // The origin says nothing that an answer depends on, so a broken one is no reason to refuse a call.
    private void ReadOrigin(ReadOnlySpan<char> value)
    {
        string[] words = Words(value);
        if (words.Length < 6) { return; }
        _ = ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id);
        _ = ulong.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong version);
        _origin = new SdpOrigin(words[0], id, version, words[5]);
    }

    private SdpError ReadConnection(ReadOnlySpan<char> value)
    {
        string[] words = Words(value);
        if (words.Length < 3 || words[0] != "IN" || words[1] is not ("IP4" or "IP6")) { return SdpError.Connection; }
        // A multicast address carries its time to live behind a slash (RFC 4566 §5.7).
        string address = words[2].Split('/')[0];
        if (address.Length == 0) { return SdpError.Connection; }
        if (_current is null) { _connection = address; } else { _current.Connection ??= address; }
        return SdpError.None;
    }

    private SdpError ReadMedia(ReadOnlySpan<char> value)
    {
        string[] words = Words(value);
        if (words.Length < 4) { return SdpError.Media; }
        string port = words[1].Split('/')[0];
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)) { return SdpError.Media; }
        _formats += words.Length - 3;
        if (_media.Count == Limits.SdpMedia || _formats > Limits.SdpFormats) { return SdpError.TooLarge; }
        _current = new MediaLine(words[0], number, words[2], words[3..]);
        return SdpError.None;
    }

    private SdpError ReadAttribute(ReadOnlySpan<char> value)
    {
        if (++_attributeCount > Limits.SdpAttributes) { return SdpError.TooLarge; }
        int colon = value.IndexOf(':');
        SdpAttribute attribute = colon < 0
            ? new SdpAttribute(value.ToString(), null)
            : new SdpAttribute(value[..colon].Trim(" \t").ToString(), value[(colon + 1)..].Trim(" \t").ToString());
        (_current?.Attributes ?? _attributes).Add(attribute);
        return SdpError.None;
    }

    private void EndMedia()
    {
        if (_current is null) { return; }
        MediaLine line = _current;
        _current = null;
        (ushort? rtcpPort, string? rtcpAddress) = Rtcp(line.Attributes);
        Dictionary<int, string> rtpmaps = ByPayloadType(line.Attributes, "rtpmap");
        Dictionary<int, string> fmtps = ByPayloadType(line.Attributes, "fmtp");
        _media.Add(new SdpMedia
        {
            Type = line.Type,
            Port = line.Port,
            Protocol = line.Protocol,
            Formats = [.. line.Formats.Select(token => Format(token, line.Protocol, rtpmaps, fmtps))],
            Connection = line.Connection,
            Direction = Direction(line.Attributes),
            PtimeMs = Milliseconds(line.Attributes, "ptime"),
            MaxPtimeMs = Milliseconds(line.Attributes, "maxptime"),
            RtcpPort = rtcpPort,
            RtcpAddress = rtcpAddress,
            RtcpMux = line.Attributes.Any(attribute => attribute.Name == "rtcp-mux"),
            Attributes = line.Attributes,
        });
    }

    private static SdpFormat Format(string token, string protocol, Dictionary<int, string> rtpmaps, Dictionary<int, string> fmtps)
    {
        bool rtp = protocol.StartsWith("RTP/", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= PayloadTypes.Max;
        if (!rtp) { return new SdpFormat(-1, "", 0) { Token = token }; }
        int payloadType = int.Parse(token, CultureInfo.InvariantCulture);
        (string encoding, int clock) = PayloadTypes.Static(payloadType);
        int channels = 1;
        // An rtpmap outranks the static table: whoever maps 0 to something else means it (L17). One that cannot be read says nothing.
        if (rtpmaps.GetValueOrDefault(payloadType)?.Split('/', 4) is [{ Length: > 0 } name, var rate, .. var more]
            && int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out int mapped))
        {
            (encoding, clock) = (name, mapped);
            if (more is not [var count] || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out channels)) { channels = 1; }
        }
        return new SdpFormat(payloadType, encoding, clock, channels, fmtps.GetValueOrDefault(payloadType)) { Token = token };
    }

    // "a=rtpmap:101 telephone-event/8000" → what stands behind the payload type, of several the first.
    private static Dictionary<int, string> ByPayloadType(List<SdpAttribute> attributes, string name)
    {
        Dictionary<int, string> values = [];
        foreach (SdpAttribute attribute in attributes)
        {
            if (attribute.Name != name || attribute.Value is null) { continue; }
            int space = attribute.Value.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(attribute.Value.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                values.TryAdd(number, attribute.Value[(space + 1)..].Trim());
            }
        }
        return values;
    }

    private static int? Milliseconds(List<SdpAttribute> attributes, string name)
    {
        foreach (SdpAttribute attribute in attributes)
        {
            // Some write "20.0"; what stands before the point is meant.
            if (attribute.Name == name && attribute.Value is not null
                && int.TryParse(attribute.Value.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0)
            {
                return value;
            }
        }
        return null;
    }

    private static SdpDirection? Direction(List<SdpAttribute> attributes)
    {
        foreach (SdpAttribute attribute in attributes)
        {
            SdpDirection? direction = attribute.Name switch
            {
                "sendrecv" => SdpDirection.SendReceive,
                "sendonly" => SdpDirection.SendOnly,
                "recvonly" => SdpDirection.ReceiveOnly,
                "inactive" => SdpDirection.Inactive,
                _ => null,
            };
            if (direction is not null) { return direction; }
        }
        return null;
    }

    // "a=rtcp:53020" or "a=rtcp:53020 IN IP4 192.0.2.1" (RFC 3605 §2.1).
    private static (ushort? Port, string? Address) Rtcp(List<SdpAttribute> attributes)
    {
        string? value = attributes.Find(attribute => attribute.Name == "rtcp").Value;
        string[] words = Words(value);
        if (words.Length == 0 || !ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) { return (null, null); }
        return (port, words.Length >= 4 && words[1] == "IN" ? words[3] : null);
    }

    private SessionDescription Finish() => new()
    {
        Origin = _origin,
        Name = _name,
        Timing = _timing ?? "0 0",
        Connection = _connection,
        Direction = Direction(_attributes),
        Media = _media,
        Attributes = _attributes,
    };

    private static string[] Words(ReadOnlySpan<char> value) =>
        value.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
