using System.Diagnostics;
using System.Globalization;
using System.Net;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Engines.Scripted;
using Switchhook.Server.Api;
using Switchhook.Server.Composition;
using Switchhook.Server.Options;
using Switchhook.Sip;
using Switchhook.Transport;
using Host = Switchhook.Server.Composition.Host;

namespace Switchhook.Server.Cli;

/// <summary>
/// One script as a test: a whole server in this process whose every model is this script, one call of a phone that does
/// what the script's <c>caller</c> says, and the expectations as they come into the history of the call.
/// </summary>
internal sealed class TestRun
{
    /// <summary>How long a call may last whose script says neither what must be met nor when to hang up, or of which it is not met.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _file;
    private readonly Script _script;
    private readonly List<ScriptVerdict> _verdicts = [];
    private readonly (ScriptExpectation Expectation, bool MustBeMet)[] _expectations;
    private string _story = "";

    private TestRun(string file, Script script)
    {
        (_file, _script) = (file, script);
        _expectations = [.. ScriptOutline.Expectations(script)];
    }

    /// <summary>Serves, calls and hangs up. Throws what a server throws that cannot start, and <see cref="InvalidDataException"/> for a bad WAV file.</summary>
    public static async Task<TestResult> RunAsync(string file, Script script, ServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        TestRun run = new(file, script);
        long started = time.GetTimestamp();
        PhoneScript phone = run.Phone();
        await using Host host = await Host.StartAsync(options, time);
        TestCheck answered = await run.CallAsync(host, options, phone, time, cancellation);
        await host.StopAsync();
        return new TestResult(file, time.GetElapsedTime(started), [answered, .. run.Checks()], run._story);
    }

    private PhoneScript Phone()
    {
        ScriptCaller caller = _script.Caller ?? new ScriptCaller();
        return new PhoneScript
        {
            Play = caller.Play is { } play ? Speech(play) : default,
            PlayAfter = caller.PlayAfter,
            Keys = caller.Keys,
            KeysAfter = caller.KeysAfter,
            HangUpAfter = caller.HangUpAfter ?? s_patience,
        };
    }

    private short[] Speech(string play)
    {
        string path = Path.GetFullPath(play, Path.GetDirectoryName(Path.GetFullPath(_file))!);
        return File.Exists(path) ? PhoneWave.Read(path) : throw new InvalidDataException($"{_file}: caller.play: \"{play}\" is not there ({path})");
    }

    private async Task<TestCheck> CallAsync(Host host, ServerOptions options, PhoneScript script, TimeProvider time, CancellationToken cancellation)
    {
        string project = options.Projects[0].Id;
        PhoneTarget target = Target(host, options, project);
        TaskCompletionSource ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Phone phone = new(LocalAddress.Towards(target.Peer.ToIPAddress()), time, mediaThreads: 1);
        PhoneCall placed = await phone.PlaceAsync(target, script with
        {
            Told = moment => { if (moment.Kind is PhoneMomentKind.Ringing or PhoneMomentKind.Over) { ringing.TrySetResult(); } },
        });
        await using CancellationTokenRegistration hook = cancellation.Register(() => placed.HangUpAsync());
        await ringing.Task;
        if (host.House.Calls.Live(project) is [Call call, ..]) { await FollowAsync(host, call, placed); }
        PhoneEnding ending = await placed.Over;
        cancellation.ThrowIfCancellationRequested();
        return await placed.Answered is { } after
            ? new TestCheck("the call is answered", TestOutcome.Passed, string.Create(CultureInfo.InvariantCulture, $"after {after.TotalMilliseconds:F0} ms; {ending}"))
            : new TestCheck("the call is answered", TestOutcome.Failed, ending.ToString());
    }

    /// <summary>Reads the history as it happens, to its end. When all that must be met was told, the caller has no reason to stay.</summary>
    private async Task FollowAsync(Host host, Call call, PhoneCall placed)
    {
        List<TimelineEntry> entries = [];
        await foreach (TimelineEntry entry in new TimelineReading(host.House.Api, call.Id, call).AllAsync(0, follow: true, CancellationToken.None))
        {
            if (entries.Count <= Limits.ExplainedEntries) { entries.Add(entry); }
            if (entry.Kind != ScriptVerdict.EventType || ScriptVerdict.Of(entry.Data) is not { } verdict) { continue; }
            _verdicts.Add(verdict);
            if (_script.Caller?.HangUpAfter is null && HasAll) { _ = placed.HangUpAsync(); }
        }
        _story = Explanation.Of(call.Record, entries);
    }

    private bool HasAll => _expectations.Any(e => e.MustBeMet) && _expectations.All(e => !e.MustBeMet || WasTold(e.Expectation));

    private bool WasTold(ScriptExpectation expectation) => _verdicts.Exists(verdict => verdict.Step == expectation.Step);

    private IEnumerable<TestCheck> Checks()
    {
        foreach (ScriptVerdict verdict in _verdicts)
        {
            yield return new TestCheck(Name(verdict.Step, verdict.Line), verdict.Passed ? TestOutcome.Passed : TestOutcome.Failed, verdict.Text);
        }
        foreach ((ScriptExpectation expectation, bool mustBeMet) in _expectations)
        {
            if (WasTold(expectation)) { continue; }
            yield return new TestCheck(Name(expectation.Step, expectation.Line), mustBeMet ? TestOutcome.Failed : TestOutcome.NotReached, "the script never came to it");
        }
    }

    private static string Name(string step, int line) => string.Create(CultureInfo.InvariantCulture, $"{step}, line {line}");

    /// <summary>The first SIP listener; one that listens everywhere is called at home.</summary>
    private static PhoneTarget Target(Host host, ServerOptions options, string project)
    {
        PeerAddress local = host.House.Sip.Listeners[0].Local;
        IPAddress address = local.ToIPAddress();
        if (address.Equals(IPAddress.Any)) { address = IPAddress.Loopback; }
        if (address.Equals(IPAddress.IPv6Any)) { address = IPAddress.IPv6Loopback; }
        PeerAddress peer = PeerAddress.From(address, local.Port);
        return new PhoneTarget($"sip:{project}@{peer}", options.Sip.Listen[0].Transport, peer);
    }
}
