using System.Net;
using System.Text.Json;
using ModelContextProtocol;
using Switchhook.Realtime.Conversations;

namespace Switchhook.Engines.Mcp;

/// <summary>
/// What went wrong between us and an MCP server, in the three kinds that the contract has (realtime-api §5.1). The sentences are ours: what libraries
/// say may hold headers, and those are secrets.
/// </summary>
internal static class McpFailure
{
    private const int ParseError = -32700;
    private const string Remote = "Request failed (remote): ";

    /// <param name="failure">What was thrown.</param>
    /// <param name="overdue">How long it was waited for, when that was too long.</param>
    public static McpError Of(Exception failure, TimeSpan? overdue) => failure switch
    {
        _ when overdue is { } waited => McpError.Execution($"The MCP server did not answer within {waited.TotalSeconds:0} s."),
        _ when Find<McpRefusal>(failure) is { } refusal => McpError.Execution(refusal.Message),
        McpProtocolException said => McpError.Protocol((int)said.ErrorCode, Clipped(said.Message.StartsWith(Remote, StringComparison.Ordinal) ? said.Message[Remote.Length..] : said.Message)),
        HttpRequestException { StatusCode: { } status } => McpError.Http((int)status, Sentence(status)),
        HttpRequestException unreached => McpError.Execution($"The MCP server cannot be reached: {Why(unreached)}"),
        OperationCanceledException { InnerException: TimeoutException } => McpError.Execution($"The MCP server cannot be reached: no connection within {Limits.McpConnect.TotalSeconds:0} s."),
        OperationCanceledException or IOException or ObjectDisposedException => McpError.Execution("The connection to the MCP server was lost."),
        McpException or JsonException or InvalidOperationException or ArgumentException => McpError.Protocol(ParseError, "What the MCP server answered is no JSON-RPC reply to what it was asked."),
        _ => McpError.Execution($"The MCP server could not be asked ({failure.GetType().Name})."),
    };

    public static string Clipped(string text) => Quoted.Clipped(text, Limits.McpErrorChars);

    private static string Sentence(HttpStatusCode status) => (int)status switch
    {
        401 or 403 => $"The MCP server answered {(int)status}: it does not take the tool's 'authorization' or 'headers'.",
        >= 300 and < 400 => $"The MCP server answered {(int)status}, and redirects are not followed: give the URL it leads to.",
        int other => $"The MCP server answered {other}.",
    };

    // The inner message says what about TLS was wrong, the outer one only that something was.
    private static string Why(HttpRequestException failure) => failure is { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner }
        ? $"TLS: {inner.Message}"
        : failure.Message;

    private static T? Find<T>(Exception? failure) where T : Exception
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is T found) { return found; }
        }
        return null;
    }
}
