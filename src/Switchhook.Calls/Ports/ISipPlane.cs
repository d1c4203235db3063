using Switchhook.Sip;

namespace Switchhook.Calls.Ports;

/// <summary>The one owner of the SIP endpoint, as the calls see it. Its events come back through <see cref="ISipListener"/>.</summary>
public interface ISipPlane
{
    /// <summary>False when the plane's queue is full: the call that asked is to end as overloaded.</summary>
    bool Post(SipCommand command);
}

/// <summary>Who is told what happens on the SIP plane. Called on the plane's own loop, in order; must not block.</summary>
public interface ISipListener
{
    void OnSip(SipEvent sipEvent);
}
