using System.Globalization;
using System.Text;
using Switchhook.Measured;

namespace Switchhook.Load;

/// <summary>The figures as a table in Markdown, with all that one must know to repeat them.</summary>
internal sealed class LoadReport(string command)
{
    private readonly List<LoadResult> _results = [];
    private readonly string _loadBefore = Machine.LoadAverage();

    public void Add(LoadResult result) => _results.Add(result);

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Load, {DateTime.UtcNow:yyyy-MM-dd}, {Machine.Commit()}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- Command: `{command}`\n");
        text.Append(CultureInfo.InvariantCulture, $"- Machine: {Machine.Words}; the load tool runs on the same cores\n");
        text.Append(CultureInfo.InvariantCulture, $"- Load average before: {_loadBefore}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Real-time priority for media threads: {(Environment.UserName == "root" ? "yes (run as root)" : "only with CAP_SYS_NICE or RLIMIT_RTPRIO")}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Work: PCMU, 20 ms both ways; scripted model on the same server; the caller speaks 3.7 s of every 10; turns detected; accept over REST, no sideband, no recording\n\n");
        Row(text, "Calls at once", result => $"{result.Calls}");
        text.Append("|---|").Append(string.Concat(_results.Select(_ => "--:|"))).Append('\n');
        Row(text, "Steady window, s", result => $"{result.Seconds:F0}");
        Row(text, "Calls failed", result => $"{result.Failures.Count}");
        Row(text, "CPU of the server, ms per call-second", result => $"{result.CpuMsPerCallSecond:F2}");
        Row(text, "RSS, MiB: idle after warm-up / with calls", result => $"{result.IdleMiB:F0} / {result.ResidentMiB:F0}");
        Row(text, "RSS per call, MiB", result => $"{result.MiBPerCall:F3}");
        Row(text, "INVITE to 200 OK, ms: p50 / p95", result => $"{result.SetUpP50Ms:F1} / {result.SetUpP95Ms:F1}");
        Row(text, "… without the application's time", result => $"{result.OverheadP50Ms:F1} / {result.OverheadP95Ms:F1}");
        Row(text, "… server's own means, ms: INVITE to accept / accept to 200", result => $"{result.DecisionMeanMs:F1} / {result.AnswerMeanMs:F1}");
        Row(text, "RTP interval at the phone off 20 ms: p50 / p99 / max", result => $"{result.DeviationP50Ms:F2} / {result.DeviationP99Ms:F2} / {result.DeviationMaxMs:F1}");
        Row(text, "Server's ticks late, ms at most: p50 / p99 / max", result => $"{result.TickLatenessP50Ms:G3} / {result.TickLatenessP99Ms:G3} / {result.TickLatenessMaxMs:G3}");
        Row(text, "Ticks; more than 20 ms late; skipped", result => $"{result.Ticks}; {result.LateTicks}; {result.SkippedTicks}");
        Row(text, "Packets at the phones: received / lost / later than 60 ms", result => $"{result.PhoneReceived} / {result.PhoneLost} / {result.PhoneLate}");
        Row(text, "Packets at the server: received / lost / late / dropped", result => $"{result.ServerReceived} / {result.ServerLost} / {result.ServerLate} / {result.ServerDropped}");
        Row(text, "Frames the server made up", result => $"{result.ServerConcealed}");
        Row(text, "Packets with a voice in them", result => $"{result.VoiceShare:P0}");
        Row(text, "Allocated, KiB per call-second", result => $"{result.AllocatedKiBPerCallSecond:F1}");
        Row(text, "Garbage collections of generation 0 / 1 / 2; their pauses, ms in all", result => $"{result.GcCollections[0]} / {result.GcCollections[1]} / {result.GcCollections[2]}; {result.GcPauseMs:F0}");
        Row(text, "The tool's own sending late, ms: p99 / max", result => $"{result.OwnLatenessP99Ms:F2} / {result.OwnLatenessMaxMs:F1}");
        text.Append("\nProcessor time of the server by thread, ms per call-second:\n\n");
        Row(text, "Thread", result => $"{result.Calls} calls");
        text.Append("|---|").Append(string.Concat(_results.Select(_ => "--:|"))).Append('\n');
        foreach (string thread in _results[^1].Threads.Where(thread => thread.MsPerCallSecond >= 0.005).Select(thread => thread.Thread))
        {
            Row(text, $"`{thread}`", result => $"{result.Threads.FirstOrDefault(other => other.Thread == thread).MsPerCallSecond:F3}");
        }
        foreach (LoadResult result in _results)
        {
            foreach (string fault in result.Faults) { text.Append(CultureInfo.InvariantCulture, $"\n- {result.Calls} calls: {fault}"); }
        }
        return text.ToString().TrimEnd('\n') + "\n";
    }

    public static string FileName => string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}-{Machine.Commit()}.md");

    private void Row(StringBuilder text, string name, Func<LoadResult, FormattableString> value)
    {
        text.Append("| ").Append(name).Append(" |");
        foreach (LoadResult result in _results) { text.Append(' ').Append(FormattableString.Invariant(value(result))).Append(" |"); }
        text.Append('\n');
    }
}
