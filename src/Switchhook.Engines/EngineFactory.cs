using System.Collections.Immutable;
using Switchhook.Calls.Ports;
using Switchhook.Engines.Mcp;
using Switchhook.Engines.Scripted;
using Switchhook.Realtime;

namespace Switchhook.Engines;

/// <summary>Opens the engine that an accept names by its model.</summary>
/// <param name="scripts">What the scripted models do (<see cref="ScriptedModels.Load"/>).</param>
/// <param name="ports">What every engine is given.</param>
public sealed class EngineFactory(ImmutableDictionary<string, Script> scripts, EnginePorts ports) : IEngineFactory, IAsyncDisposable
{
    public IReadOnlyCollection<string> Models { get; } = [.. scripts.Keys.Order(StringComparer.Ordinal)];

    public async Task<EngineOpening> OpenAsync(EngineRequest request, CancellationToken cancellation)
    {
        if (!scripts.TryGetValue(request.Config.Model, out Script? script))
        {
            return new EngineOpening(null, RealtimeError.Invalid(
                "model_not_found", $"The model '{request.Config.Model}' is not configured here. Configured are: {string.Join(", ", Models)}.", "model"));
        }
        try { await Task.Delay(script.Opening.Delay, ports.Time, cancellation); }
        catch (OperationCanceledException)
        {
            return new EngineOpening(null, RealtimeError.Server("engine_timeout", $"The model '{request.Config.Model}' was not ready in time."));
        }
        return script.Opening.Fault is { } fault
            ? new EngineOpening(null, RealtimeError.Server(fault.Code, fault.Message))
            : new EngineOpening(new ScriptedEngine(request, script, ports), null);
    }

    /// <summary>Closes what the engines reached out with.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (McpAccess access in ports.Mcp.Values) { access.Dispose(); }
        return ValueTask.CompletedTask;
    }
}
