namespace Switchhook.Sip;

/// <summary>
/// What was wrong with a message. <see cref="SipErrors.StatusFor"/> says which final response it deserves, if any:
/// an ACK and a response are never answered, whatever is wrong with them (RFC 3261 §8.1.3.3, §17.2.1).
/// </summary>
public enum SipError : byte
{
    None,

    // Not a request that can be answered.

    /// <summary>Not SIP at all, or a keep-alive (RFC 5626 §4.4): no answer.</summary>
    NotSip,
    /// <summary>More bytes, or more header lines, than <see cref="Limits"/> allow. An answer would have to copy what we refuse to read.</summary>
    TooLarge,
    /// <summary>A status outside 100 to 699 (RFC 3261 §7.2): the response is dropped.</summary>
    Status,
    /// <summary>A response with no Via, or more than our own, was not meant for us (RFC 3261 §8.1.3.3): dropped.</summary>
    ResponseVia,
    /// <summary>No Via: nobody said where an answer should go (RFC 3261 §8.1.1.7).</summary>
    MissingVia,

    // The message itself is malformed: 400 (RFC 3261 §21.4.1).

    /// <summary>A request line that is not three words with one space between them (RFC 3261 §7.1).</summary>
    RequestLine,
    /// <summary>A Request-URI in angle brackets, with white space, or with headers (RFC 3261 §7.1, §19.1.1 table 1).</summary>
    RequestUri,
    /// <summary>A header line without a colon, or with a name that is no token (RFC 3261 §7.3.1).</summary>
    HeaderLine,
    /// <summary>A CR or LF that does not belong to a CRLF, in the header (RFC 3261 §7).</summary>
    LineEnd,
    /// <summary>The bytes end inside a header line.</summary>
    Truncated,
    /// <summary>From, To, Call-ID, CSeq, Max-Forwards or Content-Length stands there twice (RFC 3261 §7.3.1).</summary>
    RepeatedHeader,
    /// <summary>One of the Vias cannot be read (RFC 3261 §20.42).</summary>
    Via,
    /// <summary>No From (RFC 3261 §8.1.1).</summary>
    MissingFrom,
    /// <summary>A From that cannot be read (RFC 3261 §20.20).</summary>
    From,
    /// <summary>No To (RFC 3261 §8.1.1).</summary>
    MissingTo,
    /// <summary>A To that cannot be read (RFC 3261 §20.39).</summary>
    To,
    /// <summary>No Call-ID, or an empty one (RFC 3261 §8.1.1.4).</summary>
    MissingCallId,
    /// <summary>No CSeq (RFC 3261 §8.1.1.5).</summary>
    MissingCSeq,
    /// <summary>A CSeq that is no number below 2^31 and a method (RFC 3261 §8.1.1.5).</summary>
    CSeq,
    /// <summary>The method of the CSeq is not the request's (RFC 3261 §8.1.1.5).</summary>
    CSeqMethod,
    /// <summary>A Max-Forwards that is no number of 0 to 255 (RFC 3261 §20.22).</summary>
    MaxForwards,
    /// <summary>A Content-Length that is no number (RFC 3261 §20.14).</summary>
    ContentLength,
    /// <summary>A Content-Length larger than the datagram (RFC 3261 §18.3).</summary>
    BodyTooShort,
    /// <summary>A Contact that cannot be read, or whose URI needs angle brackets and has none (RFC 3261 §20.10).</summary>
    Contact,
    /// <summary>A Record-Route or Route that cannot be read (RFC 3261 §20.30, §20.34).</summary>
    Route,

    // A well-formed request that we cannot serve (RFC 3261 §8.2), in the order in which it is asked.

    /// <summary>A SIP version other than 2.0: 505 (RFC 3261 §21.5.6).</summary>
    Version,
    /// <summary>A method nobody told us of: 501 (RFC 3261 §21.5.2).</summary>
    UnknownMethod,
    /// <summary>A method we know and do not serve: 405 with Allow (RFC 3261 §8.2.1).</summary>
    MethodNotAllowed,
    /// <summary>A Request-URI scheme other than sip, sips, tel: 416 (RFC 3261 §8.2.2.1).</summary>
    UriScheme,
    /// <summary>Require names an extension that we do not have: 420 with Unsupported (RFC 3261 §8.2.2.3).</summary>
    Extension,
    /// <summary>A body of a type or an encoding we do not read: 415 with Accept (RFC 3261 §8.2.3).</summary>
    MediaType,
    /// <summary>Accept excludes the only body we could answer with: 406 (RFC 3261 §21.4.7).</summary>
    NotAcceptable,
    /// <summary>A NOTIFY of another event package than refer: 489 with Allow-Events (RFC 6665 §8.3.2).</summary>
    EventPackage,

    // What the endpoint's tables say.

    /// <summary>A request inside a dialog that does not exist: 481 (RFC 3261 §12.2.2).</summary>
    NoDialog,
    /// <summary>The same request came on two ways through the network: 482 (RFC 3261 §8.2.2.2).</summary>
    Merged,
    /// <summary>A table is full, or the endpoint drains: 503 with Retry-After (RFC 3261 §21.5.4).</summary>
    Overloaded,
}
