using System.Diagnostics.CodeAnalysis;

namespace Switchhook.Media.Codecs;

/// <summary>The names and numbers under which SDP knows our codecs (RFC 3551 §6, table 4).</summary>
public static class CodecCatalog
{
    /// <summary>The encoding name of key presses (RFC 4733 §7.1.1); its clock rate is <see cref="ClockRate"/> for G.711.</summary>
    public const string TelephoneEvent = "telephone-event";

    /// <summary>The keys that we can receive and send, as the fmtp of telephone-event lists them.</summary>
    public const string TelephoneEventRange = "0-15";

    /// <summary>Every codec of the phone leg, in our order of preference.</summary>
    public static IReadOnlyList<AudioCodec> All { get; } = [AudioCodec.Pcmu, AudioCodec.Pcma];

    public static string Name(AudioCodec codec) => codec == AudioCodec.Pcma ? "PCMA" : "PCMU";

    public static byte PayloadType(AudioCodec codec) => (byte)codec;

    [SuppressMessage("Style", "IDE0060:Remove unused parameter", Justification = "The clock is the codec's to tell.")]
    public static int ClockRate(AudioCodec codec) => MediaClock.SampleRate;

    /// <summary>Finds the codec of an rtpmap, whose names are compared without case (RFC 8866 §6.6).</summary>
    public static bool TryFind(string name, int clockRate, int channels, out AudioCodec codec)
    {
        foreach (AudioCodec known in All)
        {
            codec = known;
            if (clockRate == ClockRate(known) && channels == 1 && name.Equals(Name(known), StringComparison.OrdinalIgnoreCase)) { return true; }
        }
        codec = default;
        return false;
    }

    /// <summary>Finds the codec of a static payload type that came without rtpmap.</summary>
    public static bool TryFind(int payloadType, out AudioCodec codec)
    {
        codec = payloadType == (int)AudioCodec.Pcma ? AudioCodec.Pcma : AudioCodec.Pcmu;
        return payloadType is (int)AudioCodec.Pcmu or (int)AudioCodec.Pcma;
    }
}
