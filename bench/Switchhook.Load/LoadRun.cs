using System.Text.Json;

namespace Switchhook.Load;

/// <summary>One measurement: a server is started, warmed, called, held, hung up on and asked what it saw.</summary>
internal sealed class LoadRun(LoadOptions options, int calls, byte[] words)
{
    private const int WarmUpCalls = 20;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    public async Task<LoadResult> RunAsync()
    {
        await using Application application = await Application.StartAsync();
        await using ServerProcess server = await ServerProcess.StartAsync(Path.GetFullPath(options.Server), application.Url, calls + WarmUpCalls, options.MediaThreads);
        application.Api = server.Api;
        using RtpThread rtp = new(calls + WarmUpCalls, words);
        await using Phones phones = new(server.Sip, rtp);

        // The code is compiled, the lines are synthesized and the pools filled before anything counts.
        LoadCall[] warming = await CallAsync(phones, application, 0, WarmUpCalls);
        await Task.Delay(s_warmUp);
        await HangUpAsync(phones, warming);
        await Task.Delay(s_settle);
        double idleMiB = server.ResidentMiB;

        LoadCall[] called = await CallAsync(phones, application, WarmUpCalls, calls);
        await Task.Delay(s_settle);
        Steady steady = await HoldAsync(server, rtp);
        await HangUpAsync(phones, called);
        IReadOnlyList<JsonElement> media = await RecordsAsync(application, called);
        return Result(called, steady, idleMiB, media);
    }

    private sealed record Steady(
        double Seconds, double CpuMs, IReadOnlyList<(string Thread, double Ms)> Threads, double ResidentMiB, Metrics Before, Metrics After, RtpThread.Window Rtp);

    private async Task<LoadCall[]> CallAsync(Phones phones, Application application, int first, int count)
    {
        LoadCall[] placed = [.. Enumerable.Range(first, count).Select(index => new LoadCall(index))];
        using PeriodicTimer pace = new(TimeSpan.FromSeconds(1.0 / options.Rate));
        foreach (LoadCall call in placed)
        {
            application.Expect(call);
            await phones.PlaceAsync(call);
            await pace.WaitForNextTickAsync();
        }
        await UntilAsync(placed, call => call.Answered, "was not answered");
        return placed;
    }

    private static async Task HangUpAsync(Phones phones, LoadCall[] placed)
    {
        phones.HangUpAll();
        await UntilAsync(placed, call => call.Over, "did not end");
    }

    private static async Task UntilAsync(LoadCall[] placed, Func<LoadCall, Task> milestone, string otherwise)
    {
        try
        {
            await Task.WhenAll(placed.Select(milestone)).WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            foreach (LoadCall call in placed.Where(call => !milestone(call).IsCompleted)) { call.Fail(otherwise); }
        }
    }

    private async Task<Steady> HoldAsync(ServerProcess server, RtpThread rtp)
    {
        RtpThread.Window window = new();
        Metrics before = await server.ReadMetricsAsync();
        Dictionary<string, long> threadsBefore = server.ThreadTimes();
        TimeSpan cpuBefore = server.ProcessorTime;
        long startedNs = Libc.MonotonicNs;
        rtp.Keep(window);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        rtp.Keep(null);
        TimeSpan cpu = server.ProcessorTime - cpuBefore;
        double seconds = (Libc.MonotonicNs - startedNs) / 1e9;
        List<(string, double)> threads =
            [.. server.ThreadTimes().Select(pair => (pair.Key, (pair.Value - threadsBefore.GetValueOrDefault(pair.Key)) / 1e6)).OrderByDescending(pair => pair.Item2)];
        return new Steady(seconds, cpu.TotalMilliseconds, threads, server.ResidentMiB, before, await server.ReadMetricsAsync(), window);
    }

