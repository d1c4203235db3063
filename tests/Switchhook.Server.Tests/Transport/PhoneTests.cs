using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Server.Cli;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

/// <summary>The phone of the command line against an answering machine made of the same planes.</summary>
[Collection("Alone")]
public sealed class PhoneTests
{
    [Theory, InlineData("udp"), InlineData("tcp")]
    public async Task A_call_is_answered_heard_recorded_and_hung_up(string transport)
    {
        await using AnsweringMachine machine = new();
        await using Phone phone = new(IPAddress.Loopback, new SteadyClock(), 44_000, 44_999);
        string recording = Path.Combine(Path.GetTempPath(), $"switchhook-{Guid.NewGuid():N}.wav");
        ConcurrentQueue<PhoneMomentKind> moments = new();
        PhoneCall call = await phone.PlaceAsync(await machine.TargetAsync(transport), new PhoneScript
        {
            Play = Tone(800),
            Record = recording,
            Keys = "12#",
            KeysAfter = TimeSpan.FromMilliseconds(200),
            HangUpAfter = TimeSpan.FromSeconds(2),
            Told = moment => moments.Enqueue(moment.Kind),
        });
        PhoneEnding ending = await call.Over.WaitAsync(SipPeer.Patience, Stop);
        Assert.Equal(new PhoneEnding(PhoneEndedBy.Us, null, null), ending);
        Assert.InRange((await call.Answered)!.Value.TotalMilliseconds, 0, 5_000);
        // The machine echoes: what was said came back, and the keys as well.
        Assert.InRange((await call.FirstAudio)!.Value.TotalMilliseconds, 20, 1_500);
        Assert.Equal("12#", machine.Keys);
        Assert.True(call.Stats is { PacketsSent: > 80, PacketsReceived: > 80, PacketsLost: 0 }, call.Stats.ToString());
        PhoneMomentKind[] inOrder = [PhoneMomentKind.Ringing, PhoneMomentKind.Answered, PhoneMomentKind.FirstAudio, PhoneMomentKind.Over];
        Assert.Equal(inOrder, moments.Where(inOrder.Contains));

        short[] heard = PhoneWave.Read(recording);
        File.Delete(recording);
        Assert.InRange(heard.Length, 85 * 160, 110 * 160);
        Assert.InRange(heard.Count(sample => Math.Abs((int)sample) > 500), 30 * 160, 45 * 160);
        Assert.Equal(0, phone.Media.PortPairsInUse);
    }

    [Theory]
    [InlineData("busy", "refused: 486 nobody is at home")]
    [InlineData("hang up", "the other side hung up (enough)")]
    [InlineData("no codec", "we hung up (The audio stream is disabled (port 0))")]
    public async Task How_a_call_ended_is_told_in_words(string behaviour, string ending)
    {
        await using AnsweringMachine machine = new() { Behaviour = behaviour };
        await using Phone phone = new(IPAddress.Loopback, new SteadyClock(), 44_000, 44_999);
        PhoneCall call = await phone.PlaceAsync(await machine.TargetAsync("udp"), new PhoneScript());
        Assert.Equal(ending, (await call.Over.WaitAsync(SipPeer.Patience, Stop)).ToString());
        Assert.Equal((0, behaviour == "hang up"), (phone.Media.PortPairsInUse, await call.Answered is not null));
    }

    [Fact]
    public async Task A_recording_that_cannot_be_written_ends_the_call_and_is_told()
    {
        const string full = "/dev/full";
        if (!File.Exists(full)) { Assert.Skip($"there is no {full} here"); }
        await using AnsweringMachine machine = new();
        await using Phone phone = new(IPAddress.Loopback, new SteadyClock(), 44_000, 44_999);
        PhoneCall call = await phone.PlaceAsync(await machine.TargetAsync("udp"), new PhoneScript { Record = full });
        PhoneEnding ending = await call.Over.WaitAsync(SipPeer.Patience, Stop);
        Assert.StartsWith($"we hung up ({full} cannot be written: ", ending.ToString(), StringComparison.Ordinal);
        Assert.Equal((ending.Reason, true, 0), (call.RecordingFailure, await call.Answered is not null, phone.Media.PortPairsInUse));
    }

