#pragma warning disable CA1822 // replaced with the real thing
using System.Diagnostics.CodeAnalysis;

namespace Switchhook.Sip;

/// <summary>What an endpoint must know of the outside: one entry per listener, addressed by <see cref="SipFlow.Listener"/>.</summary>
public sealed record SipListenerAddress(SipTransport Transport, PeerAddress Local, string AdvertisedHost, ushort AdvertisedPort);

public sealed record SipEndpointOptions
{
    public required IReadOnlyList<SipListenerAddress> Listeners { get; init; }

    /// <summary>Value of the Server and User-Agent headers.</summary>
    public string Product { get; init; } = "Switchhook";
}

/// <summary>
/// The front door of SIP: all transactions and dialogs of one process. Synchronous and silent. After one input,
/// drain <see cref="TryTake"/>, then read <see cref="NextTimeout"/>; only then the next input.
/// </summary>
public sealed class SipEndpoint
{
    public SipEndpoint(SipEndpointOptions options, Random random) => _ = (options, random);

    public Instant NextTimeout => Instant.Never;

    /// <summary>Dialogs that are not closed yet; a leak test wants zero.</summary>
    public int DialogCount => 0;

    /// <summary>Transactions that are not terminated yet; a leak test wants zero.</summary>
    public int TransactionCount => 0;

    /// <summary>A handle for <see cref="SipCommand.PlaceCall"/>.</summary>
    public DialogHandle NewDialog() => default;

    /// <summary>One whole message: a datagram, or what a stream's framer cut out. The bytes are the caller's again on return.</summary>
    public void Receive(Instant now, SipFlow flow, ReadOnlySpan<byte> message) => _ = (now, flow, message.Length);

    public void Do(Instant now, SipCommand command) => _ = (now, command);

    /// <summary>The transport could not deliver on this flow (RFC 3261 §8.1.3.1, §17.1.4): its transactions fail at once.</summary>
    public void TransportFailed(Instant now, SipFlow flow) => _ = (now, flow);

    public void Timeout(Instant now) => _ = now;

    public bool TryTake([NotNullWhen(true)] out SipOutput? output)
    {
        output = null;
        return false;
    }

    /// <summary>Every table of the endpoint, as text, for the operator.</summary>
    public void Describe(TextWriter writer) => _ = writer;
}
