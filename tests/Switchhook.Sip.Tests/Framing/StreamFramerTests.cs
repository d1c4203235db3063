using System.Text;
using Switchhook.Sip.Framing;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Tests.Torture;

namespace Switchhook.Sip.Tests.Framing;

public sealed class StreamFramerTests
{
    private const string Head = "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n";

    private static readonly string[] Things =
    [
        Head + "Content-Length: 0\r\n\r\n",
        Head + "Content-Length: 10\r\n\r\n\r\n\r\nBYE \r\n",
        Head + "\r\n",
        Head + "L :\r\n  3\r\n\r\nabc",
        Head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        "SIP/2.0 200 OK\r\nl: 1\r\n\r\nx",
        "\r\n\r\n",
    ];

    [Fact]
    public void Every_thing_split_at_every_byte_comes_out_whole_and_its_prefixes_consume_nothing()
    {
        foreach (string thing in Things.Concat(OwnMessages.All.Where(one => TravelsByTcp(one.Key)).Select(one => Encoding.Latin1.GetString(one.Value))))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(thing);
            for (int cut = 0; cut < bytes.Length; cut++)
            {
                var framer = new StreamFramer();
                Frame first = framer.Next(bytes.AsSpan(0, cut));
                Assert.True(first == new Frame(FrameKind.NeedMore, 0), $"{first} after {cut} bytes of {thing}");
                Frame second = framer.Next(bytes);
                Assert.True(second == new Frame(thing == "\r\n\r\n" ? FrameKind.Ping : FrameKind.Message, bytes.Length), $"{second} cut at {cut} of {thing}");
            }
        }
    }

    [Fact]
    public void A_stream_of_many_things_falls_into_the_same_pieces_however_it_arrives()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            string[] sent = [.. Enumerable.Range(0, 12).Select(_ => Things[random.Next(Things.Length)])];
            byte[] stream = Encoding.Latin1.GetBytes(string.Concat(sent));
            var framer = new StreamFramer();
            var got = new List<string>();
            int consumed = 0;
            int arrived = 0;
            while (arrived < stream.Length || consumed < arrived)
            {
                Frame frame = framer.Next(stream.AsSpan(consumed, arrived - consumed));
                if (frame.Kind == FrameKind.NeedMore)
                {
                    Assert.True(arrived < stream.Length, $"seed {seed}: stuck");
                    arrived = Math.Min(stream.Length, arrived + random.Next(1, 40));
                    continue;
                }
                got.Add(Encoding.Latin1.GetString(stream, consumed, frame.Length));
                consumed += frame.Length;
            }
            Assert.True(sent.SequenceEqual(got), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("\r\nO", FrameKind.Pong, 2, SipError.None)]
    [InlineData("\r\n\r\nO", FrameKind.Ping, 4, SipError.None)]
    [InlineData("\r", FrameKind.NeedMore, 0, SipError.None)]
    [InlineData("\r\n", FrameKind.NeedMore, 0, SipError.None)]
    [InlineData("\rX", FrameKind.Broken, 0, SipError.NotSip)]
    [InlineData("\u0016\u0003\u0001", FrameKind.Broken, 0, SipError.NotSip)]
    [InlineData("GET / HTTP/1.1\r\n", FrameKind.Broken, 0, SipError.NotSip)]
    [InlineData("GET / HTTP/1.1", FrameKind.NeedMore, 0, SipError.None)]
    [InlineData(Head + "Content-Length: -1\r\n\r\n", FrameKind.Broken, 80, SipError.ContentLength)]
    [InlineData(Head + "Content-Length: 99999999999\r\n\r\n", FrameKind.Broken, 89, SipError.ContentLength)]
    [InlineData(Head + "Content-Length: 65536\r\n\r\n", FrameKind.Broken, 83, SipError.TooLarge)]
    [InlineData(Head + "Content-Length: 1\r\nl: 2\r\n\r\n", FrameKind.Broken, 85, SipError.ContentLength)]
    [InlineData(Head + "X: a\nb\r\n\r\n", FrameKind.Broken, 68, SipError.LineEnd)]
    public void What_begins_a_stream_is_told_apart(string unread, FrameKind kind, int length, SipError error)
    {
        Frame frame = new StreamFramer().Next(Encoding.Latin1.GetBytes(unread));
        Assert.Equal((kind, error), (frame.Kind, frame.Error));
        if (length != 0) { Assert.Equal(frame.Kind == FrameKind.Broken ? unread.Length : length, frame.Length); }
    }

    [Theory]
    [InlineData("OPTIONS sip:")]
    [InlineData("OPTIONS sip:b@h SIP/2.0\r\nX: ")]
    public void A_header_that_never_ends_is_cut_off_at_the_limit(string beginning)
    {
        var framer = new StreamFramer();
        byte[] flood = Encoding.Latin1.GetBytes(beginning.PadRight(Limits.SipMessageBytes + 1, 'x'));
        Assert.Equal(FrameKind.NeedMore, framer.Next(flood.AsSpan(0, Limits.SipMessageBytes)).Kind);
        Assert.Equal(new Frame(FrameKind.Broken, 0, SipError.TooLarge), framer.Next(flood));
    }

    [Fact]
    public void More_header_lines_than_the_limit_break_the_stream()
    {
        string lines = string.Concat(Enumerable.Repeat("X: y\r\n", Limits.SipHeaders + 1));
        Frame frame = new StreamFramer().Next(Encoding.Latin1.GetBytes(Head + lines + "\r\n"));
        Assert.Equal((FrameKind.Broken, SipError.TooLarge), (frame.Kind, frame.Error));
    }

    [Fact]
    public void Two_requests_in_one_piece_are_two_messages()
    {
        byte[] stream = OwnMessages.All["dblreq"];
        var framer = new StreamFramer();
        Frame first = framer.Next(stream);
        Assert.Equal(FrameKind.Message, first.Kind);
        Assert.True(SipMessage.TryParse(stream.AsSpan(0, first.Length), isStream: true, out SipMessage? register, out _));
        Assert.Equal(SipMethod.Register, register!.Method);
        Assert.Equal(FrameKind.Pong, framer.Next(stream.AsSpan(first.Length)).Kind);
        Assert.Equal(FrameKind.Message, framer.Next(stream.AsSpan(first.Length + 2)).Kind);
    }

    // These say a length that is not theirs, or none, or are meant for a datagram.
    private static bool TravelsByTcp(string name) => name is not ("dblreq" or "clerr" or "ncl" or "mcl01" or "inv2543");
}
