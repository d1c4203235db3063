using Microsoft.AspNetCore.Server.Kestrel.Core;
using Switchhook.Server.Admin;
using Switchhook.Server.Api;
using Switchhook.Server.Certificates;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;

namespace Switchhook.Server.Composition;

/// <summary>The HTTP side: Kestrel's listeners, and what answers on them.</summary>
internal static class HttpApi
{
    /// <summary>The contract's own prefix, and the one that Azure's clients use for the same routes.</summary>
    private static readonly string[] Prefixes = ["/v1", "/openai/v1"];

    public static void Listen(KestrelServerOptions kestrel, ApiOptions options, TlsCertificate? tls)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Limits.ApiBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = Limits.ApiConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = Limits.ApiConnections;
        foreach (ApiListen listen in options.Listen)
        {
            kestrel.Listen(listen.EndPoint, endPoint =>
            {
                if (!listen.IsTls) { return; }
                endPoint.UseHttps(https =>
                {
                    https.ServerCertificate = tls!.Certificate;
                    https.ServerCertificateChain = tls.Chain;
                });
            });
        }
    }

    public static void Map(WebApplication app, ApiParts parts, ApiMetrics metrics, MetricsText text, Func<IReadOnlyList<ReadyCheck>> checks)
    {
        app.UseMiddleware<RequestTrail>(parts.Time, metrics);
        app.UseWebSockets();
        app.UseRouting();
        foreach (string prefix in Prefixes)
        {
            new CallActions(parts).Map(app, prefix);
            new CallQueries(parts).Map(app, prefix);
            new ClientSecretRoutes(parts).Map(app, prefix);
            new RealtimeSocket(parts, metrics).Map(app, prefix);
        }
        AdminEndpoints.Map(app, text, checks);
    }
}
