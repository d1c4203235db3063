namespace Switchhook.Sip.Messages;

/// <summary>The methods of RFC 3261 and its extensions. Methods are case-sensitive (RFC 3261 §7.1).</summary>
public enum SipMethod : byte
{
    /// <summary>A method we have no name for; its bytes are in the message.</summary>
    Unknown,
    Invite, Ack, Bye, Cancel, Options, Register, Prack, Subscribe, Notify, Publish, Info, Refer, Message, Update,
}

internal static class SipMethods
{
    private static readonly byte[][] Names =
    [
        [], "INVITE"u8.ToArray(), "ACK"u8.ToArray(), "BYE"u8.ToArray(), "CANCEL"u8.ToArray(), "OPTIONS"u8.ToArray(),
        "REGISTER"u8.ToArray(), "PRACK"u8.ToArray(), "SUBSCRIBE"u8.ToArray(), "NOTIFY"u8.ToArray(), "PUBLISH"u8.ToArray(),
        "INFO"u8.ToArray(), "REFER"u8.ToArray(), "MESSAGE"u8.ToArray(), "UPDATE"u8.ToArray(),
    ];

    public static ReadOnlySpan<byte> Text(this SipMethod method) => Names[(int)method];

    public static SipMethod Parse(ReadOnlySpan<byte> name)
    {
        for (int index = 1; index < Names.Length; index++)
        {
            if (name.SequenceEqual(Names[index])) { return (SipMethod)index; }
        }
        return SipMethod.Unknown;
    }
}
