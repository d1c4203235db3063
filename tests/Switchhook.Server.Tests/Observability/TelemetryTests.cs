using Switchhook.Calls;
using Switchhook.Server.Cli;
using Switchhook.Server.Tests.Api;
using Switchhook.Server.Tests.Webhooks;

namespace Switchhook.Server.Tests.Observability;

/// <summary>telemetry.otlp: what a collector on this machine receives of one call, over HTTP and in protobuf.</summary>
[Collection("Alone")]
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_receives_the_metrics_and_the_trace_of_a_call()
    {
        await using WebhookReceiver collector = await WebhookReceiver.StartAsync(200);
        string id;
        DateTimeOffset created;
        await using (LiveServer server = await LiveServer.StartAsync(("SWITCHHOOK__TELEMETRY__OTLP", new Uri(collector.Url, "/collector").AbsoluteUri)))
        {
            (Call call, PhoneCall phone) = await server.RingAsync();
            Assert.Equal(200, (await server.AcceptAsync(call)).Status);
            Assert.Equal(200, (await server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup")).Status);
            await phone.Over.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
            await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
            (id, created) = (call.Id.Value, call.Record.CreatedAt);
        }

        // Both are sent when the server leaves, at the latest; a long run sends more than once.
        var received = new Dictionary<string, OtlpMessage>();
        while (received.Count < 2)
        {
            WebhookDelivery delivery = await collector.NextAsync();
            Assert.Equal(("POST", "application/x-protobuf"), (delivery.Method, delivery.Headers["content-type"]));
            received[delivery.Path] = new OtlpMessage(delivery.Body);
        }
        CheckMetrics(received["/collector/v1/metrics"]);
        CheckTrace(received["/collector/v1/traces"], id, created);
    }

    // ExportMetricsServiceRequest {resource_metrics = 1 {resource = 1, scope_metrics = 2 {scope = 1, metrics = 2}}}.
    private static void CheckMetrics(OtlpMessage request)
    {
        OtlpMessage resource = Assert.Single(request.All(1));
        CheckResource(resource);
        OtlpMessage scope = Assert.Single(resource.All(2));
        Assert.Equal("Switchhook", scope.All(1).Single().Text(1));
        Dictionary<string, OtlpMessage> metrics = scope.All(2).ToDictionary(metric => metric.Text(1));
        foreach (string name in (string[])["switchhook.calls.active", "switchhook.call.duration", "switchhook.sip.messages", "switchhook.media.ticks", "switchhook.api.requests"])
        {
            Assert.Contains(name, metrics.Keys);
        }

        // Sum = 7 {data_points = 1 {as_int = 6, attributes = 7}}.
        OtlpMessage ended = Assert.Single(metrics["switchhook.calls"].All(7).Single().All(1));
        Assert.Equal(1UL, ended.Number(6));
        Assert.Equal(new Dictionary<string, string> { ["ended_by"] = "api", ["ended_because"] = "hung_up" }, ended.Attributes(7));
        Assert.Equal("{call}", metrics["switchhook.calls"].Text(3));

        // Histogram = 9 {data_points = 1 {count = 4}}.
        Assert.Equal(1UL, metrics["switchhook.call.decision"].All(9).Single().All(1).Single().Number(4));
    }

    // ExportTraceServiceRequest {resource_spans = 1 {resource = 1, scope_spans = 2 {scope = 1, spans = 2}}}.
    private static void CheckTrace(OtlpMessage request, string id, DateTimeOffset created)
    {
        OtlpMessage resource = Assert.Single(request.All(1));
        CheckResource(resource);
        OtlpMessage scope = Assert.Single(resource.All(2));
        Assert.Equal("Switchhook", scope.All(1).Single().Text(1));

        // Span {name = 5, kind = 6 (2: server), start = 7, end = 8, attributes = 9, events = 11 {name = 2}}.
        OtlpMessage span = Assert.Single(scope.All(2), span => span.Attributes(9)["switchhook.call_id"] == id);
        Assert.Equal(("call", 2UL), (span.Text(5), span.Number(6)));
        Assert.Equal(created.ToUnixTimeMilliseconds(), (long)(span.Number(7) / 1_000_000));
        Assert.True(span.Number(8) > span.Number(7));
        Assert.Equal(("proj_a", "greeter", "api", "hung_up"), (span.Attributes(9)["switchhook.project"], span.Attributes(9)["switchhook.model"], span.Attributes(9)["switchhook.ended_by"], span.Attributes(9)["switchhook.ended_because"]));
        Assert.Equal(["accepted", "answered"], span.All(11).Select(moment => moment.Text(2)));
    }

    private static void CheckResource(OtlpMessage owner)
    {
        Dictionary<string, string> resource = owner.All(1).Single().Attributes(1);
        Assert.Equal("switchhook", resource["service.name"]);
        Assert.NotEmpty(resource["service.version"]);
    }
}
