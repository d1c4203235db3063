namespace Switchhook;

public static partial class Limits
{
    /// <summary>A SIP message over UDP or TCP: the largest datagram there is.</summary>
    public const int SipMessageBytes = 65_535;

    /// <summary>Header lines in one message. The largest INVITEs of carriers seen have about 60.</summary>
    public const int SipHeaders = 256;

    /// <summary>A session description. Offers of browsers with video have about 8 KB, of phones 1 KB.</summary>
    public const int SdpBytes = 16_384;

    /// <summary>m= lines of one session description; each must be answered, also the refused ones.</summary>
    public const int SdpMedia = 16;

    /// <summary>Formats of one session description, of all its m= lines.</summary>
    public const int SdpFormats = 256;

    /// <summary>a= lines of one session description.</summary>
    public const int SdpAttributes = 512;

    /// <summary>The sentence of a Reason or Warning. It may quote the peer, whose datagram must not buy an answer many times its size.</summary>
    public const int SipCauseChars = 512;

    /// <summary>Transactions alive at once; an INVITE that would be one too many is answered 503.</summary>
    public const int SipTransactions = 16_384;

    /// <summary>On top of that, for requests of dialogs and CANCELs only: a flood of INVITEs must keep nobody from hanging up.</summary>
    public const int SipTransactionsInDialogs = 4_096;

    /// <summary>Answers of different phones to one forked INVITE of ours; each loser gets its ACK and BYE. More are ignored.</summary>
    public const int SipForks = 16;

    /// <summary>Dialogs alive at once: one a call, and the dialogs of ended calls while they wait for an ACK.</summary>
    public const int SipDialogs = 8_192;

    /// <summary>How long an INVITE may go without a final answer: RFC 3261 timer C asks for more than 3 minutes. Then it is refused, or cancelled.</summary>
    public static readonly TimeSpan SipRinging = TimeSpan.FromMinutes(3);

    /// <summary>Listener → pump. Full: drop and count; UDP peers retransmit, TCP readers pause.</summary>
    public const int SipInputs = 8_192;

    /// <summary>Calls → pump. Full: the call that asks ends as overloaded.</summary>
    public const int SipCommands = 4_096;

    /// <summary>TCP connections of peers open at once; one too many is closed at accept.</summary>
    public const int SipConnections = 1_024;

    /// <summary>A TCP connection on which nothing was said for so long, and that no dialog needs, is closed.</summary>
    public static readonly TimeSpan SipConnectionIdle = TimeSpan.FromMinutes(15);

    /// <summary>Messages waiting to be written to one TCP connection. Full: the peer does not read, the connection is closed.</summary>
    public const int SipConnectionOutgoing = 256;

    /// <summary>Their bytes together: as many messages of the usual size, so that large ones do not take a thousand times the room.</summary>
    public const int SipConnectionOutgoingBytes = 256 * 1024;

    /// <summary>How long a peer may take to accept a TCP connection we open: less than 64·T1, so that the transaction learns why.</summary>
    public static readonly TimeSpan SipConnect = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a message over TCP may take from its first byte to its last, either way, and how long a peer that has connected
    /// may say nothing: 64·T1, after which nobody waits for it.
    /// </summary>
    public static readonly TimeSpan SipFrame = TimeSpan.FromSeconds(32);
}
