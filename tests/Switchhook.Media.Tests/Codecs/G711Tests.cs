using Switchhook.Media.Codecs;

namespace Switchhook.Media.Tests.Codecs;

public sealed class G711Tests
{
    // Decoder output values of G.711 tables 1 and 2, scaled to 16 bits; the zero codes of both signs; the extremes.
    [Theory]
    [InlineData(AudioCodec.Pcmu, 0xFF, 0)]
    [InlineData(AudioCodec.Pcmu, 0x7F, 0)]
    [InlineData(AudioCodec.Pcmu, 0xFE, 8)]
    [InlineData(AudioCodec.Pcmu, 0x7E, -8)]
    [InlineData(AudioCodec.Pcmu, 0xF0, 120)]
    [InlineData(AudioCodec.Pcmu, 0xEF, 132)]
    [InlineData(AudioCodec.Pcmu, 0x80, 32124)]
    [InlineData(AudioCodec.Pcmu, 0x00, -32124)]
    [InlineData(AudioCodec.Pcma, 0xD5, 8)]
    [InlineData(AudioCodec.Pcma, 0x55, -8)]
    [InlineData(AudioCodec.Pcma, 0xDA, 248)]
    [InlineData(AudioCodec.Pcma, 0xC5, 264)]
    [InlineData(AudioCodec.Pcma, 0xAA, 32256)]
    [InlineData(AudioCodec.Pcma, 0x2A, -32256)]
    public void Decodes_the_known_points(AudioCodec codec, int code, int sample) =>
        Assert.Equal(sample, Decode(codec, (byte)code));

    [Theory]
    [InlineData(AudioCodec.Pcmu, 0, 0xFF)]
    [InlineData(AudioCodec.Pcmu, 3, 0xFF)]
    [InlineData(AudioCodec.Pcmu, 4, 0xFE)]
    [InlineData(AudioCodec.Pcmu, -4, 0x7F)]
    [InlineData(AudioCodec.Pcmu, -5, 0x7E)]
    [InlineData(AudioCodec.Pcmu, 1000, 0xCE)]
    [InlineData(AudioCodec.Pcmu, -1000, 0x4E)]
    [InlineData(AudioCodec.Pcmu, 32767, 0x80)]
    [InlineData(AudioCodec.Pcmu, -32768, 0x00)]
    [InlineData(AudioCodec.Pcma, 0, 0xD5)]
    [InlineData(AudioCodec.Pcma, 15, 0xD5)]
    [InlineData(AudioCodec.Pcma, 16, 0xD4)]
    [InlineData(AudioCodec.Pcma, -1, 0x55)]
    [InlineData(AudioCodec.Pcma, -17, 0x54)]
    [InlineData(AudioCodec.Pcma, 1000, 0xFA)]
    [InlineData(AudioCodec.Pcma, -1000, 0x7A)]
    [InlineData(AudioCodec.Pcma, 32767, 0xAA)]
    [InlineData(AudioCodec.Pcma, -32768, 0x2A)]
    public void Encodes_the_known_points(AudioCodec codec, int sample, int code) =>
        Assert.Equal(code, Encode(codec, (short)sample));

    [Theory]
    [InlineData(AudioCodec.Pcmu)]
    [InlineData(AudioCodec.Pcma)]
    public void Every_code_survives_decoding_and_encoding(AudioCodec codec)
    {
        for (int code = 0; code < 256; code++)
        {
            // µ-law has two zeros; the negative one is never the code of a sample that is exactly zero.
            int expected = codec == AudioCodec.Pcmu && code == 0x7F ? 0xFF : code;
            Assert.Equal(expected, Encode(codec, Decode(codec, (byte)code)));
        }
    }

    // G.711 puts each output value in the middle between its two decision values. So the samples that share a code lie evenly
    // around its value, and codes follow samples upwards without a step back. (The outermost code also takes what is clipped.)
    [Theory]
    [InlineData(AudioCodec.Pcmu, 4)]
    [InlineData(AudioCodec.Pcma, 16)]
    public void Every_code_stands_in_the_middle_of_its_samples(AudioCodec codec, int resolution)
    {
        int lowest = short.MinValue, level = Decode(codec, Encode(codec, short.MinValue));
        int intervals = 0;
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            int next = sample == short.MaxValue ? int.MaxValue : Decode(codec, Encode(codec, (short)(sample + 1)));
            Assert.True(next >= level, $"{codec} {sample}: steps back");
            if (next == level) { continue; }
            bool isOutermost = intervals == 0 || next == int.MaxValue;
            bool isCentred = Math.Abs((lowest + sample) / 2.0 - level) <= resolution;
            Assert.True(isOutermost || isCentred, $"{codec}: {lowest} to {sample} are told as {level}");
            (lowest, level, intervals) = (sample + 1, next, intervals + 1);
        }
        Assert.Equal(codec == AudioCodec.Pcmu ? 255 : 256, intervals);
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu)]
    [InlineData(AudioCodec.Pcma)]
    public void Silence_is_the_code_of_zero(AudioCodec codec) => Assert.Equal(Encode(codec, 0), G711.SilenceCode(codec));

    [Theory]
    [InlineData("PCMU", 8000, 1, AudioCodec.Pcmu)]
    [InlineData("pcma", 8000, 1, AudioCodec.Pcma)]
    [InlineData("PCMU", 16000, 1, null)]
    [InlineData("PCMA", 8000, 2, null)]
    [InlineData("opus", 48000, 2, null)]
    public void Codecs_are_known_by_name(string name, int clockRate, int channels, AudioCodec? expected) =>
        Assert.Equal(expected, CodecCatalog.TryFind(name, clockRate, channels, out AudioCodec codec) ? codec : null);

    private static short Decode(AudioCodec codec, byte code)
    {
        Span<short> sample = stackalloc short[1];
        G711.Decode(codec, [code], sample);
        return sample[0];
    }

    private static byte Encode(AudioCodec codec, short sample)
    {
        Span<byte> code = stackalloc byte[1];
        G711.Encode(codec, [sample], code);
        return code[0];
    }
}
