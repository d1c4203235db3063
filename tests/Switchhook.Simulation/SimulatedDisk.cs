using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Simulation;

/// <summary>A store in memory that takes its time and, when told so, fails.</summary>
public sealed class SimulatedDisk(TimeProvider time) : ICallStore
{
    private readonly Dictionary<CallId, CallRecord> _records = [];

    public IReadOnlyDictionary<CallId, CallRecord> Records => _records;

    public Dictionary<CallId, List<TimelineEntry>> Timelines { get; } = [];

    /// <summary>How many final records were written for a call.</summary>
    public Dictionary<CallId, int> Ends { get; } = [];

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(2);

    public bool IsBroken { get; set; }

    public async Task BornAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation)
    {
        await WriteAsync(cancellation);
        _records.Add(call.Id, call);
    }

    public bool Append(CallId call, TimelineEntry entry)
    {
        if (!Timelines.TryGetValue(call, out List<TimelineEntry>? timeline)) { Timelines.Add(call, timeline = []); }
        timeline.Add(entry);
        return true;
    }

    public bool Answered(CallRecord call)
    {
        _records[call.Id] = call;
        return true;
    }

    public async Task EndedAsync(CallRecord call, OutboxMessage? webhook, CancellationToken cancellation)
    {
        await WriteAsync(cancellation);
        _records[call.Id] = call;
        Ends[call.Id] = Ends.GetValueOrDefault(call.Id) + 1;
    }

    public Task<CallRecord?> FindAsync(CallId call, CancellationToken cancellation) => Task.FromResult(_records.GetValueOrDefault(call));

    public Task<IReadOnlyList<CallRecord>> ListAsync(string project, int limit, CallId? before, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CallRecord>>([.. _records.Values.Where(record => record.Project == project).Take(limit)]);

    public Task<IReadOnlyList<TimelineEntry>> TimelineAsync(CallId call, long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<TimelineEntry>>([.. Timelines.GetValueOrDefault(call, []).Where(entry => entry.Sequence > after).Take(limit)]);

    public Task<int> CloseAbandonedAsync(DateTimeOffset now, CancellationToken cancellation) => Task.FromResult(0);

    private async Task WriteAsync(CancellationToken cancellation)
    {
        await Task.Delay(Latency, time, cancellation);
        if (IsBroken) { throw new IOException("the simulated disk is broken"); }
    }
}
