using Switchhook.Sip;
using Switchhook.Sip.Framing;
using Switchhook.Sip.Messages;

namespace Switchhook.Fuzz.Targets;

/// <summary>
/// However a stream is cut into pieces, the same things come out of it; what needs more consumes nothing; every message is
/// within the limit and is one that the parser has an opinion on.
/// </summary>
internal sealed class StreamFramerTarget : IFuzzTarget
{
    public string Name => "stream-framer";

    public IReadOnlyList<byte[]> Corpus { get; } = [.. Fuzz.Corpus.Sip, "\r\n\r\n"u8.ToArray(), [.. Fuzz.Corpus.Sip[1], .. "\r\n\r\n"u8, .. Fuzz.Corpus.Sip[2]]];

    public void Run(byte[] input, Random random)
    {
        List<Frame> whole = Cut(input, () => input.Length);
        List<Frame> pieces = Cut(input, () => random.Next(1, 200));
        LawBrokenException.Unless(whole.SequenceEqual(pieces), $"pieces: {string.Join(' ', whole)} became {string.Join(' ', pieces)}");
    }

    private static List<Frame> Cut(byte[] stream, Func<int> piece)
    {
        var framer = new StreamFramer();
        var frames = new List<Frame>();
        int consumed = 0;
        int arrived = 0;
        while (true)
        {
            Frame frame = framer.Next(stream.AsSpan(consumed, arrived - consumed));
            switch (frame.Kind)
            {
                case FrameKind.NeedMore when arrived == stream.Length:
                    return frames;
                case FrameKind.NeedMore:
                    LawBrokenException.Unless(frame.Length == 0, "needing more consumes nothing");
                    arrived = Math.Min(stream.Length, arrived + piece());
                    continue;
                case FrameKind.Broken:
                    frames.Add(frame);
                    return frames;
                case FrameKind.Message:
                    LawBrokenException.Unless(frame.Length is > 0 and <= Limits.SipMessageBytes, "a message is within the limit");
                    SipMessage.TryParse(stream.AsSpan(consumed, frame.Length), isStream: true, out _, out SipError error);
                    LawBrokenException.Unless(error is not (SipError.BodyTooShort or SipError.NotSip or SipError.Truncated), $"a framed message is whole, not {error}");
                    break;
                default:
                    break;
            }
            frames.Add(frame);
            consumed += frame.Length;
        }
    }
}
