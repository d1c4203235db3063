namespace Switchhook.Media.Tests;

public sealed class GoldenTests
{
    // L19: audio cut into packets must be the audio of one piece, sample for sample, whatever the law and the packet length.
    [Theory]
    [InlineData(AudioCodec.Pcmu, 20)]
    [InlineData(AudioCodec.Pcma, 20)]
    [InlineData(AudioCodec.Pcmu, 10)]
    [InlineData(AudioCodec.Pcmu, 30)]
    [InlineData(AudioCodec.Pcma, 40)]
    [InlineData(AudioCodec.Pcmu, 50)]
    [InlineData(AudioCodec.Pcmu, 60)]
    public void Twenty_milliseconds_at_a_time_sound_like_the_whole(AudioCodec codec, int packetMs)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var conversation = new Conversation(seed, plan => plan with { Codec = codec, PayloadType = (byte)codec, PacketMs = packetMs }) { PhaseMs = seed * 2 };
            conversation.Run(500);
            conversation.Release();
            short[] speech = Voice.Speech(seed, frames: 500);
            conversation.A.Say(1, speech);
            conversation.Run(10_800);

            short[] expected = Voice.ThroughCodec(codec, speech);
            int start = FirstMatch(conversation.B.Heard, expected);
            Assert.True(start >= 0, $"seed {seed}: the beginning was not heard");
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(expected[i] == conversation.B.Heard[start + i], $"seed {seed}: differs at {i}");
            }
            Assert.Equal(0, conversation.B.Session.Stats.FramesConcealed);
            Assert.Equal(0, conversation.B.Session.Stats.PacketsLost);
            conversation.Close();
        }
    }

    private static int FirstMatch(List<short> heard, short[] expected)
    {
        int from = Array.FindIndex(expected, sample => Math.Abs((int)sample) > 100);
        for (int start = 0; start + 400 < heard.Count; start++)
        {
            int i = from;
            while (i < from + 300 && start + i < heard.Count && heard[start + i] == expected[i]) { i++; }
            if (i == from + 300) { return start; }
        }
        return -1;
    }
}
