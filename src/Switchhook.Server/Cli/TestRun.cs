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
    private readonly (ScriptExpectation Expectation, int Times)[] _expectations;
    private readonly PhoneScript _phone;
    private string _story = "";

    /// <summary>Reads what the caller says. Throws <see cref="InvalidDataException"/> for a bad WAV file.</summary>
    public TestRun(string file, Script script)
    {
        (_file, _script) = (file, script);
        _expectations = [.. ScriptOutline.Expectations(script)];
        _phone = Phone();
    }

    /// <summary>Serves, calls and hangs up; once. Throws what a server throws that cannot start.</summary>
    public async Task<TestResult> RunAsync(ServerOptions options, IEnumerable<string> models, TimeProvider time, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        string path = Path.GetFullPath(_file);
        await using Host host = await Host.StartAsync(options with { Models = [.. models.Select(name => new ModelOptions(name, EngineKind.Scripted, path))] }, time);
        TestCheck answered = await CallAsync(host, options, time, cancellation);
        await host.StopAsync();
        return new TestResult(_file, time.GetElapsedTime(started), [answered, .. Checks()], _story);
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

    private async Task<TestCheck> CallAsync(Host host, ServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        string project = options.Projects[0].Id;
        PhoneTarget target = Target(host, options, project);
        TaskCompletionSource ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Phone phone = new(LocalAddress.Towards(target.Peer.ToIPAddress()), time, mediaThreads: 1);
        PhoneCall placed = await phone.PlaceAsync(target, _phone with
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

    private bool HasAll => _expectations.Any(e => e.Times > 0) && _expectations.All(e => TimesTold(e.Expectation) >= e.Times);

    private int TimesTold(ScriptExpectation expectation) => _verdicts.Count(verdict => verdict.Step == expectation.Step);

    private IEnumerable<TestCheck> Checks()
    {
        Dictionary<string, int> rounds = new(StringComparer.Ordinal);
        foreach (ScriptVerdict verdict in _verdicts)
        {
            int round = rounds[verdict.Step] = rounds.GetValueOrDefault(verdict.Step) + 1;
            yield return new TestCheck(Name(verdict.Step, verdict.Line, round), verdict.Passed ? TestOutcome.Passed : TestOutcome.Failed, verdict.Text);
        }
        foreach ((ScriptExpectation expectation, int times) in _expectations)
        {
            int told = TimesTold(expectation);
            if (told > 0 && told >= times) { continue; }
            yield return new TestCheck(
                Name(expectation.Step, expectation.Line, told + 1), times > 0 ? TestOutcome.Failed : TestOutcome.NotReached,
                told == 0 ? "the script never came to it" : string.Create(CultureInfo.InvariantCulture, $"the script came to it {told} of {times} times"));
        }
    }

    private static string Name(string step, int line, int round) => string.Create(CultureInfo.InvariantCulture, $"{step}, line {line}{(round > 1 ? $", round {round}" : "")}");

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
