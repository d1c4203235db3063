using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Calls.Ports;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Server.Sessions;
using Switchhook.Server.Tests.Options;

namespace Switchhook.Server.Tests.Api;

public sealed class PlainSessionsTests
{
    /// <summary>An engine that cannot be left costs its own session and no place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_fails_to_close_is_counted_no_longer(bool atOnce)
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        SessionLog log = new(services.GetRequiredService<IMeterFactory>(), NullLogger<SessionLog>.Instance);
        PlainSessions sessions = new(new Engines(atOnce), log, TimeProvider.System, new Random(1));
        using OptionsFolder folder = new();
        ProjectOptions project = folder.Read("""
            { "projects": [ { "id": "proj_a", "api_keys": ["sk-a-key"] } ], "models": { "greeter": { "engine": "scripted", "script": "flow.yaml" } } }
            """).Projects[0];
        (PlainSession? session, _) = await sessions.OpenAsync(project, new SessionConfig { Model = "m" }, TestContext.Current.CancellationToken);
        Assert.Equal(1, sessions.Count);

        await sessions.RunAsync(session!, _ => Task.CompletedTask);

        Assert.Equal(0, sessions.Count);
    }

    private sealed class Engines(bool atOnce) : IEngineFactory
    {
        public IReadOnlyCollection<string> Models => ["m"];

        public Task<EngineOpening> OpenAsync(EngineRequest request, CancellationToken cancellation) => Task.FromResult(new EngineOpening(new Stuck(atOnce), null));
    }

    private sealed class Stuck(bool atOnce) : IVoiceEngine
    {
        public ChannelReader<ServerEvent> Events { get; } = Channel.CreateBounded<ServerEvent>(1).Reader;

        public ValueTask<bool> PostAsync(ClientEvent clientEvent) => ValueTask.FromResult(true);

        public void TellAudio(bool isWanted) { }

        public void CallerGone() { }

        public ValueTask DisposeAsync()
        {
            InvalidOperationException stuck = new("it cannot be left");
            return atOnce ? throw stuck : ValueTask.FromException(stuck);
        }
    }
}
