namespace Switchhook.Media.Rtp;

internal enum SourceVerdict : byte
{
    /// <summary>Not the stream we listen to: dropped.</summary>
    Foreign,
    /// <summary>A packet of the stream we listen to.</summary>
    Current,
    /// <summary>Keys from the right address under another SSRC, as some gateways send them: only the keys count.</summary>
    KeysOnly,
    /// <summary>From this packet on we listen to another stream.</summary>
    NewStream,
}

/// <summary>
/// Which stream we listen to, and where ours is sent (symmetric RTP, RFC 4961; L8, O10).
/// <para>Listening: the first valid packet is taken from anywhere. After that another stream must earn its place: a new
/// SSRC from the same address, or anything from the very address in SDP, by <see cref="Limits.LatchPackets"/> packets in
/// sequence; any other address by <see cref="Limits.TakeoverPackets"/> in sequence while the old one has been silent for
/// <see cref="Limits.TakeoverSilence"/>. So a stranger cannot take over a stream that is alive.</para>
/// <para>Sending: to the address in SDP, until <see cref="Limits.LatchPackets"/> packets have come from elsewhere and the
/// one in SDP is private (a peer behind NAT, L8) or the same with another port. A public address in SDP is
/// believed against a different source: carriers do send from one machine and receive on another.</para>
/// </summary>
internal sealed class PeerLatch(PeerAddress agreed)
{
    private PeerAddress _agreed = agreed;
    private PeerAddress _latchedFor;
    private PeerAddress _latchedTo;
    private int _packetsNeeded = Limits.LatchPackets;
    private int _packetCount;
    private Instant _heardAt;

    private PeerAddress _rival;
    private uint _rivalSsrc;
    private ushort _rivalNext;
    private int _rivalCount;

    /// <summary>Where RTP is sent; <see cref="IsNowhere"/> while the peer asked for nothing.</summary>
    public PeerAddress Destination { get; private set; } = agreed;

    /// <summary>True when <see cref="Destination"/> was learned from the peer's packets and not from SDP.</summary>
    public bool IsLatched => Destination != _agreed && !IsNowhere(Destination);

    public bool HasSource { get; private set; }

    /// <summary>Where the stream we listen to comes from.</summary>
    public PeerAddress Source { get; private set; }

    public uint Ssrc { get; private set; }

    /// <summary>No port, or the old hold 0.0.0.0 (RFC 3264 §8.4): nothing can be sent there.</summary>
    public static bool IsNowhere(PeerAddress address) => address.IsNone || address.Address == 0 || (address.IsIPv4 && address.IPv4 == 0);

    /// <summary>SDP named an address, again or anew. A NAT that was learned for that address still holds, as after hold and resume.</summary>
    public void Agree(PeerAddress address)
    {
        if (address == _agreed) { return; }
        _agreed = address;
        Destination = address;
        if (IsNowhere(address)) { return; }
        if (address == _latchedFor) { Destination = _latchedTo; return; }

        // Packets of the old place are still on their way; they must not pull us back.
        _packetCount = 0;
        _packetsNeeded = Limits.LatchPacketsAfterUpdate;
    }

    public SourceVerdict Judge(Instant now, PeerAddress source, in RtpPacket packet, bool isKey)
    {
        if (!HasSource)
        {
            Adopt(now, source, packet.Ssrc);
            return SourceVerdict.NewStream;
        }
        if (source == Source && packet.Ssrc == Ssrc)
        {
            _heardAt = now;
            _packetCount++;
            if (_rival == source) { _rivalCount = 0; }
            return SourceVerdict.Current;
        }
        if (source == Source && isKey) { return SourceVerdict.KeysOnly; }
        if (!HasEarnedItsPlace(now, source, packet)) { return SourceVerdict.Foreign; }
        Adopt(now, source, packet.Ssrc);
        return SourceVerdict.NewStream;
    }

    /// <summary>True once when the destination has to follow the source, or to go back to the address in SDP.</summary>
    public bool TryLatch()
    {
        if (!HasSource || _packetCount < _packetsNeeded || IsNowhere(_agreed)) { return false; }
        bool follows = Source != _agreed && (_agreed.IsPrivate || _agreed.Address == Source.Address);
        PeerAddress wanted = follows ? Source : _agreed;
        if (follows) { (_latchedFor, _latchedTo) = (_agreed, wanted); }
        if (wanted == Destination) { return false; }
        Destination = wanted;
        return true;
    }

    private bool HasEarnedItsPlace(Instant now, PeerAddress source, in RtpPacket packet)
    {
        bool follows = _rivalCount > 0 && source == _rival && packet.Ssrc == _rivalSsrc && packet.Sequence == _rivalNext;
        (_rival, _rivalSsrc, _rivalNext) = (source, packet.Ssrc, (ushort)(packet.Sequence + 1));
        _rivalCount = follows ? _rivalCount + 1 : 1;

        if (source == Source || source == _agreed) { return _rivalCount >= Limits.LatchPackets; }
        return _rivalCount >= Limits.TakeoverPackets && now - _heardAt >= Limits.TakeoverSilence;
    }

    private void Adopt(Instant now, PeerAddress source, uint ssrc)
    {
        // Who had to prove itself needs no second proof to be answered.
        _packetCount = source == Source ? _packetCount : Math.Max(1, _rivalCount);
        _packetsNeeded = HasSource && source == Source ? _packetsNeeded : Limits.LatchPackets;
        (HasSource, Source, Ssrc, _heardAt, _rivalCount) = (true, source, ssrc, now, 0);
    }
}
