using System.Globalization;
using Switchhook.Realtime;

namespace Switchhook.Server.Api;

/// <summary>How a request is answered: a value, so that it can be written to the caller and to the call's history alike.</summary>
internal sealed record ApiAnswer(int Status, ReadOnlyMemory<byte> Body = default, string? ContentType = null)
{
    /// <summary>What the answer was, when it was an error.</summary>
    public RealtimeError? Error { get; private init; }

    /// <summary>Overrides the rule of the official SDKs, which repeat 408, 409, 429 and everything from 500 (realtime-api §1.9).</summary>
    public bool? ShouldRetry { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What a void action answers: 200 and an empty body (§1.10).</summary>
    public static ApiAnswer Done { get; } = new(StatusCodes.Status200OK);

    public static ApiAnswer Json(ReadOnlyMemory<byte> body) => new(StatusCodes.Status200OK, body, "application/json");

    public static ApiAnswer Refuse(int status, RealtimeError error) =>
        new(status, ErrorEnvelope.Write(error), "application/json") { Error = error };

    public static ApiAnswer Invalid(RealtimeError error) => Refuse(StatusCodes.Status400BadRequest, error);

    public static ApiAnswer NotFound(string code, string message) =>
        Refuse(StatusCodes.Status404NotFound, RealtimeError.Invalid(code, message));

    /// <summary>The model's own error. It is not to be repeated at once: the application is to decide again.</summary>
    public static ApiAnswer EngineFailed(RealtimeError error) => Refuse(
        error.Type == "invalid_request_error" ? StatusCodes.Status400BadRequest : StatusCodes.Status502BadGateway, error) with
    { ShouldRetry = false };

    /// <summary>A call whose mailbox is full.</summary>
    public static ApiAnswer Busy { get; } = Refuse(
        StatusCodes.Status503ServiceUnavailable, RealtimeError.Server("call_busy", "The call cannot take requests at the moment.")) with
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (ShouldRetry is { } retry) { response.Headers["x-should-retry"] = retry ? "true" : "false"; }
        if (RetryAfter is { } after) { response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture); }
        if (!Body.IsEmpty) { await response.Body.WriteAsync(Body, response.HttpContext.RequestAborted); }
    }
}
