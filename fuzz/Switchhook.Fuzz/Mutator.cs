using System.Text;

namespace Switchhook.Fuzz;

/// <summary>
/// Makes an input out of a corpus: by lines, by words and by bytes, because protocols of text break at their seams.
/// The same random source makes the same input.
/// </summary>
internal sealed class Mutator(Random random)
{
    private const int BytesMax = 70_000;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "", " ", "\t", ",", ";", ":", "=", "\"", "\\", "<", ">", "@", "%", "%00", "%4", "[", "]", "?", "&", "*", "\0", "\r", "\n", "\r\n", "\r\n\r\n", "\r\n ",
            "0", "-1", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967296", "18446744073709551616", "1e3",
            "SIP/2.0", "SIP/7.0", "z9hG4bK", "sip:", "sips:", "tel:", "sip:a@b", ";lr", ";tag=x", ";rport", ";received=1.2.3.4", "INVITE", "ACK", "BYE",
            "Content-Length: ", "l:5", "Via: ", "v:", "CSeq: ", "From: ", "To: ", "i: ", "Contact: *", "Record-Route: ",
            "v=0", "c=IN IP4 0.0.0.0", "c=IN IP6 ::", "m=audio 1 RTP/AVP 0", "m=audio 0 RTP/AVP 8", "a=sendonly", "a=ptime:", "a=rtcp:", "a=rtpmap:0 ", "a=fmtp:101 ", "RTP/SAVP",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public byte[] Mutate(IReadOnlyList<byte[]> corpus)
    {
        byte[] input = Pick(corpus);
        int steps = random.Next(8);
        for (int step = 0; step < steps; step++)
        {
            input = Step(input, corpus);
            if (input.Length > BytesMax) { input = input[..BytesMax]; }
        }
        return input;
    }

    private byte[] Step(byte[] input, IReadOnlyList<byte[]> corpus) => random.Next(11) switch
    {
        0 => Flip(input),
        1 => Splice(input, At(input), At(input), []),
        2 => Splice(input, At(input), null, Pick(Words)),
        3 => ReplaceWord(input),
        4 => Lines(input, lines => lines.RemoveAt(random.Next(lines.Count))),
        5 => Lines(input, lines => lines.Insert(random.Next(lines.Count + 1), lines[random.Next(lines.Count)])),
        6 => Lines(input, lines => (lines[^1], lines[0]) = (lines[0], lines[^1])),
        7 => Lines(input, lines => { int at = random.Next(lines.Count); lines[at] = lines[at] + new string((char)random.Next(256), 1 << random.Next(13)); }),
        8 => Splice(input, At(input), null, Slice(Pick(corpus))),
        9 => input[..At(input)],
        _ => [.. input, .. Pick(corpus)],
    };

    private byte[] Flip(byte[] input)
    {
        if (input.Length == 0) { return input; }
        byte[] copy = [.. input];
        copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return copy;
    }

    // A number or a word of the input gives way to one of the dictionary.
    private byte[] ReplaceWord(byte[] input)
    {
        int start = At(input);
        int end = start;
        while (end < input.Length && char.IsAsciiLetterOrDigit((char)input[end])) { end++; }
        return Splice(input, start, end, Pick(Words));
    }

    private static byte[] Lines(byte[] input, Action<List<string>> change)
    {
        List<string> lines = [.. Encoding.Latin1.GetString(input).Split("\r\n")];
        change(lines);
        return Encoding.Latin1.GetBytes(string.Join("\r\n", lines));
    }

    private static byte[] Splice(byte[] input, int from, int? to, byte[] with)
    {
        int end = Math.Max(from, to ?? from);
        return [.. input[..Math.Min(from, end)], .. with, .. input[end..]];
    }

    private byte[] Slice(byte[] input)
    {
        int start = At(input);
        return input[start..random.Next(start, input.Length + 1)];
    }

    private int At(byte[] input) => random.Next(input.Length + 1);

    private byte[] Pick(IReadOnlyList<byte[]> from) => from[random.Next(from.Count)];
}
