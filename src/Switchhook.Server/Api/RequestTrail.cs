using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Switchhook.Realtime;
using Switchhook.Server.Observability;

namespace Switchhook.Server.Api;

/// <summary>
/// The outermost layer of HTTP: an id for every request, told on every answer; an envelope for every error that has
/// none yet (no such route, body too large, our own fault); one line of log.
/// </summary>
internal sealed partial class RequestTrail(RequestDelegate next, TimeProvider time, ApiMetrics metrics, ILogger<RequestTrail> logger)
{
    private const int ClientIdChars = 128;
    private static readonly object IdKey = new();

    /// <summary>The id of this request, <c>req_…</c>.</summary>
    public static string IdOf(HttpContext http) => (string)http.Items[IdKey]!;

    /// <summary>The id that the client gave its request, when it is printable and not too long.</summary>
    public static string? ClientIdOf(HttpContext http) =>
        (string?)http.Request.Headers["X-Client-Request-Id"] is { Length: > 0 and <= ClientIdChars } id && id.All(letter => letter is >= ' ' and < '\x7f') ? id : null;

    /// <summary>Whether this is how a client's going away was met: while its body is read, the reading knows before the request does.</summary>
    public static bool HasLeft(HttpContext http, Exception met) => met switch
    {
        OperationCanceledException => http.RequestAborted.IsCancellationRequested || met.InnerException is ConnectionAbortedException,
        ConnectionResetException => true,
        _ => false,
    };

    [SuppressMessage("Security", "CA5394", Justification = "The id names a request in logs; nothing is protected by it.")]
    public async Task InvokeAsync(HttpContext http)
    {
        long started = time.GetTimestamp();
        string id = Tokens.New("req_", Random.Shared);
        http.Items[IdKey] = id;
        http.Response.Headers["x-request-id"] = id;
        try
        {
            await next(http);
            if (Missing(http) is { } answer) { await answer.WriteAsync(http.Response); }
        }
        catch (Exception error) when (HasLeft(http, error))
        {
            // Nobody reads it; but the log and the numbers are not to say that it went well.
            if (!http.Response.HasStarted) { http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; }
            Log.Left(logger, http.Request.Method, http.Request.Path, id);
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await Malformed(error).WriteAsync(http.Response);
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            Log.Failed(logger, fault, http.Request.Method, http.Request.Path, id);
            await Fault(id).WriteAsync(http.Response);
        }
        finally
        {
            TimeSpan took = time.GetElapsedTime(started);
            metrics.Answered((http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none", http.Response.StatusCode, took);
            LogLevel level = http.Response.StatusCode < 400 && HttpMethods.IsGet(http.Request.Method) ? LogLevel.Debug : LogLevel.Information;
            string? clientId = ClientIdOf(http);
            Log.Answered(logger, level, http.Request.Method, http.Request.Path, http.Response.StatusCode, took.TotalMilliseconds, id, clientId);
        }
    }

    private static ApiAnswer? Missing(HttpContext http)
    {
        if (http.Response.HasStarted || http.Response.ContentLength is not null || http.Response.ContentType is not null) { return null; }
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiAnswer.NotFound("unknown_url", $"There is no {http.Request.Method} {http.Request.Path} here."),
            StatusCodes.Status405MethodNotAllowed => ApiAnswer.Refuse(StatusCodes.Status405MethodNotAllowed, RealtimeError.Invalid(
                "method_not_supported", $"{http.Request.Path} does not take {http.Request.Method}; allowed: {Allowed(http)}.")),
            _ => null,
        };
    }

    // CONNECT is how HTTP/2 asks for a WebSocket: nobody writes it.
    private static string Allowed(HttpContext http) =>
        string.Join(", ", http.Response.Headers.GetCommaSeparatedValues("Allow").Where(method => !HttpMethods.IsConnect(method)));

    private static ApiAnswer Malformed(BadHttpRequestException error) => ApiAnswer.Refuse(error.StatusCode, RealtimeError.Invalid(
        error.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request_too_large" : "invalid_request",
        error.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body has more than {Limits.ApiBodyBytes} bytes." : error.Message))
        with
    { ShouldRetry = false };

    private static ApiAnswer Fault(string id) => ApiAnswer.Refuse(
        StatusCodes.Status500InternalServerError,
        RealtimeError.Server("internal_error", $"Something broke on our side; the log has the details under {id}."));

    private static partial class Log
    {
        [LoggerMessage(EventId = 4001, Message = "{Method} {Path} {Status} {ElapsedMs:F1} ms {RequestId} {ClientRequestId}")]
        public static partial void Answered(ILogger logger, LogLevel level, string method, PathString path, int status, double elapsedMs, string requestId, string? clientRequestId);

        [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "{Method} {Path} failed, {RequestId}")]
        public static partial void Failed(ILogger logger, Exception fault, string method, PathString path, string requestId);

        [LoggerMessage(EventId = 4003, Level = LogLevel.Debug, Message = "{Method} {Path}: the client went away, {RequestId}")]
        public static partial void Left(ILogger logger, string method, PathString path, string requestId);
    }
}
