namespace Switchhook.Sip.Sdp;

/// <summary>What was wrong with a session description. Only what leaves it without a meaning is an error.</summary>
public enum SdpError : byte
{
    None,
    /// <summary>No bytes, or nothing but blank lines.</summary>
    Empty,
    /// <summary>More bytes, streams, formats or attributes than <see cref="Limits"/> allow.</summary>
    TooLarge,
    /// <summary>The first line is not v=0 (RFC 4566 §5.1).</summary>
    Version,
    /// <summary>A line that is not a letter, an equals sign and a value (RFC 4566 §5).</summary>
    Line,
    /// <summary>A c= line that is not IN, IP4 or IP6, and an address (RFC 4566 §5.7).</summary>
    Connection,
    /// <summary>An m= line without type, port, protocol and format (RFC 4566 §5.14).</summary>
    Media,
}

public static class SdpErrors
{
    /// <summary>The sentence for the Warning and Reason headers.</summary>
    public static string TextFor(SdpError error) => error switch
    {
        SdpError.None => "Nothing wrong",
        SdpError.Empty => "SDP is empty",
        SdpError.TooLarge => "SDP exceeds our limits",
        SdpError.Version => "SDP does not begin with v=0",
        SdpError.Line => "Malformed SDP line",
        SdpError.Connection => "Malformed SDP connection line",
        SdpError.Media => "Malformed SDP media line",
        _ => error.ToString(),
    };
}
