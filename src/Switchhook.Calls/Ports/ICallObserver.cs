using Switchhook.Sip;

namespace Switchhook.Calls.Ports;

/// <summary>Who counts and logs. Called on the loops of the planes and of the calls; must not block.</summary>
public interface ICallObserver
{
    /// <summary>An INVITE that never became a call: no project, no room.</summary>
    void Refused(SipEvent.IncomingCall invite, SipCause cause);

    void Born(CallRecord call);

    void Answered(CallRecord call);

    void Ended(CallRecord call);

    /// <summary>Something of ours broke; the call ends, the others live.</summary>
    void Faulted(CallId call, Exception fault);
}
