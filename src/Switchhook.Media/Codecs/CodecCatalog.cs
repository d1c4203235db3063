using System.Diagnostics.CodeAnalysis;

namespace Switchhook.Media.Codecs;

/// <summary>The names and numbers under which SDP knows our codecs (RFC 3551 §6, table 4).</summary>
public static class CodecCatalog
{
    /// <summary>Every codec of the phone leg, in our order of preference.</summary>
    public static IReadOnlyList<AudioCodec> All { get; } = [AudioCodec.Pcmu, AudioCodec.Pcma];

    public static string Name(AudioCodec codec) => codec == AudioCodec.Pcma ? "PCMA" : "PCMU";

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
}
