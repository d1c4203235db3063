using Switchhook.Media;

namespace Switchhook.Calls.Ports;

/// <summary>The media threads, as the calls see them.</summary>
public interface IMediaPlane
{
    /// <summary>Reserves a port pair (RTP even, RTCP next), or returns null when none is free.</summary>
    IMediaLeg? Open();
}

/// <summary>One phone leg: its sockets, its session, its place on a media thread.</summary>
public interface IMediaLeg
{
    /// <summary>Address and RTP port to be written into SDP.</summary>
    PeerAddress Advertised { get; }

    MediaStats Stats { get; }

    /// <summary>
    /// Audio begins to flow. <paramref name="tell"/> is called on the media thread for every event and must not block.
    /// <paramref name="tap"/> gets both directions, when the call is recorded.
    /// </summary>
    void Start(MediaPlan plan, VoiceLine line, RecorderTap? tap, Action<MediaEvent> tell);

    void Update(MediaPlan plan);

    /// <summary>The peer has acknowledged: playout may begin (<see cref="MediaSession.Release"/>).</summary>
    void Release();

    /// <summary>Stops audio and completes the line; done when the ports are free again.</summary>
    Task CloseAsync();
}
