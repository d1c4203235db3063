using System.Globalization;
using System.Net.Http.Headers;
using System.Reflection;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Webhooks;

/// <summary>What one attempt came to: the receiver's status, or 0 and why there was none.</summary>
internal readonly record struct WebhookOutcome(int Status, string? Error, TimeSpan Took)
{
    public bool IsDelivered => Status is >= 200 and < 300;

    /// <summary>410: the receiver wants no more of it.</summary>
    public bool IsUnwanted => Status == 410;
}

/// <summary>One attempt: one POST with a fresh timestamp and signature, and whatever happens is an outcome.</summary>
internal sealed class WebhookPost(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly string UserAgent =
        $"Switchhook/{typeof(WebhookPost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0"}";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        // A redirect would carry the call to where nobody configured it; it is a failure (realtime-api §2.5).
        AllowAutoRedirect = false,
        // What is configured is where it goes, whatever HTTP_PROXY says.
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        // A receiver that has moved is found again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    });

    public async Task<WebhookOutcome> SendAsync(WebhookEndpoint endpoint, OutboxMessage message, CancellationToken stopping)
    {
        long begun = time.GetTimestamp();
        using var patience = new CancellationTokenSource(Limits.WebhookAttempt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            using HttpRequestMessage request = Request(endpoint, message);
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
            int status = (int)response.StatusCode;
            return new WebhookOutcome(status, Complaint(status), time.GetElapsedTime(begun));
        }
        catch (OperationCanceledException)
        {
            string why = stopping.IsCancellationRequested ? "the server is stopping"
                : patience.IsCancellationRequested ? $"no answer within {Limits.WebhookAttempt.TotalSeconds:0} s"
                : $"no connection within {ConnectTimeout.TotalSeconds:0} s";
            return new WebhookOutcome(0, why, time.GetElapsedTime(begun));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException)
        {
            return new WebhookOutcome(0, Why(fault), time.GetElapsedTime(begun));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(WebhookEndpoint endpoint, OutboxMessage message)
    {
        long timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ReadOnlyMemoryContent(message.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation("webhook-id", message.Id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSigner.Sign(endpoint.Secrets, message.Id, timestamp, message.Body.Span));
        return request;
    }

    private static string? Complaint(int status) => status switch
    {
        >= 300 and < 400 => $"answered {status}, and redirects are not followed: configure the URL it leads to",
        410 => "answered 410: the receiver wants no more of it",
        _ => null,
    };

    // The inner message says what about TLS was wrong, the outer one only that something was.
    private static string Why(Exception fault) => fault is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner }
        ? $"TLS: {inner.Message}"
        : fault.Message;
}
