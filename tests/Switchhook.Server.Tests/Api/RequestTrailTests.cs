using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;

namespace Switchhook.Server.Tests.Api;

public sealed class RequestTrailTests
{
    [Fact]
    public async Task A_client_that_did_not_wait_is_not_counted_as_one_that_was_served()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using MetricsText text = new(meters);
        DefaultHttpContext http = new() { RequestAborted = new CancellationToken(canceled: true) };
        RequestTrail trail = new(_ => throw new OperationCanceledException(), TimeProvider.System, new ApiMetrics(meters), NullLogger<RequestTrail>.Instance);

        await trail.InvokeAsync(http);

        Assert.Contains("status=\"499\"", text.Write(), StringComparison.Ordinal);
    }
}