    [Fact]
    public async Task Hanging_up_while_it_rings_cancels()
    {
        await using AnsweringMachine machine = new() { Behaviour = "ring" };
        await using Phone phone = new(IPAddress.Loopback, new SteadyClock(), 44_000, 44_999);
        TaskCompletionSource ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PhoneCall call = await phone.PlaceAsync(await machine.TargetAsync("udp"), new PhoneScript
        {
            Told = moment => { if (moment.Kind == PhoneMomentKind.Ringing) { ringing.TrySetResult(); } },
        });
        await ringing.Task.WaitAsync(SipPeer.Patience, Stop);
        PhoneEnding ending = await call.HangUpAsync().WaitAsync(SipPeer.Patience, Stop);
        Assert.Equal((PhoneEndedBy.Us, 487), (ending.By, ending.Status));
        Assert.True(await machine.Cancelled.Task.WaitAsync(SipPeer.Patience, Stop));
    }

    [Fact]
    public async Task Many_calls_share_one_phone()
    {
        await using AnsweringMachine machine = new();
        await using Phone phone = new(IPAddress.Loopback, new SteadyClock(), 44_000, 44_999);
        PhoneTarget target = await machine.TargetAsync("udp");
        PhoneScript script = new() { Play = Tone(200), PlayAgain = true, HangUpAfter = TimeSpan.FromSeconds(1) };
        PhoneCall[] calls = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => phone.PlaceAsync(target, script)));
        PhoneEnding[] endings = await Task.WhenAll(calls.Select(call => call.Over)).WaitAsync(SipPeer.Patience, Stop);
        Assert.All(endings, ending => Assert.Equal(new PhoneEnding(PhoneEndedBy.Us, null, null), ending));
        Assert.All(calls, call => Assert.True(call.FirstAudio.Result is not null && call.Stats.PacketsReceived > 30, call.Stats.ToString()));
        Assert.Equal((0, 0L, 0L), (phone.Media.PortPairsInUse, phone.Sip.Counters.Faults, phone.Media.Counters.Faults));
    }

    [Theory]
    [InlineData(8_000, 1, 8_000)]
    [InlineData(16_000, 2, 8_000)]
    [InlineData(44_100, 1, 8_000)]
    [InlineData(48_000, 2, 8_000)]
    public void A_wav_of_any_common_kind_becomes_what_a_telephone_says(int rate, int channels, int samples)
    {
        string path = Path.GetTempFileName();
        short[] second = [.. Enumerable.Range(0, rate).SelectMany(at => Enumerable.Repeat((short)(8_000 * Math.Sin(2 * Math.PI * 440 * at / rate)), channels))];
        using (BinaryWriter writer = new(File.Create(path)))
        {
            writer.Write("RIFF"u8); writer.Write(0); writer.Write("WAVELIST"u8); writer.Write(3); writer.Write([1, 2, 3, 0]);
            writer.Write("fmt "u8); writer.Write(16); writer.Write((short)1); writer.Write((short)channels);
            writer.Write(rate); writer.Write(rate * 2 * channels); writer.Write((short)(2 * channels)); writer.Write((short)16);
            writer.Write("data"u8); writer.Write(-1);
            foreach (short sample in second) { writer.Write(sample); }
        }
        short[] read = PhoneWave.Read(path);
        File.Delete(path);
        Assert.InRange(read.Length, samples - 40, samples + 40);
        double level = Math.Sqrt(read.Skip(100).Take(7_000).Average(sample => (double)sample * sample));
        Assert.InRange(level, 5_300, 6_000);
    }

    [Theory]
    [InlineData("", "is not a WAV file")]
    [InlineData("RIFFxxxxWAVE", "holds no audio")]
    [InlineData("RIFFxxxxWAVEdata\u0004\0\0\0abcd", "has audio before its format")]
    [InlineData("RIFFxxxxWAVEfmt \u0004\0\0\0abcd", "has a format that is cut off")]
    [InlineData("RIFFxxxxWAVEfmt \u0010\0\0\0\u0007\0\u0001\0@\u001f\0\0@\u001f\0\0\u0001\0\u0008\0", "is format 7, 8 bits, 1 channels, 8000 Hz")]
    public void A_file_that_cannot_be_played_says_why(string bytes, string why)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(bytes));
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => PhoneWave.Read(path));
        File.Delete(path);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:proj_demo@127.0.0.1", SipTransport.Udp, "127.0.0.1:5060")]
    [InlineData("sip:127.0.0.1:5080;transport=TCP", SipTransport.Tcp, "127.0.0.1:5080")]
    [InlineData("sip:bob@[::1]:5070", SipTransport.Udp, "[::1]:5070")]
    [InlineData("sip:bob@localhost:5070", SipTransport.Udp, "127.0.0.1:5070")]
    public async Task A_target_is_resolved_to_an_address(string uri, SipTransport transport, string peer)
    {
        PhoneTarget target = await PhoneTarget.ResolveAsync(uri, null, Stop);
        Assert.Equal((transport, peer), (target.Transport, target.Peer.ToString()));
    }

    [Theory, InlineData("bob"), InlineData("tel:+15550100"), InlineData("sips:bob@127.0.0.1"), InlineData("sip:"), InlineData("")]
    public async Task A_target_that_cannot_be_called_is_refused(string uri) =>
        await Assert.ThrowsAsync<FormatException>(() => PhoneTarget.ResolveAsync(uri, null, Stop));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static short[] Tone(int ms) => [.. Enumerable.Range(0, 8 * ms).Select(at => (short)(8_000 * Math.Sin(2 * Math.PI * 440 * at / 8_000)))];

    /// <summary>Answers every call and echoes what it hears, unless told to behave otherwise.</summary>
    private sealed class AnsweringMachine : IAsyncDisposable
    {
        private readonly SipPeer _sip = new();
        private readonly MediaPlane _media = new(new MediaPlaneOptions { Address = IPAddress.Loopback, FirstPort = 45_000, LastPort = 45_999, Threads = 1 }, new SteadyClock(), new Random(9));

        public AnsweringMachine() => _sip.Before = OnSip;

        public string Behaviour { get; init; } = "echo";

        public string Keys { get; private set; } = "";

        public TaskCompletionSource<bool> Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<PhoneTarget> TargetAsync(string transport) =>
            PhoneTarget.ResolveAsync($"sip:machine@{(transport == "udp" ? _sip.Udp : _sip.Tcp)};transport={transport}", null, Stop);

        public async ValueTask DisposeAsync()
        {
            await _sip.DisposeAsync();
            await _media.DisposeAsync();
        }

        private void OnSip(SipEvent told)
        {
            switch (told)
            {
                case SipEvent.IncomingCall when Behaviour == "busy":
                    _sip.Pump.Post(new SipCommand.Refuse(told.Dialog, new SipCause(486, "nobody is at home")));
                    break;
                case SipEvent.IncomingCall incoming:
                    _sip.Pump.Post(new SipCommand.Ring(told.Dialog));
                    if (Behaviour != "ring") { Answer(incoming); }
                    break;
                case SipEvent.Established when Behaviour == "hang up":
                    _sip.Pump.Post(new SipCommand.HangUp(told.Dialog, new SipCause(200, "enough")));
                    break;
                case SipEvent.Cancelled:
                    Cancelled.TrySetResult(true);
                    break;
            }
        }

        private void Answer(SipEvent.IncomingCall incoming)
        {
            MediaLeg leg = _media.OpenLeg()!;
            SdpReader.TryRead(incoming.Offer!.Value.Span, out SessionDescription? offer, out _);
            var accepted = (SdpAnswer.Accepted)Negotiator.Answer(offer!, AudioCapabilities.G711, new SdpLocal(leg.Advertised, 1));
            string sdp = SdpWriter.Text(accepted.Local);
            if (Behaviour == "no codec") { sdp = sdp.Replace($"m=audio {leg.Advertised.Port}", "m=audio 0", StringComparison.Ordinal); }
            VoiceLine line = new(8000);
            line.Arrived = () =>
            {
                while (line.Heard.TryRead(out FrameLease? heard))
                {
                    if (!line.Spoken.TryWrite(new SpeechFrame(heard, 1, false))) { heard.Return(); }
                }
            };
            leg.Start(
                new MediaPlan { Codec = AudioCodec.Pcmu, PayloadType = 0, TelephoneEventPayloadType = 101, Remote = accepted.Audio.RemoteRtp, RemoteRtcp = accepted.Audio.RemoteRtcp },
                line, null, told => { if (told.Kind == MediaEventKind.Digit) { Keys += told.Digit; } });
            leg.Release();
            _sip.Pump.Post(new SipCommand.Answer(incoming.Dialog, Encoding.ASCII.GetBytes(sdp)));
        }
    }
}
