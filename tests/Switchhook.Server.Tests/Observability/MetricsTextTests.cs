using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Switchhook.Calls.Ports;
using Switchhook.Server.Observability;
using Switchhook.Sip;

namespace Switchhook.Server.Tests.Observability;

/// <summary>The text is read back with a small reader of the exposition format, which is stricter than Prometheus.</summary>
public sealed partial class MetricsTextTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricsText _text;
    private readonly IMeterFactory _meters;

    public MetricsTextTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _text = new MetricsText(_meters);
    }

    public void Dispose()
    {
        _text.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_call_is_counted_from_birth_to_end()
    {
        CallMetrics metrics = new(_meters);
        Assert.Equal(0, Read()["switchhook_calls_active"]);
        metrics.Born();
        metrics.Born();
        metrics.Refused(new SipCause(404, "No such project"));
        Assert.Equal(2, Read()["switchhook_calls_active"]);

        metrics.Ended(Record(new EndReason(EndedBy.Caller, EndedBecause.HungUp)));
        Dictionary<string, double> read = Read();
        Assert.Equal(1, read["switchhook_calls_active"]);
        Assert.Equal(1, read["""switchhook_calls_total{ended_by="caller",ended_because="hung_up"}"""]);
        Assert.Equal(1, read["""switchhook_calls_refused_total{sip_status="404"}"""]);
    }

    [Fact]
    public void What_was_asked_of_mcp_servers_is_counted_by_what_came_of_it()
    {
        EngineMetrics metrics = new(_meters);
        metrics.McpAnswered(isCall: false, "ok", TimeSpan.FromSeconds(1));
        metrics.McpAnswered(isCall: true, "http_error", TimeSpan.FromSeconds(2));
        Dictionary<string, double> read = Read();
        Assert.Equal(1, read["""switchhook_mcp_questions_total{asked="list",outcome="ok"}"""]);
        Assert.Equal(1, read["""switchhook_mcp_questions_total{asked="call",outcome="http_error"}"""]);
        Assert.Equal(2, read["""switchhook_mcp_duration_seconds_sum{asked="call"}"""]);
    }

    [Fact]
    public void A_histogram_accumulates_its_buckets()
    {
        CallMetrics metrics = new(_meters);
        foreach (int ms in new[] { 3, 30, 300, 30_000 }) { metrics.Answered(Record(null, answeredAfterMs: ms)); }

        Dictionary<string, double> read = Read();
        Assert.Equal(0, read["""switchhook_call_answer_seconds_bucket{le="0.001"}"""]);
        Assert.Equal(1, read["""switchhook_call_answer_seconds_bucket{le="0.005"}"""]);
        Assert.Equal(2, read["""switchhook_call_answer_seconds_bucket{le="0.05"}"""]);
        Assert.Equal(3, read["""switchhook_call_answer_seconds_bucket{le="20"}"""]);
        Assert.Equal(4, read["""switchhook_call_answer_seconds_bucket{le="+Inf"}"""]);
        Assert.Equal(4, read["switchhook_call_answer_seconds_count"]);
        Assert.Equal(30.333, read["switchhook_call_answer_seconds_sum"], 6);
    }

    [Fact]
    public void Labels_are_escaped_and_limited()
    {
        Counter<long> counter = _meters.Create(MeterNames.Switchhook).CreateCounter<long>("switchhook.odd");
        counter.Add(1, new KeyValuePair<string, object?>("name", "a\"b\\c\nd"));
        for (int index = 0; index < 2 * Limits.MetricSeries; index++) { counter.Add(1, new KeyValuePair<string, object?>("name", index)); }
        Dictionary<string, double> read = Read();
        Assert.Equal(1, read["""switchhook_odd_total{name="a\"b\\c\nd"}"""]);
        Assert.Equal(Limits.MetricSeries, read.Keys.Count(key => key.StartsWith("switchhook_odd_total", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_servers_in_one_process_do_not_count_each_other()
    {
        using ServiceProvider others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        new CallMetrics(others.GetRequiredService<IMeterFactory>()).Born();
        _ = new CallMetrics(_meters);
        Assert.Equal(0, Read()["switchhook_calls_active"]);
    }

    [Fact]
    public void The_process_is_told()
    {
        _ = new ProcessMetrics(_meters);
        Dictionary<string, double> read = Read();
        Assert.True(read["switchhook_process_cpu_seconds_total"] > 0);
        Assert.True(read["switchhook_process_memory_bytes"] > 1_000_000);
        Assert.Contains("switchhook_process_gc_pause_seconds_total", read.Keys);

        // An older collection is not counted for the younger generations again: the three of them add up.
        GC.Collect();
        read = Read();
        Assert.True(read["switchhook_process_gc_collections_total{generation=\"2\"}"] >= 1);
        Assert.InRange(read.Where(pair => pair.Key.StartsWith("switchhook_process_gc_collections_total", StringComparison.Ordinal)).Sum(pair => pair.Value), 1, GC.CollectionCount(0));
    }

    private static CallRecord Record(EndReason? reason, int answeredAfterMs = 0)
    {
        DateTimeOffset at = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
        return new CallRecord
        {
            Id = CallId.New(new Random(1)),
            Project = "proj_a",
            State = CallState.Ended,
            SipCallId = "1@x",
            From = "a",
            To = "b",
            Peer = "udp 127.0.0.1:5080",
            CreatedAt = at,
            AcceptedAt = at,
            AnsweredAt = at.AddMilliseconds(answeredAfterMs),
            EndedAt = at.AddSeconds(5),
            Ended = reason,
        };
    }

    private Dictionary<string, double> Read()
    {
        Dictionary<string, double> samples = [];
        foreach (string line in _text.Write().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                Assert.Matches(Comment(), line);
                continue;
            }
            Match match = Sample().Match(line);
            Assert.True(match.Success, line);
            Assert.True(samples.TryAdd(match.Groups[1].Value, double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)), line);
        }
        return samples;
    }

    [GeneratedRegex("""^# (HELP [a-z_]+ \S.*|HELP switchhook_odd_total |TYPE [a-z_]+ (counter|gauge|histogram))$""")]
    private static partial Regex Comment();

    [GeneratedRegex("""^([a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?) ([-+0-9.E]+)$""")]
    private static partial Regex Sample();
}
