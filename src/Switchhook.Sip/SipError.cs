namespace Switchhook.Sip;

/// <summary>What was wrong with a message. <see cref="SipErrors"/> says which final response it deserves, if any.</summary>
public enum SipError : byte
{
    None,
    /// <summary>Not SIP at all, or a keep-alive: no answer.</summary>
    NotSip,
}
