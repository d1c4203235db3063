using System.Text;

namespace Switchhook.Sip.Messages;

/// <summary>What this endpoint can do, in the words of Allow, Supported and Accept.</summary>
internal sealed class SipAbilities
{
    public required IReadOnlyList<SipMethod> Methods { get; init; }

    /// <summary>Option tags (RFC 3261 §19.2) that a Require may name.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Body types that are read; everything else is 415.</summary>
    public IReadOnlyList<string> BodyTypes { get; init; } = ["application/sdp"];

    public string Allow => string.Join(", ", Methods.Select(method => Encoding.ASCII.GetString(method.Text())));
}

/// <summary>
/// Whether a well-formed request can be served, asked in the order of RFC 3261 §8.2 and answered from the request and
/// our abilities alone. What needs to know more (481, 482, 486, 491) is the dialogs' business.
/// </summary>
internal static class RequestCheck
{
    public static SipError Of(SipMessage request, SipAbilities abilities)
    {
        if (!SipGrammar.Same(request.Version, SipGrammar.Sip2)) { return SipError.Version; }

        // An ACK cannot be refused (RFC 3261 §8.2.2.3), and a CANCEL carries no Require that counts (§9.1).
        if (request.Method == SipMethod.Ack) { return SipError.None; }
        if (request.Method == SipMethod.Unknown) { return SipError.UnknownMethod; }
        if (!abilities.Methods.Contains(request.Method)) { return SipError.MethodNotAllowed; }
        if (request.Method == SipMethod.Cancel) { return SipError.None; }

        if (!SipUri.TryParse(request.RequestUri, out SipUri uri) || !(uri.IsSip || uri.IsTel)) { return SipError.UriScheme; }
        foreach (ReadOnlySpan<byte> tag in request.Require)
        {
            if (!IsSupported(tag, abilities)) { return SipError.Extension; }
        }
        if (!CanRead(request, abilities)) { return SipError.MediaType; }
        return request.Method == SipMethod.Invite && !AcceptsSdp(request) ? SipError.NotAcceptable : SipError.None;
    }

    /// <summary>The header that must go with the answer: Unsupported (420), Allow (405), Accept (415), Allow-Events (489).</summary>
    public static void WriteExplanation(SipError error, SipMessage request, SipAbilities abilities, SipWriter writer)
    {
        switch (error)
        {
            case SipError.Extension:
                writer.Header(HeaderName.Unsupported, Unsupported(request, abilities));
                break;
            case SipError.MethodNotAllowed or SipError.UnknownMethod:
                writer.Header(HeaderName.Allow, abilities.Allow);
                break;
            case SipError.MediaType:
                writer.Header(HeaderName.Accept, string.Join(", ", abilities.BodyTypes));
                writer.Header(HeaderName.AcceptEncoding, "identity");
                break;
            case SipError.EventPackage:
                writer.Header(HeaderName.AllowEvents, "refer");
                break;
            case SipError.NotAcceptable:
                writer.Header(HeaderName.Accept, "application/sdp");
                break;
            default:
                break;
        }
    }

    // On one line: a header for each tag would let a datagram of short tags ask for an answer several times its size.
    private static byte[] Unsupported(SipMessage request, SipAbilities abilities)
    {
        List<byte> tags = [];
        foreach (ReadOnlySpan<byte> tag in request.Require)
        {
            if (IsSupported(tag, abilities)) { continue; }
            if (tags.Count > 0) { tags.Add((byte)','); }
            tags.AddRange(tag);
        }
        return [.. tags];
    }

    private static bool IsSupported(ReadOnlySpan<byte> tag, SipAbilities abilities)
    {
        foreach (string extension in abilities.Extensions)
        {
            if (Ascii.EqualsIgnoreCase(tag, extension)) { return true; }
        }
        return false;
    }

    // A body marked as optional may be passed over (RFC 3261 §20.11); an encoded one we do not decode.
    private static bool CanRead(SipMessage request, SipAbilities abilities)
    {
        if (request.Body.Length == 0) { return true; }
        if (request.ParametersOf(HeaderName.ContentDisposition).TryGet("handling"u8, out ReadOnlySpan<byte> handling)
            && SipGrammar.Same(handling, "optional"u8)) { return true; }
        foreach (ReadOnlySpan<byte> encoding in request.Values(HeaderName.ContentEncoding))
        {
            if (!SipGrammar.Same(encoding, "identity"u8)) { return false; }
        }
        ReadOnlySpan<byte> type = request.ContentType;
        foreach (string known in abilities.BodyTypes)
        {
            if (Ascii.EqualsIgnoreCase(type, known)) { return true; }
        }
        // Only the answer to an INVITE hangs on what its body says: other methods are served without reading theirs.
        return request.Method is not (SipMethod.Invite or SipMethod.Update or SipMethod.Prack);
    }

    // Without an Accept, an INVITE accepts SDP (RFC 3261 §20.1).
    private static bool AcceptsSdp(SipMessage request)
    {
        if (!request.Has(HeaderName.Accept)) { return true; }
        HeaderValues accepted = request.Values(HeaderName.Accept);
        return accepted.Contains("application/sdp"u8) || accepted.Contains("application/*"u8) || accepted.Contains("*/*"u8);
    }
}
