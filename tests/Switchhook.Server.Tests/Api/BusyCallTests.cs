using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Api;

/// <summary>A call whose loop stands still because the world that it lives in does.</summary>
public sealed class BusyCallTests
{
    // realtime-api §9 row 17: it rings on, and 404 would say that it is over.
    [Fact]
    public async Task Who_cannot_attach_because_the_mailbox_is_full_is_told_to_come_again()
    {
        var world = new World(1);
        world.Phones.Place(world.Now, "proj_sim");
        world.Run(TimeSpan.FromSeconds(1));
        CallId id = Assert.Single(world.App.Announced);
        Call call = world.Directory.Find(id, "proj_sim")!;
        while (call.TryTell(new CallMessage.Note(Plane.Api, "test.line", "", default))) { }

        ProjectOptions project = new(new ProjectPolicy { Id = "proj_sim" }, [SHA256.HashData("sk-a-key"u8)], null);
        ApiParts parts = new(world.Directory, null!, world.Disk, world.Engines, new ApiKeys([project]), new ClientSecrets(world.Clock, world.Random), world.Clock, world.Random) { DefaultModel = "simulated" };
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        ApiMetrics metrics = new(services.GetRequiredService<IMeterFactory>());
        DefaultHttpContext http = new();
        http.Request.Method = "GET";
        http.Request.QueryString = new QueryString($"?call_id={id}");
        http.Request.Headers.Authorization = "Bearer sk-a-key";
        http.Features.Set<IHttpWebSocketFeature>(new NoSocket());
        await new RequestTrail(new RealtimeSocket(parts, metrics).EnterAsync, world.Clock, metrics, NullLogger<RequestTrail>.Instance).InvokeAsync(http);

        Assert.Equal((503, "1"), (http.Response.StatusCode, (string?)http.Response.Headers.RetryAfter));
    }

    /// <summary>An upgrade that was asked for and is not to be granted.</summary>
    private sealed class NoSocket : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new InvalidOperationException("nobody was to be let in");
    }
}
