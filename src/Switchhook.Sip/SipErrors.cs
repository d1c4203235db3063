namespace Switchhook.Sip;

/// <summary>Which final response an error deserves, and the sentence that says which rule was broken.</summary>
public static class SipErrors
{
    /// <summary>The status of the answer to a request with this error; 0 asks for silence. An ACK is never answered.</summary>
    public static int StatusFor(SipError error) => error switch
    {
        SipError.None or SipError.NotSip or SipError.TooLarge or SipError.Status or SipError.ResponseVia or SipError.MissingVia => 0,
        SipError.Version => 505,
        SipError.UnknownMethod => 501,
        SipError.MethodNotAllowed => 405,
        SipError.UriScheme => 416,
        SipError.Extension => 420,
        SipError.MediaType => 415,
        SipError.NotAcceptable => 406,
        SipError.EventPackage => 489,
        SipError.NoDialog => 481,
        SipError.Merged => 482,
        SipError.Overloaded => 503,
        _ => 400,
    };

    /// <summary>A sentence for the reason phrase, a Warning header and the log. It never quotes the peer.</summary>
    public static string TextFor(SipError error) => error switch
    {
        SipError.None => "Nothing wrong",
        SipError.NotSip => "Not a SIP message",
        SipError.TooLarge => "Message exceeds our limits",
        SipError.Status => "Status is not 100 to 699",
        SipError.ResponseVia => "Response must carry exactly one Via",
        SipError.MissingVia => "Missing Via",
        SipError.RequestLine => "Malformed request line",
        SipError.RequestUri => "Malformed Request-URI",
        SipError.HeaderLine => "Malformed header line",
        SipError.LineEnd => "Stray CR or LF in the header",
        SipError.Truncated => "Header is cut off",
        SipError.RepeatedHeader => "A header that may appear once is repeated",
        SipError.Via => "Malformed Via",
        SipError.MissingFrom => "Missing From",
        SipError.From => "Malformed From",
        SipError.MissingTo => "Missing To",
        SipError.To => "Malformed To",
        SipError.MissingCallId => "Missing Call-ID",
        SipError.MissingCSeq => "Missing CSeq",
        SipError.CSeq => "Malformed CSeq",
        SipError.CSeqMethod => "CSeq method is not the request method",
        SipError.MaxForwards => "Malformed Max-Forwards",
        SipError.ContentLength => "Malformed Content-Length",
        SipError.BodyTooShort => "Content-Length exceeds the message",
        SipError.Contact => "Malformed Contact",
        SipError.Route => "Malformed Route or Record-Route",
        SipError.Version => "SIP version is not 2.0",
        SipError.UnknownMethod => "Unknown method",
        SipError.MethodNotAllowed => "Method is not served here",
        SipError.UriScheme => "Request-URI scheme is not sip, sips or tel",
        SipError.Extension => "A required extension is not supported",
        SipError.MediaType => "Body type is not supported",
        SipError.NotAcceptable => "Accept excludes application/sdp",
        SipError.EventPackage => "Event package is not refer",
        SipError.NoDialog => "No such dialog here",
        SipError.Merged => "The request came twice on different ways",
        SipError.Overloaded => "No new calls at the moment",
        _ => error.ToString(),
    };
}
