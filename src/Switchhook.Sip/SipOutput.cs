namespace Switchhook.Sip;

/// <summary>What the endpoint asks of the world. Drained by whoever drove it, before the next input.</summary>
public abstract record SipOutput
{
    private SipOutput() { }

    /// <summary>Send these bytes, one whole message, on this flow.</summary>
    public sealed record Transmit(SipFlow Flow, ReadOnlyMemory<byte> Message) : SipOutput;

    /// <summary>Tell the planes above.</summary>
    public sealed record Tell(SipEvent Event) : SipOutput;
}
