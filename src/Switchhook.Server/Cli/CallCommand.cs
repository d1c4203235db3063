using System.CommandLine;
using System.Net.Sockets;
using Switchhook.Sip;
using Switchhook.Transport;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook call</c>: places one call, plays and records, and says how it went. Exit code 0 means answered and ended in order.</summary>
internal static class CallCommand
{
    public static Command Create()
    {
        Argument<string> target = new("uri") { Description = "Whom to call, such as sip:proj_demo@127.0.0.1:5060." };
        Option<string?> from = new("--from") { Description = "The caller's address, such as sip:+15550100@example.com.", HelpName = "URI" };
        Option<string?> transport = new("--transport") { Description = "udp or tcp; by default what the address says.", HelpName = "NAME" };
        transport.AcceptOnlyFromAmong("udp", "tcp");
        Option<FileInfo> play = new("--play") { Description = "A WAV file to say: 16 bits, mono or stereo.", HelpName = "FILE" };
        play.AcceptExistingOnly();
        Option<int> playAfter = new("--play-after") { Description = "Milliseconds from the answer to the first word.", HelpName = "MS" };
        Option<FileInfo?> record = new("--record") { Description = "A WAV file for what is heard.", HelpName = "FILE" };
        Option<string> keys = new("--dtmf") { Description = "Keys to press: 0-9, *, #, A-D.", HelpName = "KEYS", DefaultValueFactory = _ => "" };
        keys.Validators.Add(parsed =>
        {
            string given = parsed.GetValueOrDefault<string>();
            if (!given.All(Keypad.Has)) { parsed.AddError("--dtmf takes the keys 0-9, *, # and A-D"); }
            if (given.Length > Limits.DigitsToSend) { parsed.AddError($"--dtmf takes at most {Limits.DigitsToSend} keys"); }
        });
        Option<int> keysAfter = new("--dtmf-after") { Description = "Milliseconds from the answer to the first key.", HelpName = "MS", DefaultValueFactory = _ => 1000 };
        Option<double?> hangUpAfter = new("--hangup-after") { Description = "Seconds from the answer to hang up; by default the other side does, or Ctrl-C.", HelpName = "SECONDS" };
        Option<bool> json = new("--json") { Description = "Print one line of JSON at the end, and nothing else." };
        Command command = new("call", "Place a call, say a WAV file, record what is heard.") { target, from, transport, play, playAfter, record, keys, keysAfter, hangUpAfter, json };
        command.SetAction((parsed, cancellation) =>
        {
            SipTransport? chosen = parsed.GetValue(transport) switch { "tcp" => SipTransport.Tcp, "udp" => SipTransport.Udp, _ => null };
            bool silent = parsed.GetValue(json);
            PhoneScript script = new()
            {
                From = parsed.GetValue(from),
                PlayAfter = TimeSpan.FromMilliseconds(parsed.GetValue(playAfter)),
                Record = parsed.GetValue(record)?.FullName,
                Keys = parsed.GetValue(keys)!,
                KeysAfter = TimeSpan.FromMilliseconds(parsed.GetValue(keysAfter)),
                HangUpAfter = parsed.GetValue(hangUpAfter) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Told = silent ? null : Print,
            };
            return RunAsync(parsed.GetValue(target)!, chosen, script, parsed.GetValue(play), silent, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(string uri, SipTransport? transport, PhoneScript script, FileInfo? play, bool json, CancellationToken cancellation)
    {
        try
        {
            if (play is not null) { script = script with { Play = PhoneWave.Read(play.FullName) }; }
            PhoneTarget target = await PhoneTarget.ResolveAsync(uri, transport, cancellation);
            await using Phone phone = new(LocalAddress.Towards(target.Peer.ToIPAddress()), TimeProvider.System, mediaThreads: 1);
            if (!json) { Console.Out.WriteLine($"calling {target.Uri} over {(target.Transport == SipTransport.Udp ? "udp" : "tcp")} at {target.Peer}"); }
            PhoneCall call = await phone.PlaceAsync(target, script);
            PhoneEnding ending;
            // Ctrl-C is the hook of this phone.
            await using (cancellation.Register(() => call.HangUpAsync())) { ending = await call.Over; }
            PhoneReport report = PhoneReport.Of(target, call, ending, await call.Answered, await call.FirstAudio);
            Console.Out.WriteLine(json ? report.ToJson() : report.ToText());
            if (call.RecordingFailure is { } unwritten) { Console.Error.WriteLine(unwritten); }
            return report.Answered && call.RecordingFailure is null ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidDataException)
        {
            Console.Error.WriteLine(wrong.Message);
            return ExitCode.Configuration;
        }
        catch (Exception wrong) when (wrong is IOException or SocketException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{uri}: {wrong.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    private static void Print(PhoneMoment moment) => Console.Out.WriteLine($"{moment.After.TotalSeconds,8:F3}  {moment.Text}");
}
