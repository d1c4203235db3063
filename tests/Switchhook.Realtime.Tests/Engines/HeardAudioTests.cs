using System.Globalization;
using System.Runtime.InteropServices;
using Switchhook.Engines.Handsets;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>What a driver keeps of the caller's voice for conversation.item.retrieve.</summary>
public sealed class HeardAudioTests
{
    private const int SampleRate = 8000;
    private const int Room = 8 * SampleRate;

    // Against one long record of everything: what is given back is what was heard, what is forgotten is the oldest, and it is bounded.
    [Fact]
    public void Whatever_is_heard_and_kept_is_given_back_whole_or_not_at_all()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var heard = new HeardAudio();
            var record = new List<byte>();
            var items = new List<(string Id, byte[] Codes)>();
            int pending = 0;
            for (int step = 0; step < 3_000; step++)
            {
                short[] frame = new short[random.Next(1, 480)];
                for (int i = 0; i < frame.Length; i++) { frame[i] = (short)random.Next(-9000, 9000); }
                pending = random.Next(8) == 0 ? random.Next(pending + 1) : pending;
                heard.Hear(frame, SampleRate, Length(pending));
                byte[] codes = new byte[frame.Length];
                G711.Encode(AudioCodec.Pcmu, frame, codes);
                record.AddRange(codes);
                pending = Math.Min(pending + frame.Length, Room);
                Assert.InRange(heard.Bytes, 1, Room);
                if (random.Next(30) != 0) { continue; }
                int asked = random.Next(3) switch { 0 => pending, 1 => pending + 1, _ => random.Next(pending) };
                string id = $"item_{items.Count}";
                heard.Keep(id, Length(asked));
                items.Add((id, asked <= pending ? [.. record.TakeLast(asked)] : []));
                pending = 0;
            }
            CheckKept(seed, heard, items);
        }
    }

    private static void CheckKept(int seed, HeardAudio heard, List<(string Id, byte[] Codes)> items)
    {
        bool isForgotten = false;
        Assert.All(items.Where(item => item.Codes.Length == 0), item => Assert.Null(heard.Of(item.Id, AudioFormat.Pcmu)));
        foreach ((string id, byte[] codes) in Enumerable.Reverse(items).Where(item => item.Codes.Length > 0))
        {
            ReadOnlyMemory<byte>? kept = heard.Of(id, AudioFormat.Pcmu);
            Assert.True(kept is null || kept.Value.Span.SequenceEqual(codes), $"seed {seed}, {id}: not what was heard");
            Assert.False(isForgotten && kept is not null, $"seed {seed}, {id}: kept, and a later one is not");
            isForgotten |= kept is null;
        }
    }

    [Fact]
    public void A_turn_that_is_longer_than_all_that_is_kept_is_not_kept_and_the_next_one_is()
    {
        var heard = new HeardAudio();
        short[] second = new short[SampleRate];
        for (int i = 0; i < 16; i++)
        {
            heard.Hear(second, SampleRate, TimeSpan.FromSeconds(i));
            Assert.InRange(heard.Bytes, SampleRate, Room);
        }
        heard.Keep("long", TimeSpan.FromSeconds(16));
        heard.Hear(second, SampleRate, TimeSpan.Zero);
        heard.Keep("short", TimeSpan.FromSeconds(1));
        Assert.Null(heard.Of("long", AudioFormat.Pcmu));
        Assert.Equal(SampleRate, heard.Of("short", AudioFormat.Pcmu)!.Value.Length);
        heard.Forget("short");
        Assert.Null(heard.Of("short", AudioFormat.Pcmu));
    }

    // Each turn with a sound of its own. "4" is a turn of four seconds, "x1" forgets the first, "w4" is one at 24 kHz, "?" is what is still there.
    [Theory]
    [InlineData("4 4 ?", "1 2")]
    [InlineData("4 4 4 ?", "2 3")]
    [InlineData("1 1 1 1 1 1 ?", "1 2 3 4 5 6")]
    [InlineData("4 4 4 4 ?", "3 4")]
    [InlineData("4 4 x1 4 ?", "2 3")]
    [InlineData("2 2 2 x2 2 ?", "1 3 4")]
    [InlineData("4 4 w1 ?", "1 2 3")]
    [InlineData("4 4 w1 4 ?", "3 4")]
    [InlineData("w4 w4 w4 ?", "2 3")]
    [InlineData("w1 4 4 ?", "2 3")]
    [InlineData("w1 w1 w1 ?", "1 2 3")]
    [InlineData("w3 ?", "1")]
    public void Only_the_oldest_turns_make_room(string said, string kept)
    {
        var heard = new HeardAudio();
        var turns = new List<(string Id, byte[] Codes)>();
        foreach (string word in said.Split(' ')[..^1])
        {
            if (word[0] == 'x') { heard.Forget(word[1..]); continue; }
            int rate = word[0] == 'w' ? 3 * SampleRate : SampleRate, seconds = word[^1] - '0';
            short[] frame = new short[rate / 50];
            Array.Fill(frame, (short)(500 * (turns.Count + 1)));
            for (int i = 0; i < 50 * seconds; i++) { heard.Hear(frame, rate, TimeSpan.FromMilliseconds(20 * i)); }
            byte[] codes = new byte[frame.Length];
            G711.Encode(AudioCodec.Pcmu, frame, codes);
            turns.Add(($"{turns.Count + 1}", [.. Enumerable.Repeat(codes[0], SampleRate * seconds)]));
            heard.Keep(turns[^1].Id, TimeSpan.FromSeconds(seconds));
            Assert.InRange(heard.Bytes, 1, said.Contains('w') ? 3 * Room : Room);
        }
        Assert.Equal(kept, string.Join(' ', turns.Where(turn => heard.Of(turn.Id, AudioFormat.Pcmu) is not null).Select(turn => turn.Id)));
        Assert.All(kept.Split(' '), id => IsWhole(heard.Of(id, AudioFormat.Pcmu)!.Value.Span, turns[int.Parse(id, CultureInfo.InvariantCulture) - 1].Codes));
    }

    /// <summary>The constant it was made of; what was resampled begins and ends softly.</summary>
    private static void IsWhole(ReadOnlySpan<byte> audio, byte[] codes)
    {
        Assert.InRange(audio.Length, codes.Length - 40, codes.Length + 40);
        Assert.Equal(-1, audio[100..^100].IndexOfAnyExcept(codes[0]));
    }

    // A call of an hour, a turn every four seconds: the buffer is there after the first minute, and the collector has nothing to do.
    [Fact]
    public void Turns_that_come_and_go_allocate_nothing()
    {
        var heard = new HeardAudio();
        short[] frame = new short[SampleRate / 50];
        long before = 0;
        for (int turn = 0; turn < 900; turn++)
        {
            for (int i = 0; i < 200; i++) { heard.Hear(frame, SampleRate, TimeSpan.FromMilliseconds(20 * i)); }
            heard.Keep("item", TimeSpan.FromSeconds(4));
            if (turn == 15) { before = GC.GetAllocatedBytesForCurrentThread(); }
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 900 * 64);     // a walk through the list each
    }

    // Nor does the next call, nor the hundredth.
    [Fact]
    public void The_buffer_of_one_call_is_the_next_ones()
    {
        short[] frame = new short[SampleRate / 50];
        long before = 0;
        for (int call = 0; call < 100; call++)
        {
            var heard = new HeardAudio();
            for (int i = 0; i < 400; i++) { heard.Hear(frame, SampleRate, TimeSpan.FromMilliseconds(20 * i)); }
            heard.Close();
            if (call == 0) { before = GC.GetAllocatedBytesForCurrentThread(); }
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 99 * 1024);
    }

    /// <summary>Told in the session's format, whatever was heard at which rate; another rate in the middle of a turn leaves only what came after.</summary>
    [Fact]
    public void It_is_told_in_the_format_of_the_session()
    {
        var heard = new HeardAudio();
        foreach (short[] frame in Talk.Frames(SampleRate).Take(50)) { heard.Hear(frame, SampleRate, TimeSpan.FromSeconds(1)); }
        heard.Keep("item_1", TimeSpan.FromSeconds(1));
        Assert.Equal((48_000, 8_000, 8_000), (heard.Of("item_1", AudioFormat.Pcm)!.Value.Length, heard.Of("item_1", AudioFormat.Pcmu)!.Value.Length, heard.Of("item_1", AudioFormat.Pcma)!.Value.Length));
        ReadOnlySpan<short> wide = MemoryMarshal.Cast<byte, short>(heard.Of("item_1", AudioFormat.Pcm)!.Value.Span);
        double narrowEnergy = Talk.Frames(SampleRate).Take(50).SelectMany(frame => frame).Average(sample => (double)sample * sample), wideEnergy = 0;
        foreach (short sample in wide) { wideEnergy += (double)sample * sample / wide.Length; }
        Assert.InRange(wideEnergy / narrowEnergy, 0.9, 1.1);

        heard.Hear(new short[480], 24_000, TimeSpan.FromSeconds(1));
        heard.Keep("item_2", TimeSpan.FromMilliseconds(40));
        Assert.Null(heard.Of("item_2", AudioFormat.Pcm));
        Assert.Null(heard.Of("nobody", AudioFormat.Pcm));
    }

    private static TimeSpan Length(int samples) => TimeSpan.FromTicks((long)samples * TimeSpan.TicksPerSecond / SampleRate);
}
