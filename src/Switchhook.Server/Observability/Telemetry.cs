using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Switchhook.Server.Observability;

/// <summary>Metrics and traces to an OTLP collector over HTTP, when one is configured.</summary>
internal sealed class Telemetry(MeterProvider metrics, TracerProvider traces) : IDisposable
{
    public static Telemetry? Export(Uri? collector, string version)
    {
        if (collector is null) { return null; }
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("switchhook", serviceVersion: version);
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MeterNames.Switchhook)
            .AddOtlpExporter(exporter => Point(exporter, collector, "v1/metrics"))
            .Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(MeterNames.Switchhook)
            .AddOtlpExporter(exporter => Point(exporter, collector, "v1/traces"))
            .Build();
        return new Telemetry(metrics, traces);
    }

    /// <summary>What waits to be sent is sent, for a while.</summary>
    public void Dispose()
    {
        metrics.Dispose();
        traces.Dispose();
    }

    private static void Point(OtlpExporterOptions exporter, Uri collector, string signal)
    {
        string root = collector.AbsoluteUri;
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(root.EndsWith('/') ? root + signal : $"{root}/{signal}");
    }
}
