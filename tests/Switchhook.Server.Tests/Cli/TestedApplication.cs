using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Switchhook.Server.Tests.Webhooks;

namespace Switchhook.Server.Tests.Cli;

/// <summary>Somebody's phone agent: accepts what the webhook names, asks for the greeting, answers functions, and reads until the end.</summary>
internal sealed class TestedApplication : IAsyncDisposable
{
    private readonly WebhookReceiver _webhooks;
    private readonly HttpClient _http;
    private readonly string _session;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    private TestedApplication(WebhookReceiver webhooks, int apiPort, string session)
    {
        (_webhooks, _session) = (webhooks, session);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{apiPort}") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-a-key");
        _serving = ServeAsync();
    }

    public Uri Webhook => _webhooks.Url;

    /// <summary>Messages that were no JSON, and what the timeline said at that time.</summary>
    public List<(string Message, JsonElement Timeline)> Unreadable { get; } = [];

    /// <param name="apiPort">Where the server under test will be.</param>
    /// <param name="session">The body of accept; "" never accepts.</param>
    public static async Task<TestedApplication> StartAsync(int apiPort, string session) => new(await WebhookReceiver.StartAsync(200), apiPort, session);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try { await _serving; }
        catch (OperationCanceledException) { }
        await _webhooks.DisposeAsync();
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            WebhookDelivery delivery = await _webhooks.NextAsync().AsTask().WaitAsync(_stopping.Token);
            if (_session.Length == 0) { continue; }
            string id = JsonDocument.Parse(delivery.Body).RootElement.GetProperty("data").GetProperty("call_id").GetString()!;
            using ClientWebSocket socket = new();
            socket.Options.SetRequestHeader("Authorization", "Bearer sk-a-key");
            await socket.ConnectAsync(new Uri($"ws://{_http.BaseAddress!.Authority}/v1/realtime?call_id={id}"), _stopping.Token);
            using StringContent body = new(_session, Encoding.UTF8, "application/json");
            using HttpResponseMessage accepted = await _http.PostAsync(new Uri($"/v1/realtime/calls/{id}/accept", UriKind.Relative), body, _stopping.Token);
            if (accepted.IsSuccessStatusCode) { await TalkAsync(socket, id); }
        }
    }

    private async Task TalkAsync(ClientWebSocket socket, string id)
    {
        await SendAsync(socket, """{"type":"response.create"}""");
        byte[] buffer = new byte[64 * 1024];
        while (await ReadAsync(socket, buffer) is { } message)
        {
            JsonElement told;
            try { told = JsonDocument.Parse(message).RootElement; }
            catch (JsonException)
            {
                string timeline = await _http.GetStringAsync(new Uri($"/v1/realtime/calls/{id}/timeline?limit=100", UriKind.Relative), _stopping.Token);
                Unreadable.Add((message, JsonDocument.Parse(timeline).RootElement));
                continue;
            }
            if (told.GetProperty("type").GetString() != "response.function_call_arguments.done") { continue; }
            await SendAsync(socket, $$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{told.GetProperty("call_id").GetString()}}}","output":"{\"status\":\"booked\"}"}}""");
            await SendAsync(socket, """{"type":"response.create"}""");
        }
    }

    private async Task<string?> ReadAsync(ClientWebSocket socket, byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(length), _stopping.Token);
            if (part.MessageType == WebSocketMessageType.Close) { return null; }
            length += part.Count;
            if (part.EndOfMessage) { return Encoding.UTF8.GetString(buffer, 0, length); }
        }
    }

    private Task SendAsync(ClientWebSocket socket, string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, _stopping.Token);
}
