using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;

namespace Switchhook.Server.Tests.Api;

public sealed class RequestTrailTests
{
    /// <summary>A connection that breaks while a body is read is known by what the reading throws, before the request counts as aborted.</summary>
    public static TheoryData<Exception, bool> Leaving => new()
    {
        { new OperationCanceledException(), true },
        { new ConnectionResetException("reset by peer"), false },
        { new TaskCanceledException("aborted", new ConnectionAbortedException()), false },
    };

    [Theory, MemberData(nameof(Leaving))]
    public async Task A_client_that_did_not_wait_is_not_counted_as_one_that_was_served(Exception left, bool isAborted)
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using MetricsText text = new(meters);
        DefaultHttpContext http = new() { RequestAborted = new CancellationToken(canceled: isAborted) };
        RequestTrail trail = new(_ => throw left, TimeProvider.System, new ApiMetrics(meters), NullLogger<RequestTrail>.Instance);

        await trail.InvokeAsync(http);

        Assert.Contains("status=\"499\"", text.Write(), StringComparison.Ordinal);
    }
}
