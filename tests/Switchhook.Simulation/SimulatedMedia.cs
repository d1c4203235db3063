using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Simulation;

/// <summary>A media plane with ports that can run out, and legs that are silent. What it is for is the counting.</summary>
public sealed class SimulatedMedia(int ports) : IMediaPlane
{
    private readonly List<Leg> _legs = [];

    /// <summary>Legs whose ports are taken.</summary>
    public int Open => _legs.Count;

    public int Opened { get; private set; }

    /// <summary>Frames of the caller's voice that every leg hears when it starts.</summary>
    public int Heard { get; set; }

    IMediaLeg? IMediaPlane.Open()
    {
        if (_legs.Count >= ports) { return null; }
        var leg = new Leg(this, (ushort)(20_000 + 2 * Opened++));
        _legs.Add(leg);
        return leg;
    }

    private sealed class Leg(SimulatedMedia media, ushort port) : IMediaLeg
    {
        private VoiceLine? _line;

        public PeerAddress Advertised { get; } = PeerAddress.FromIPv4(0x0A000001, port);

        public MediaStats Stats => default;

        public void Start(MediaPlan plan, VoiceLine line, RecorderTap? tap, Action<MediaEvent> tell)
        {
            _line = line;
            for (int frame = 0; frame < media.Heard; frame++) { line.Hear(FramePool.Narrowband.Rent()); }
        }

        public void Update(MediaPlan plan) { }

        public void Release() { }

        public Task CloseAsync()
        {
            if (!media._legs.Remove(this)) { throw new InvalidOperationException("a leg was closed twice"); }
            _line?.Complete();
            return Task.CompletedTask;
        }
    }
}
