using System.Diagnostics.Metrics;

namespace Switchhook.Server.Observability;

/// <summary>The process as numbers: what it costs, and how long the garbage collector held it up.</summary>
internal sealed class ProcessMetrics
{
    public ProcessMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterNames.Switchhook);
        meter.CreateObservableCounter("switchhook.process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of the process.");
        meter.CreateObservableGauge("switchhook.process.memory", () => Environment.WorkingSet, "By", "Memory that is resident.");
        meter.CreateObservableCounter("switchhook.process.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that the garbage collector stopped everything.");
        meter.CreateObservableCounter("switchhook.process.gc.collections", () => Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation =>
            new Measurement<long>(Collections(generation), new KeyValuePair<string, object?>("generation", generation))), "{collection}", "Garbage collections, by the oldest generation that was collected.");
        meter.CreateObservableCounter("switchhook.process.gc.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Bytes allocated since the start.");
        meter.CreateObservableGauge("switchhook.process.frames", () => FramePool.Narrowband.Out + FramePool.Wideband.Out, "{frame}", "Audio frames in somebody's hands; idle, it is zero.");
        meter.CreateObservableGauge("switchhook.process.pool.queue", () => ThreadPool.PendingWorkItemCount, "{item}", "Work that waits for a thread of the pool.");
    }

    /// <summary>The runtime counts a collection of an older generation for the younger ones too.</summary>
    private static long Collections(int generation) =>
        GC.CollectionCount(generation) - (generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0);
}
