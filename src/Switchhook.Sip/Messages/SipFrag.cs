namespace Switchhook.Sip.Messages;

/// <summary>
/// The body <c>message/sipfrag</c> (RFC 3420) as the NOTIFYs of a transfer carry it (RFC 3515 §2.4.5). Only its status
/// line counts; further lines, and fragments of requests, say nothing about how far the transfer is.
/// </summary>
internal static class SipFrag
{
    /// <summary>100 to 699, or null when the message carries no fragment that begins with a status line.</summary>
    public static int? StatusOf(SipMessage message)
    {
        if (!SipGrammar.Same(message.ContentType, "message/sipfrag"u8)) { return null; }
        ReadOnlySpan<byte> line = message.Body.TrimStart("\r\n"u8);
        int end = line.IndexOfAny(SipGrammar.LineEnds);
        if (end >= 0) { line = line[..end]; }

        int length = SipGrammar.Sip2.Length;
        if (line.Length <= length || !SipGrammar.Same(line[..length], SipGrammar.Sip2) || line[length] != ' ') { return null; }
        ReadOnlySpan<byte> code = line[(length + 1)..];
        int space = code.IndexOf((byte)' ');
        if (space >= 0) { code = code[..space]; }
        return code.Length == 3 && SipGrammar.TryNumber(code, 699, out uint status) && status >= 100 ? (int)status : null;
    }
}
