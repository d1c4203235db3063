namespace Switchhook.Sip.Transactions;

/// <summary>The timer values of RFC 3261 table 4. They are constants: both sides must agree on them, and nobody changes them alone.</summary>
internal static class SipTimers
{
    /// <summary>The round trip that is assumed before anything was measured.</summary>
    public static readonly TimeSpan T1 = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between two retransmissions of anything but a first INVITE.</summary>
    public static readonly TimeSpan T2 = TimeSpan.FromSeconds(4);

    /// <summary>The longest a message may wander in the network.</summary>
    public static readonly TimeSpan T4 = TimeSpan.FromSeconds(5);

    /// <summary>64·T1, after which nobody will answer any more: timers B, F, H, J, L, M, and D over UDP.</summary>
    public static readonly TimeSpan GiveUp = 64 * T1;

    /// <summary>The pause after <paramref name="pause"/>: twice as long, up to T2.</summary>
    public static TimeSpan Doubled(TimeSpan pause) => pause * 2 < T2 ? pause * 2 : T2;
}
