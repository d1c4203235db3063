using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>
/// <see cref="Early"/>: no final answer yet. <see cref="Answered"/>: our 2xx waits for its ACK. <see cref="Ended"/>:
/// over, but its transactions may still have to absorb stragglers.
/// </summary>
internal enum DialogState : byte { Early, Answered, Confirmed, Ended }

/// <summary>
/// The state of RFC 3261 §12 for one call, from the INVITE that may create the dialog until its last transaction ends.
/// <code>
///   we are called:  Early ──2xx sent──► Answered ──ACK──► Confirmed ──BYE──► Ended
///                     └─refused, CANCEL────┴──BYE, no ACK──────────────────────►┘
///   we call:        Early ──2xx, ACK sent──────────────► Confirmed ──BYE──► Ended
///                     └─refused, timed out, cancelled──────────────────────────►┘
/// </code>
/// It knows; the verbs beside it act.
/// </summary>
internal sealed class Dialog : ISleeper
{
    public TimerTable Timers;

    public required DialogHandle Handle { get; init; }

    /// <summary>We placed the call.</summary>
    public required bool IsCaller { get; init; }

    public required byte[] CallId { get; init; }

    public required string LocalTag { get; init; }

    /// <summary>Ours, as it stands in From of our requests, tag included.</summary>
    public required byte[] LocalParty { get; init; }

    /// <summary>The peer's, as it stands in To of our requests, tag included once it is known.</summary>
    public required byte[] RemoteParty { get; set; }

    public required string RemoteTag { get; set; }

    /// <summary>Where in-dialog requests are addressed to: the peer's Contact, refreshed by re-INVITE (§12.2).</summary>
    public required byte[] RemoteTarget { get; set; }

    /// <summary>Values of the Route headers of our requests, in order (§12.1).</summary>
    public required IReadOnlyList<byte[]> Routes { get; set; }

    /// <summary>Our own Contact value.</summary>
    public required string Contact { get; init; }

    /// <summary>The way on which the peer was last heard.</summary>
    public required SipFlow Flow { get; set; }

    public uint LocalSequence { get; set; }

    /// <summary>The CSeq of the peer's last request; null while there was none (§12.2.2).</summary>
    public uint? RemoteSequence { get; set; }

    public DialogState State { get; set; } = DialogState.Early;

    /// <summary>The INVITE of the peer that is being served or whose 2xx waits for an ACK, or the last one served.</summary>
    public ServedInvite? Served { get; set; }

    /// <summary>Our INVITE that waits for its answer, or the last one that was answered.</summary>
    public PlacedInvite? Placed { get; set; }

    /// <summary>Somebody wanted to hang up while our 2xx was waiting for its ACK: the BYE comes after it (§15).</summary>
    public bool HangUpWaits { get; set; }

    public SipCause? HangUpCause { get; set; }

    /// <summary>The CSeq number of our last REFER, unless it was refused: NOTIFYs tell what became of it (RFC 3515 §2.4.4).</summary>
    public uint? ReferSequence { get; set; }

    /// <summary>Our REFER waits for its answer.</summary>
    public bool ReferPending { get; set; }

    /// <summary>How many transactions of this dialog have not ended.</summary>
    public int OpenTransactions { get; set; }

    public bool IsClosed { get; set; }

    public int HeapIndex { get; set; } = -1;

    public Instant NextTimeout => Timers.Next;

    /// <summary>A dialog is named by Call-ID and both tags (§12); the local tag found it, here are the other two.</summary>
    public bool Owns(SipMessage request) =>
        request.CallId.SequenceEqual(CallId) && Wire.Text(request.From.Tag) == RemoteTag;

    /// <summary>
    /// False when the request is older than one that was served already (§12.2.2). Phones that end a call with the CSeq
    /// number they began it with are let go.
    /// </summary>
    public bool TryAdvance(uint sequence)
    {
        if (RemoteSequence is uint last && sequence < last) { return false; }
        RemoteSequence = sequence;
        return true;
    }

    /// <summary>INVITE and its 2xx may move the remote target (§12.2); one that could not be sent to moves nothing.</summary>
    public void RefreshTarget(SipMessage message)
    {
        NameAddress contact = message.Contact;
        if (contact.Uri.IsSip) { RemoteTarget = RequestPath.WithoutHeaders(contact.Uri); }
    }

    /// <summary>The route set, as the callee learns it: Record-Route in order (§12.1.1).</summary>
    public static List<byte[]> RoutesOf(SipMessage request)
    {
        List<byte[]> routes = [];
        foreach (ReadOnlySpan<byte> route in request.RecordRoutes) { routes.Add(route.ToArray()); }
        return routes;
    }
}
