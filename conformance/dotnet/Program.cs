// The official OpenAI package for .NET on a real call: accepts, attaches twice, changes the session, answers a function,
// reads items back, hangs up; and compares every update with the call's own history.
//
//   Switchhook.Conformance BASE_URL KEY CALL_ID MODEL      SSL_CERT_FILE names the authority to trust
//   Switchhook.Conformance read FILE…                      events as JSON lines: can the SDK read them?
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OpenAI.Realtime;
using Switchhook.Conformance;

if (args[0] == "read")
{
    string[] lines = [.. args[1..].SelectMany(File.ReadLines).Where(line => line.StartsWith('{'))];
    foreach (string line in lines) { CheckRead(JsonElement.Parse(line)); }
    Console.WriteLine($"{lines.Length} events");
    return 0;
}

(string baseUrl, string key, string callId, string model) = (args[0], args[1], args[2], args[3]);
using CancellationTokenSource patience = new(TimeSpan.FromMinutes(4));
using HttpClient http = new() { BaseAddress = new Uri(baseUrl + "/") };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
RealtimeClient client = new(new ApiKeyCredential(key), new RealtimeClientOptions { Endpoint = new Uri(baseUrl) });
RealtimeSessionClientOptions thisCall = new() { QueryString = $"call_id={callId}" };

// One socket is read as the SDK's own types, the other one as the JSON that came.
using RealtimeSessionClient session = await client.StartConversationSessionAsync("unused", thisCall, patience.Token);
using RealtimeSessionClient witness = await client.StartConversationSessionAsync("unused", thisCall, patience.Token);
Task<List<JsonElement>> witnessed = WitnessAsync();
using HttpResponseMessage accepted = await http.PostAsJsonAsync($"realtime/calls/{callId}/accept", new
{
    type = "realtime",
    model,
    audio = new { input = new { transcription = new { model = "whisper-1" }, turn_detection = new { type = "server_vad", silence_duration_ms = 1500 } } },
    tools = new[] { new { type = "function", name = "book_table", parameters = new { type = "object" } } },
}, patience.Token);
Check.That(accepted.IsSuccessStatusCode, $"accept → {(int)accepted.StatusCode}");

Conversation conversation = new(session);
await foreach (RealtimeServerUpdate update in session.ReceiveUpdatesAsync(patience.Token))
{
    await conversation.HearAsync(update, patience.Token);
    if (!conversation.IsOver) { continue; }
    using HttpResponseMessage hungUp = await http.PostAsync($"realtime/calls/{callId}/hangup", null, patience.Token);
    Check.That(hungUp.IsSuccessStatusCode, $"hangup → {(int)hungUp.StatusCode}");
}
conversation.CheckAll();

List<JsonElement> raw = await witnessed;
Check.Same(raw.Select(update => update.GetProperty("type").GetString()!), conversation.Types, "both sockets were told the same");
foreach (JsonElement update in raw) { CheckRead(update); }
await CheckHistoryAsync(raw);
Console.WriteLine($"{raw.Count} updates");
return 0;

async Task<List<JsonElement>> WitnessAsync()
{
    List<JsonElement> updates = [];
    await foreach (ClientResult result in witness.ReceiveUpdatesAsync(new RequestOptions { CancellationToken = patience.Token }))
    {
        using JsonDocument update = JsonDocument.Parse(result.GetRawResponse().Content);
        updates.Add(update.RootElement.Clone());
    }
    return updates;
}

// What the SDK has read it can write, and nothing of it is lost.
static void CheckRead(JsonElement update)
{
    // The SDK takes the code of an MCP error for text; it is an integer (realtime-api §5.1), and such an event cannot be read with it.
    if (update.GetRawText() is var text && (text.Contains("\"protocol_error\"", StringComparison.Ordinal) || text.Contains("\"http_error\"", StringComparison.Ordinal))) { return; }
    RealtimeServerUpdate read = ModelReaderWriter.Read<RealtimeServerUpdate>(BinaryData.FromString(update.GetRawText()))!;
    string type = update.GetProperty("type").GetString()!;
    // Our own, and one of the beta's, which it reads over.
    bool isNotTheirs = type.StartsWith("call.", StringComparison.Ordinal) || type == "transcription_session.updated";
    Check.That(read.GetType().IsPublic || isNotTheirs, $"the SDK does not know {type}");
    using JsonDocument written = JsonDocument.Parse(ModelReaderWriter.Write(read));
    Check.That(Check.Holds(written.RootElement, update), $"the SDK read\n  {update}\nas\n  {written.RootElement}");
}

// Every update is an entry of the call's timeline, in this order, with the same JSON but for the bytes of audio.
async Task CheckHistoryAsync(List<JsonElement> updates)
{
    JsonElement timeline = await http.GetFromJsonAsync<JsonElement>($"realtime/calls/{callId}/timeline?limit=10000", patience.Token);
    Dictionary<string, JsonElement> told = [];
    foreach (JsonElement entry in timeline.GetProperty("data").EnumerateArray())
    {
        JsonElement data = entry.GetProperty("data");
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("event_id", out JsonElement id)) { told.Add(id.GetString()!, data); }
    }
    List<string> ids = [.. updates.Select(update => update.GetProperty("event_id").GetString()!)];
    Check.Same(told.Keys.Where(id => ids.Contains(id)), ids, "the history has the order of the socket");
    foreach (JsonElement update in updates)
    {
        JsonElement kept = told[update.GetProperty("event_id").GetString()!];
        bool hasAudio = update.GetProperty("type").GetString() == "conversation.item.retrieved";
        Check.That(hasAudio ? Check.Holds(update, kept) && !JsonElement.DeepEquals(update, kept) : JsonElement.DeepEquals(kept, update), $"the history has\n  {kept}\nfor\n  {update}");
    }
}
