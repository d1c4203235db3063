namespace Switchhook.Sip.Messages;

/// <summary>The headers we know by name. All others are kept as they came and are <see cref="Other"/>.</summary>
internal enum HeaderName : byte
{
    Other,
    Accept, AcceptContact, AcceptEncoding, AcceptLanguage, AlertInfo, Allow, AllowEvents, AuthenticationInfo, Authorization,
    CallId, CallInfo, Contact, ContentDisposition, ContentEncoding, ContentLanguage, ContentLength, ContentType, CSeq,
    Date, Diversion, Event, Expires, From, HistoryInfo, Identity, MaxForwards, MinExpires, MinSE, Organization,
    PAssertedIdentity, PPreferredIdentity, Path, Privacy, ProxyAuthenticate, ProxyAuthorization, ProxyRequire,
    RAck, Reason, RecordRoute, ReferSub, ReferTo, ReferredBy, RejectContact, Replaces, RequestDisposition, Require, RetryAfter,
    Route, RSeq, Server, SessionExpires, Subject, SubscriptionState, Supported, Timestamp, To, Unsupported, UserAgent,
    Via, Warning, WwwAuthenticate,
}

/// <summary>
/// Names of headers as they stand on the wire: case-insensitive (RFC 3261 §7.3.1), in the long or in the compact form
/// (§7.3.3 and the registry's later letters).
/// </summary>
internal static class HeaderNames
{
    private static readonly byte[][] LongForms = [[], .. LongFormsInOrder().Select(System.Text.Encoding.ASCII.GetBytes)];

    // Candidates by length: at most a handful, so that finding a name is a few comparisons.
    private static readonly HeaderName[][] ByLength = GroupByLength();

    /// <summary>The long form, as we write it.</summary>
    public static ReadOnlySpan<byte> Text(this HeaderName name) => LongForms[(int)name];

    public static HeaderName Parse(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1) { return Compact(name[0]); }
        if (name.Length >= ByLength.Length) { return HeaderName.Other; }
        foreach (HeaderName candidate in ByLength[name.Length])
        {
            if (SipGrammar.Same(name, LongForms[(int)candidate])) { return candidate; }
        }
        return HeaderName.Other;
    }

    private static HeaderName Compact(byte letter) => (char)(letter | 0x20) switch
    {
        'a' => HeaderName.AcceptContact,
        'b' => HeaderName.ReferredBy,
        'c' => HeaderName.ContentType,
        'd' => HeaderName.RequestDisposition,
        'e' => HeaderName.ContentEncoding,
        'f' => HeaderName.From,
        'i' => HeaderName.CallId,
        'j' => HeaderName.RejectContact,
        'k' => HeaderName.Supported,
        'l' => HeaderName.ContentLength,
        'm' => HeaderName.Contact,
        'o' => HeaderName.Event,
        'r' => HeaderName.ReferTo,
        's' => HeaderName.Subject,
        't' => HeaderName.To,
        'u' => HeaderName.AllowEvents,
        'v' => HeaderName.Via,
        'x' => HeaderName.SessionExpires,
        'y' => HeaderName.Identity,
        _ => HeaderName.Other,
    };

    private static HeaderName[][] GroupByLength()
    {
        int longest = LongForms.Max(name => name.Length);
        var groups = new HeaderName[longest + 1][];
        for (int length = 0; length <= longest; length++)
        {
            groups[length] = [.. Enum.GetValues<HeaderName>().Where(name => name != HeaderName.Other && LongForms[(int)name].Length == length)];
        }
        return groups;
    }

    private static string[] LongFormsInOrder() =>
    [
        "Accept", "Accept-Contact", "Accept-Encoding", "Accept-Language", "Alert-Info", "Allow", "Allow-Events", "Authentication-Info", "Authorization",
        "Call-ID", "Call-Info", "Contact", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "CSeq",
        "Date", "Diversion", "Event", "Expires", "From", "History-Info", "Identity", "Max-Forwards", "Min-Expires", "Min-SE", "Organization",
        "P-Asserted-Identity", "P-Preferred-Identity", "Path", "Privacy", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Require",
        "RAck", "Reason", "Record-Route", "Refer-Sub", "Refer-To", "Referred-By", "Reject-Contact", "Replaces", "Request-Disposition", "Require", "Retry-After",
        "Route", "RSeq", "Server", "Session-Expires", "Subject", "Subscription-State", "Supported", "Timestamp", "To", "Unsupported", "User-Agent",
        "Via", "Warning", "WWW-Authenticate",
    ];
}
