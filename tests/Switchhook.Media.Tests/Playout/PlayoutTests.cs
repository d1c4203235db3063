using System.Globalization;
using Switchhook.Media.Codecs;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests.Playout;

/// <summary>What is told about speech, and when (L20): the story of a session that is released at the beginning unless the row says otherwise.</summary>
public sealed class PlayoutTests
{
    // "1:3" is utterance 1 with three frames, "1:3-" the same without its end; "t5" five ticks; "c1" cut through 1; "hold", "resume".
    // Told: s started, e ended with ms, c cut "utterance@ms". Sent: one sign a tick: the utterance, "." silence, "_" nothing.
    public static TheoryData<string, string, string> Stories => Table.Three("""
        script                        | told                | sent
        t2 1:3 t5                     | s1 e1:60            | ..111..
        1:3 2:2 t6                    | s1 e1:60 s2 e2:40   | 11122.
        1:3- t5 1:2 t4                | s1 e1:100           | 111..11..
        1:3- 2:2 t6                   | s1 e1:60 s2 e2:40   | 11122.
        1:9 t4 c1 t3                  | s1 c1@80            | 1111...
        1:9 t4 c1 1:5 t3              | s1 c1@80            | 1111...
        1:9 t4 c1 2:2 t3              | s1 c1@80 s2 e2:40   | 111122.
        1:2 2:2 t1 c1 t4              | s1 c1@20 s2 e2:40   | 122..
        1:2 2:2 t1 c2 t2              | s1 c1@20            | 1..
        1:2 t4 c1 t1                  | s1 e1:40 c0@0       | 11...
        c3 1:2 t3                     | c0@0                | ...
        1:3- t5 c1 1:2 t2             | s1 c1@60            | 111....
        1:9 t2 c0 t2                  | s1 c0@0             | 1111
        1:4 t2 hold t3 resume t3      | s1 e1:80            | 11___11.
        1:4 t2 hold t1 c1 t1 resume t2 | s1 c1@40           | 11__..
        """);

    [Theory]
    [MemberData(nameof(Stories))]
    public void Speech_is_told_to_the_millisecond(string script, string told, string sent)
    {
        var stage = new PlayoutStage();
        stage.Release();
        stage.Play(script);
        Assert.Equal((told, sent), (stage.Told, stage.SentSigns));
        stage.Close();
        Assert.Equal(0, stage.FramesOut);
    }

    // L20: nothing is played before ACK; then from the first RTP, or after 200 ms without one. "ack" and "rtp" are what happens.
    public static TheoryData<string, string> Releases => new()
    {
        { "1:2 t20", "...................." },
        { "1:2 t3 ack t13", "...*..........11." },
        { "1:2 t3 ack t3 rtp t3", "...*...*11." },
        { "1:2 t2 rtp t2 ack t3", "..*..*11." },
        { "1:2 ack rtp t3", "**11." },
    };

    // L20, §9.32.
    [Theory]
    [MemberData(nameof(Releases))]
    public void Playout_waits_for_the_caller_to_be_there(string script, string sent)
    {
        var stage = new PlayoutStage();
        stage.Play(script);
        Assert.Equal(sent, stage.SentSigns);
        stage.Close();
    }

    [Fact]
    public void What_is_sent_is_what_the_recorder_gets()
    {
        var conversation = new Conversation(3);
        conversation.Release();
        conversation.A.Say(1, Voice.Speech(3, frames: 50));
        conversation.Run(2000);
        byte[] sent = [.. conversation.A.Sent.Where(s => s.IsAudio).SelectMany(s => s.Datagram[12..])];
        var codes = new byte[conversation.A.Spoken.Count];
        G711.Encode(AudioCodec.Pcmu, conversation.A.Spoken.ToArray(), codes);
        Assert.Equal(codes, sent);
        conversation.Close();
    }

    [Fact]
    public void An_engine_that_is_slow_is_counted()
    {
        var stage = new PlayoutStage();
        stage.Release();
        stage.Play("1:3- t5 1:2 t4");
        Assert.Equal(2, stage.Stats.FramesStarved);
        stage.Close();
    }
}

/// <summary>Runs the scripts of <see cref="PlayoutTests"/>.</summary>
internal sealed class PlayoutStage
{
    private readonly Party _party = new(Party.Bob, Party.Plan(Party.Alice));
    private Instant _now;
    private ushort _sequence;

    public string SentSigns { get; private set; } = "";

    public int FramesOut => _party.Pool.Out;

    public MediaStats Stats => _party.Session.Stats;

    public string Told => string.Join(' ', _party.Events.Where(e => e.Kind is not MediaEventKind.FirstRtp).Select(e => e.Kind switch
    {
        MediaEventKind.UtteranceStarted => $"s{e.Utterance}",
        MediaEventKind.UtteranceStopped => $"e{e.Utterance}:{e.Ms}",
        MediaEventKind.Cut => $"c{e.Utterance}@{e.Ms}",
        _ => $"{e.Kind}",
    }));

    public void Release()
    {
        _party.Session.Release(_now);
        Rtp();
    }

    public void Play(string script)
    {
        foreach (string word in script.Split(' ')) { Do(word); }
    }

    public void Close()
    {
        _party.Session.Close(_now);
        while (_party.Speech.TryDequeue(out SpeechFrame frame)) { _party.Session.Say(frame); }
    }

    private void Do(string word)
    {
        switch (word)
        {
            case "ack": _party.Session.Release(_now); SentSigns += '*'; break;
            case "rtp": Rtp(); SentSigns += '*'; break;
            case "hold": _party.Session.Update(_now, Party.Plan(Party.Alice) with { MaySend = false }); break;
            case "resume": _party.Session.Update(_now, Party.Plan(Party.Alice)); break;
            case ['t', .. string count]:
                for (int i = Number(count); i > 0; i--) { Tick(); }
                break;
            case ['c', .. string through]:
                _party.Session.Cut(_now, Number(through));
                _party.Drain(_now);
                break;
            default: Say(word); break;
        }
    }

    private void Say(string word)
    {
        string[] parts = word.TrimEnd('-').Split(':');
        int utterance = Number(parts[0]), frames = Number(parts[1]);
        for (int i = 1; i <= frames; i++)
        {
            FrameLease lease = _party.Pool.Rent();
            lease.Samples.Fill((short)(1000 * utterance));
            _party.Speech.Enqueue(new SpeechFrame(lease, utterance, IsLast: i == frames && !word.EndsWith('-')));
        }
    }

    private void Tick()
    {
        _party.Sent.Clear();
        _party.Tick(_now);
        _now += MediaClock.Frame;
        Sent? audio = _party.Sent.Where(s => s.IsAudio).Cast<Sent?>().SingleOrDefault();
        if (audio is null) { SentSigns += '_'; return; }
        int level = _party.Spoken[^1];
        SentSigns += level == 0 ? "." : $"{level / 1000}";
    }

    private void Rtp()
    {
        Span<byte> datagram = stackalloc byte[172];
        RtpPacket.WriteHeader(datagram, 0, false, _sequence++, _sequence * 160u, 1);
        _party.Receive(_now, Party.Alice, datagram);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
