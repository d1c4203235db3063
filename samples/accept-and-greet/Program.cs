// A phone agent in one file: hears of a call by webhook, checks the signature, accepts, attaches, greets, and tells
// what happens until the call has ended. It knows nothing of Switchhook but a base URL and a key: the same program
// speaks to any server of the Realtime API over SIP.
//
//   BASE_URL        https://127.0.0.1:8443/v1      where accept and the sideband are
//   API_KEY         sk-demo
//   WEBHOOK_SECRET  whsec_…
//   CA              data/dev-ca.pem                 the authority to trust, when it is not one of the system's
//   PORT            9000                            where webhooks are received
//   MODEL           scripted-greeter
//   CALLS           0                               leave after so many calls; 0 stays

using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

string baseUrl = Setting("BASE_URL", "https://127.0.0.1:8443/v1");
string apiKey = Setting("API_KEY", "sk-demo");
byte[] secret = Secret(Setting("WEBHOOK_SECRET", "whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE="));
string model = Setting("MODEL", "scripted-greeter");
int callsMax = int.Parse(Setting("CALLS", "0"), System.Globalization.CultureInfo.InvariantCulture);
X509Certificate2? authority = Setting("CA", "data/dev-ca.pem") is { Length: > 0 } ca && File.Exists(ca) ? X509CertificateLoader.LoadCertificateFromFile(ca) : null;
using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors) } });
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
var heard = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();      // any webhook may come twice
int calls = 0;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{Setting("PORT", "9000")}");
WebApplication app = builder.Build();
app.MapPost("/", async (HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    string body = await reader.ReadToEndAsync();
    if (!IsSigned(request.Headers, body)) { return Results.Unauthorized(); }
    JsonNode webhook = JsonNode.Parse(body)!;
    if (heard.TryAdd(request.Headers["webhook-id"].ToString(), true) && (string?)webhook["type"] == "realtime.call.incoming")
    {
        string callId = (string)webhook["data"]!["call_id"]!;
        Say(callId, $"incoming from {Header(webhook, "From")}");
        _ = Task.Run(() => ServeAsync(callId));         // the webhook is answered at once; the call has its own time
    }
    return Results.Ok();
});
Console.WriteLine($"app: waiting for webhooks on http://127.0.0.1:{Setting("PORT", "9000")}/");
await app.RunAsync();
return;

async Task ServeAsync(string callId)
{
    try { await TalkAsync(callId); }
    catch (Exception fault) when (fault is HttpRequestException or WebSocketException) { Say(callId, $"gave up: {fault.Message}"); }
    if (++calls == callsMax) { await app.StopAsync(); }
}

// Attach first, then accept: nothing that happens in between is missed.
async Task TalkAsync(string callId)
{
    using var socket = new ClientWebSocket();
    socket.Options.SetRequestHeader("Authorization", $"Bearer {apiKey}");
    socket.Options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
    await socket.ConnectAsync(new Uri($"{baseUrl.Replace("http", "ws", StringComparison.Ordinal)}/realtime?call_id={callId}"), CancellationToken.None);

    JsonObject session = new()
    {
        ["type"] = "realtime",
        ["model"] = model,
        ["instructions"] = "You answer the phone of a small restaurant.",
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["transcription"] = new JsonObject { ["model"] = "whisper-1" },
                ["turn_detection"] = new JsonObject { ["type"] = "server_vad", ["silence_duration_ms"] = 600 },     // people pause
            },
        },
    };
    using HttpResponseMessage accepted = await http.PostAsync(new Uri($"{baseUrl}/realtime/calls/{callId}/accept"), new StringContent(session.ToJsonString(), Encoding.UTF8, "application/json"));
    if (!accepted.IsSuccessStatusCode)
    {
        Say(callId, $"accept was refused: {await accepted.Content.ReadAsStringAsync()}");
        return;
    }
    Say(callId, "accepted");
    await SendAsync(socket, new JsonObject { ["type"] = "response.create" });       // the greeting

    await foreach (JsonNode serverEvent in ReadAsync(socket)) { Tell(callId, serverEvent); }
    Say(callId, $"the sideband was closed: {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
}

