namespace Switchhook.Media;

/// <summary>
/// What one input of a session left to be sent and told. Drained after each input; a driver that does not drain loses
/// the oldest, because late audio is worth less than fresh audio.
/// </summary>
internal sealed class MediaOutbox
{
    private const int PacketBytes = 12 + Limits.RtpPayloadBytes;

    private readonly byte[] _bytes = new byte[Limits.MediaPackets * PacketBytes];
    private readonly Parcel[] _parcels = new Parcel[Limits.MediaPackets];
    private readonly MediaEvent[] _events = new MediaEvent[Limits.MediaEvents];
    private int _firstParcel, _parcelCount;
    private int _firstEvent, _eventCount;

    private readonly record struct Parcel(int Length, PeerAddress Destination, bool ByRtcpSocket);

    /// <summary>Room for a datagram of <paramref name="length"/> bytes, to be filled at once.</summary>
    public Span<byte> Add(int length, PeerAddress destination, bool byRtcpSocket)
    {
        if (_parcelCount == Limits.MediaPackets) { DropOldestPacket(); }
        int index = (_firstParcel + _parcelCount++) % Limits.MediaPackets;
        _parcels[index] = new Parcel(length, destination, byRtcpSocket);
        return _bytes.AsSpan(index * PacketBytes, length);
    }

    public void Tell(MediaEvent mediaEvent)
    {
        if (_eventCount == Limits.MediaEvents) { _ = TryTakeEvent(out _); }
        _events[(_firstEvent + _eventCount++) % Limits.MediaEvents] = mediaEvent;
    }

    public bool TryTakePacket(Span<byte> datagram, out int length, out PeerAddress destination, out bool byRtcpSocket)
    {
        if (_parcelCount == 0)
        {
            (length, destination, byRtcpSocket) = (0, default, false);
            return false;
        }
        (length, destination, byRtcpSocket) = _parcels[_firstParcel];
        _bytes.AsSpan(_firstParcel * PacketBytes, length).CopyTo(datagram);
        DropOldestPacket();
        return true;
    }

    public bool TryTakeEvent(out MediaEvent mediaEvent)
    {
        if (_eventCount == 0)
        {
            mediaEvent = default;
            return false;
        }
        mediaEvent = _events[_firstEvent];
        _firstEvent = (_firstEvent + 1) % Limits.MediaEvents;
        _eventCount--;
        return true;
    }

    private void DropOldestPacket()
    {
        _firstParcel = (_firstParcel + 1) % Limits.MediaPackets;
        _parcelCount--;
    }
}
