using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Switchhook.Load;

/// <summary>The application of the load: hears of a call by webhook and accepts it at once. No sideband: the script speaks of itself.</summary>
internal sealed class Application : IAsyncDisposable
{
    /// <summary>Turns are detected and answered, as in a conversation, but nobody interrupts, so that the model is heard for most of the time.</summary>
    private static readonly byte[] s_accept = Encoding.UTF8.GetBytes(
        """
        {"type":"realtime","model":"load","audio":{"input":{"turn_detection":{"type":"server_vad","create_response":true,"interrupt_response":false}}}}
        """);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, LoadCall> _calls = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new();

    private Application(WebApplication app) => _app = app;

    /// <summary>Where the server's API is; known only once the server runs, which wants to know our address first.</summary>
    public Uri? Api { get; set; }

    public string Url => _app.Urls.First();

    public static async Task<Application> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Application application = new(builder.Build());
        application._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.ApiKey);
        application._app.Run(application.HearAsync);
        await application._app.StartAsync();
        return application;
    }

    public void Expect(LoadCall call) => _calls[call.User] = call;

    /// <summary>The records of the calls, of which the server keeps the last word: lost, late and concealed as it saw them.</summary>
    public async Task<IReadOnlyList<JsonElement>> RecordsAsync()
    {
        List<JsonElement> records = [];
        string? before = null;
        while (true)
        {
            string query = before is null ? "limit=100" : string.Create(CultureInfo.InvariantCulture, $"limit=100&before={before}");
            using JsonDocument page = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Api!, $"/v1/realtime/calls?{query}")));
            records.AddRange(page.RootElement.GetProperty("data").EnumerateArray().Select(record => record.Clone()));
            before = page.RootElement.GetProperty("last_id").GetString();
            if (!page.RootElement.GetProperty("has_more").GetBoolean()) { return records; }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task HearAsync(HttpContext http)
    {
        long announcedNs = Libc.MonotonicNs;
        using JsonDocument webhook = await JsonDocument.ParseAsync(http.Request.Body);
        http.Response.StatusCode = StatusCodes.Status200OK;
        if (webhook.RootElement.GetProperty("type").GetString() != "realtime.call.incoming") { return; }
        JsonElement data = webhook.RootElement.GetProperty("data");
        string from = data.GetProperty("sip_headers").EnumerateArray().First(header => header.GetProperty("name").ValueEquals("From")).GetProperty("value").GetString()!;
        int at = from.IndexOf("sip:", StringComparison.Ordinal) + 4;
        if (!_calls.TryGetValue(from[at..from.IndexOf('@', StringComparison.Ordinal)], out LoadCall? call)) { return; }
        call.AnnouncedNs = announcedNs;
        _ = AcceptAsync(call, data.GetProperty("call_id").GetString()!);
    }

    private async Task AcceptAsync(LoadCall call, string id)
    {
        try
        {
            using ByteArrayContent body = new(s_accept);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            call.AcceptingNs = Libc.MonotonicNs;
            using HttpResponseMessage accepted = await _http.PostAsync(new Uri(Api!, $"/v1/realtime/calls/{id}/accept"), body);
            if (!accepted.IsSuccessStatusCode) { call.Fail($"accept was answered {(int)accepted.StatusCode}: {await accepted.Content.ReadAsStringAsync()}"); }
        }
        catch (HttpRequestException error)
        {
            call.Fail($"accept failed: {error.Message}");
        }
    }
}