static void Tell(string callId, JsonNode serverEvent)
{
    switch ((string?)serverEvent["type"])
    {
        case "session.created": Say(callId, $"session {serverEvent["session"]?["id"]}"); break;
        case "response.output_audio_transcript.done" when (string?)serverEvent["transcript"] is { Length: > 0 }: Say(callId, $"model:  {serverEvent["transcript"]}"); break;
        case "conversation.item.input_audio_transcription.completed": Say(callId, $"caller: {serverEvent["transcript"]}"); break;
        case "input_audio_buffer.speech_started": Say(callId, $"the caller begins to speak at {serverEvent["audio_start_ms"]} ms"); break;
        case "input_audio_buffer.dtmf_event_received": Say(callId, $"key {serverEvent["event"]}"); break;
        case "output_audio_buffer.started": Say(callId, "the caller hears us"); break;
        case "output_audio_buffer.stopped": Say(callId, "the caller has heard it all"); break;
        case "output_audio_buffer.cleared": Say(callId, "the caller interrupted us"); break;
        case "call.caller_disconnected": Say(callId, "the caller has hung up; what is pending still comes"); break;
        case "call.ended": Say(callId, $"ended: {serverEvent["reason"]} by {serverEvent["by"]} after {serverEvent["timing"]?["duration_ms"]} ms"); break;
        case "error": Say(callId, $"error: {serverEvent["error"]?["message"]}"); break;
    }
}

static async IAsyncEnumerable<JsonNode> ReadAsync(ClientWebSocket socket)
{
    byte[] buffer = new byte[64 * 1024];
    using var message = new MemoryStream();
    while (true)
    {
        WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None);
        if (part.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            yield break;
        }
        message.Write(buffer, 0, part.Count);
        if (!part.EndOfMessage) { continue; }
        yield return JsonNode.Parse(message.ToArray())!;
        message.SetLength(0);
    }
}

static Task SendAsync(ClientWebSocket socket, JsonNode clientEvent) =>
    socket.SendAsync(Encoding.UTF8.GetBytes(clientEvent.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);

// Standard Webhooks: HMAC-SHA-256 over id, timestamp and the very bytes of the body.
bool IsSigned(IHeaderDictionary headers, string body)
{
    string id = headers["webhook-id"].ToString(), timestamp = headers["webhook-timestamp"].ToString();
    if (!long.TryParse(timestamp, out long sent) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - sent) > 300) { return false; }
    byte[] expected = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
    return headers["webhook-signature"].ToString().Split(' ').Any(candidate =>
        candidate.StartsWith("v1,", StringComparison.Ordinal) && CryptographicOperations.FixedTimeEquals(expected, Decode(candidate[3..])));
}

// Whose authority it is, is ours to say; that the name is another one's is never right.
bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
{
    if (certificate is null || chain is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) { return false; }
    if (authority is not null)
    {
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
    }
    return chain.Build(new X509Certificate2(certificate));
}

static byte[] Secret(string text) => text.StartsWith("whsec_", StringComparison.Ordinal) ? Convert.FromBase64String(text[6..]) : Encoding.UTF8.GetBytes(text);

static byte[] Decode(string base64)
{
    byte[] bytes = new byte[64];
    return Convert.TryFromBase64String(base64, bytes, out int written) ? bytes[..written] : [];
}

static string Header(JsonNode webhook, string name) =>
    (string?)webhook["data"]!["sip_headers"]!.AsArray().FirstOrDefault(header => string.Equals((string?)header!["name"], name, StringComparison.OrdinalIgnoreCase))?["value"] ?? "?";

static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;

static void Say(string callId, string text) => Console.WriteLine($"app: {callId[..Math.Min(12, callId.Length)]} {text}");
