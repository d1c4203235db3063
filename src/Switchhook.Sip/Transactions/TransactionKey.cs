using System.Text;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Transactions;

/// <summary>
/// What makes two messages belong to one transaction. Of a request (RFC 3261 §17.2.3): the branch, who set it, and
/// the method, where ACK counts as INVITE. Of a response (§17.1.3): our branch and the CSeq's method. A peer of
/// RFC 2543 sets no unique branch; there Request-URI, From tag, Call-ID, CSeq number and the whole top Via stand in
/// its place. The To tag is left out: it tells an ACK from an INVITE, which the method does as well.
/// </summary>
internal readonly record struct TransactionKey(string Branch, string SentBy, SipMethod Method)
{
    public static TransactionKey OfRequest(SipMessage request)
    {
        SipMethod method = request.Method == SipMethod.Ack ? SipMethod.Invite : request.Method;
        Via via = request.TopVia;
        if (via.HasUniqueBranch)
        {
            return new TransactionKey(Wire.Text(via.Branch), string.Concat(Wire.Text(via.Host).ToLowerInvariant(), ":", via.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture)), method);
        }
        HeaderValues.Enumerator vias = request.Vias.GetEnumerator();
        string top = vias.MoveNext() ? Wire.Text(vias.Current) : "";
        var text = new StringBuilder();
        text.Append(Wire.Text(request.RequestUri)).Append('\n').Append(Wire.Text(request.From.Tag)).Append('\n');
        text.Append(Wire.Text(request.CallId)).Append('\n').Append(request.CSeq.Number);
        return new TransactionKey(text.ToString(), top, method);
    }

    public static TransactionKey OfResponse(SipMessage response) =>
        new(Wire.Text(response.TopVia.Branch), "", response.CSeq.Method);

    /// <summary>Of a request that we send.</summary>
    public static TransactionKey Ours(string branch, SipMethod method) => new(branch, "", method);

    /// <summary>The transaction that a CANCEL wants to end (RFC 3261 §9.2): its own key but for the method.</summary>
    public TransactionKey OfCancelled => this with { Method = SipMethod.Invite };
}

/// <summary>Bytes of the wire as text and back, one byte a character, so that nothing a peer wrote is changed by keeping it.</summary>
internal static class Wire
{
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>For people: what it means, not what it is.</summary>
    public static string Readable(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
