using System.Diagnostics.Metrics;

namespace Switchhook.Server.Observability;

/// <summary>What engines ask of MCP servers, as numbers: a caller hears nothing while a tool is waited for.</summary>
internal sealed class EngineMetrics
{
    private readonly Counter<long> _questions;
    private readonly Histogram<double> _duration;

    public EngineMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterNames.Switchhook);
        _questions = meter.CreateCounter<long>("switchhook.mcp.questions", "{question}", "Lists and calls asked of MCP servers, by what came of them.");
        _duration = meter.CreateHistogram<double>("switchhook.mcp.duration", "s", "How long MCP servers took to answer, connecting included.", advice: MeterNames.Seconds);
    }

    public void McpAnswered(bool isCall, string outcome, TimeSpan took)
    {
        string asked = isCall ? "call" : "list";
        _questions.Add(1, new("asked", asked), new("outcome", outcome));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("asked", asked));
    }
}