    /// <summary>Records are complete a moment after the goodbye; a call that has no media in its record yet is asked for again.</summary>
    private static async Task<IReadOnlyList<JsonElement>> RecordsAsync(Application application, LoadCall[] called)
    {
        HashSet<string> users = [.. called.Select(call => call.User)];
        List<JsonElement> media = [];
        for (int attempt = 0; attempt < 60 && media.Count < called.Length; attempt++)
        {
            await Task.Delay(500);
            media =
            [
                .. (await application.RecordsAsync())
                    .Where(record => users.Any(user => record.GetProperty("from").GetString()!.Contains($"sip:{user}@", StringComparison.Ordinal)))
                    .Select(record => record.GetProperty("media"))
                    .Where(kept => kept.ValueKind == JsonValueKind.Object),
            ];
        }
        return media;
    }

    private LoadResult Result(LoadCall[] called, Steady steady, double idleMiB, IReadOnlyList<JsonElement> media)
    {
        double callSeconds = calls * steady.Seconds;
        double Delta(string name) => steady.After.Sum(name) - steady.Before.Sum(name);
        long Kept(string name) => media.Sum(record => record.GetProperty(name).GetInt64());
        double Lateness(double share) => steady.After.QuantileMs(steady.Before, "switchhook_media_tick_lateness_seconds", share);
        LoadCall[] answered = [.. called.Where(call => call.AnsweredNs != 0)];
        return new LoadResult
        {
            Calls = calls,
            Seconds = steady.Seconds,
            Failures = [.. called.Where(call => call.Failure is not null).Select(call => call.Failure!)],
            CpuMsPerCallSecond = steady.CpuMs / callSeconds,
            Threads = [.. steady.Threads.Select(thread => (thread.Thread, thread.Ms / callSeconds))],
            ResidentMiB = steady.ResidentMiB,
            IdleMiB = idleMiB,
            SetUpP50Ms = Distribution.Quantile(answered.Select(call => call.SetUpMs), 0.50),
            SetUpP95Ms = Distribution.Quantile(answered.Select(call => call.SetUpMs), 0.95),
            OverheadP50Ms = Distribution.Quantile(answered.Select(call => call.OverheadMs), 0.50),
            OverheadP95Ms = Distribution.Quantile(answered.Select(call => call.OverheadMs), 0.95),
            DecisionMeanMs = steady.After.MeanMs("switchhook_call_decision_seconds"),
            AnswerMeanMs = steady.After.MeanMs("switchhook_call_answer_seconds"),
            DeviationP50Ms = steady.Rtp.Deviations.QuantileMs(0.50),
            DeviationP99Ms = steady.Rtp.Deviations.QuantileMs(0.99),
            DeviationMaxMs = steady.Rtp.Deviations.MaxMs,
            OwnLatenessP99Ms = steady.Rtp.OwnLateness.QuantileMs(0.99),
            OwnLatenessMaxMs = steady.Rtp.OwnLateness.MaxMs,
            TickLatenessP50Ms = Lateness(0.50),
            TickLatenessP99Ms = Lateness(0.99),
            TickLatenessMaxMs = Lateness(1),
            Ticks = (long)Delta("switchhook_media_ticks_total"),
            LateTicks = (long)Delta("switchhook_media_ticks_late_total"),
            SkippedTicks = (long)Delta("switchhook_media_ticks_skipped_total"),
            GcCollections = [.. Enumerable.Range(0, 3).Select(generation => (long)Delta($"switchhook_process_gc_collections_total{{generation=\"{generation}\"}}"))],
            GcPauseMs = Delta("switchhook_process_gc_pause_seconds_total") * 1000,
            AllocatedKiBPerCallSecond = Delta("switchhook_process_gc_allocated_bytes_total") / 1024 / callSeconds,
            VoiceShare = called.Sum(call => call.WithVoice) / Math.Max(1.0, called.Sum(call => call.Received)),
            PhoneReceived = called.Sum(call => call.Received),
            PhoneLost = called.Sum(call => call.Lost),
            PhoneLate = called.Sum(call => call.Late),
            ServerReceived = Kept("packets_received"),
            ServerLost = Kept("packets_lost"),
            ServerLate = Kept("packets_late"),
            ServerDropped = Kept("packets_dropped"),
            ServerConcealed = Kept("frames_concealed"),
            Records = media.Count,
        };
    }
}
