using System.Text;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;

namespace Switchhook.Server.Admin;

/// <summary>One part of the server that must work before calls are taken, and what it says when it does not.</summary>
internal readonly record struct ReadyCheck(string Name, string? Trouble);

/// <summary>For those who keep the server running: is it alive, may calls be sent to it, what does it do.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, MetricsText metrics, Func<IReadOnlyList<ReadyCheck>> checks)
    {
        routes.MapGet("/healthz", http => new ApiAnswer(StatusCodes.Status200OK, "ok\n"u8.ToArray(), "text/plain").WriteAsync(http.Response));
        routes.MapGet("/readyz", http => Ready(checks()).WriteAsync(http.Response));
        routes.MapGet("/metrics", http =>
            new ApiAnswer(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(metrics.Write()), MetricsText.ContentType).WriteAsync(http.Response));
    }

    private static ApiAnswer Ready(IReadOnlyList<ReadyCheck> checks)
    {
        bool isReady = checks.All(check => check.Trouble is null);
        ReadOnlyMemory<byte> body = ApiJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ready"u8, isReady);
            foreach (ReadyCheck check in checks) { json.WriteString(check.Name, check.Trouble ?? "ok"); }
            json.WriteEndObject();
        });
        return new ApiAnswer(isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, body, "application/json");
    }
}
