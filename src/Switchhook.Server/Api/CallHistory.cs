using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Server.Api;

/// <summary>
/// Requests that want something of a call are told to its history, with how they were answered. Requests that only
/// read are not: reading must not change what is read.
/// </summary>
internal static class CallHistory
{
    public static void Note(Call call, HttpContext http, ApiAnswer answer, TimeSpan took)
    {
        string verb = http.Request.Path.Value is { } path && HttpMethods.IsPost(http.Request.Method) ? path[(path.LastIndexOf('/') + 1)..] : "attach";
        string text = answer.Error is { } error ? $"{verb} → {answer.Status}: {error.Message}" : $"{verb} → {answer.Status}";
        call.Jot(new CallMessage.Note(Plane.Api, "api.request", text, Data(http, answer, took)));
    }

    private static ReadOnlyMemory<byte> Data(HttpContext http, ApiAnswer answer, TimeSpan took) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("method"u8, http.Request.Method);
        json.WriteString("path"u8, http.Request.Path.Value);
        json.WriteNumber("status"u8, answer.Status);
        json.WriteString("request_id"u8, RequestTrail.IdOf(http));
        if (RequestTrail.ClientIdOf(http) is { } clientId) { json.WriteString("client_request_id"u8, clientId); }
        if (answer.Error is { } error)
        {
            json.WriteString("error"u8, error.Message);
            json.WriteString("code"u8, error.Code);
        }
        json.WriteNumber("ms"u8, Math.Round(took.TotalMilliseconds, 1));
        json.WriteEndObject();
    });
}
