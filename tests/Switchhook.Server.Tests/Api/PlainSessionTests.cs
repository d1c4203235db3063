using System.Net.WebSockets;
using System.Text.Json;

namespace Switchhook.Server.Tests.Api;

/// <summary>Sessions without a call (realtime-api §3) against a whole server.</summary>
[Collection("Alone")]
public sealed class PlainSessionTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/v1")]
    [InlineData("/openai/v1")]
    public async Task A_session_is_told_first_and_answers_in_text(string prefix)
    {
        using EventClient client = await _server.OpenAsync("model=talker", prefix);
        JsonElement session = (await client.ReadAsync())!.Value.GetProperty("session");
        Assert.Equal("session.created", client.Types.Single());
        Assert.Equal(("talker", "realtime.session"), (session.GetProperty("model").GetString(), session.GetProperty("object").GetString()));
        Assert.StartsWith("sess_", session.GetProperty("id").GetString(), StringComparison.Ordinal);
        await client.SayAsync("""{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}""");
        await client.UntilAsync("session.updated");
        await client.SayAsync("""{"type":"response.create"}""");
        Assert.Equal("Hello.", (await client.UntilAsync("response.output_text.done"))!.Value.GetProperty("text").GetString());
        Assert.Equal("completed", (await client.UntilAsync("response.done"))!.Value.GetProperty("response").GetProperty("status").GetString());
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
    }

    /// <summary>§3.3, §9 row 2: before the upgrade, as HTTP, with the member that is wrong.</summary>
    [Theory]
    [InlineData("model=talker", "sk-wrong", 401, "invalid_api_key", null)]
    [InlineData("model=talker", null, 401, "invalid_api_key", null)]
    [InlineData("", "sk-a-key", 400, "missing_required_parameter", "model")]
    [InlineData("model=", "sk-a-key", 400, "missing_required_parameter", "model")]
    [InlineData("model=gpt-realtime", "sk-a-key", 400, "invalid_value", "model")]
    [InlineData("model=talker", "sk-a-key", 400, "websocket_required", null)]
    public async Task What_is_wrong_is_an_ordinary_answer(string query, string? key, int status, string code, string? param)
    {
        Answer answer = await _server.SendAsync("GET", $"/v1/realtime?{query}", key: key);
        Assert.Equal((status, code, param), (answer.Status, answer.Code, answer.Param));
        Assert.DoesNotContain("session.", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_open_says_so_before_the_upgrade()
    {
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => _server.OpenAsync("model=broken"));
        Assert.Contains("502", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over_and_says_how_long_that_was()
    {
        await using LiveServer server = await LiveServer.StartAsync(("SWITCHHOOK__LIMITS__SESSION_MS", "1000"));
        using EventClient client = await server.OpenAsync("model=talker");
        JsonElement error = (await client.UntilAsync("error"))!.Value.GetProperty("error");
        Assert.Equal(("session_expired", "Your session hit the maximum duration of 1 second."), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal((1001, "Your session hit the maximum duration of 1 second."), await client.ClosedAsync());
    }
}
