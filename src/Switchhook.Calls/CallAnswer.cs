using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Sip;

namespace Switchhook.Calls;

public enum Verdict : byte
{
    Done,
    /// <summary>Not yet: the answer follows.</summary>
    Held,
    /// <summary>The call has ended, or its caller is gone; the API says <c>call_id_not_found</c>.</summary>
    Gone,
    /// <summary>Not in this state, such as hangup before accept or a second accept with another body.</summary>
    WrongState,
    /// <summary>The engine did not open; the phone still rings. <see cref="CallAnswer.Error"/> says why.</summary>
    EngineFailed,
    /// <summary>The peer did not take the REFER; the call goes on. <see cref="CallAnswer.Cause"/> says why.</summary>
    ReferRefused,
    /// <summary>The mailbox stayed full.</summary>
    Busy,
}

/// <summary>How a call answers the API. <paramref name="State"/> is the state it was in.</summary>
public readonly record struct CallAnswer(Verdict Verdict, CallState State, RealtimeError? Error = null)
{
    public SipCause? Cause { get; init; }
}
