using System.Text;
using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;

namespace Switchhook.Server.Tests.Api;

/// <summary>Bytes from outside never throw: they are an object, or an error that says where they stop being one.</summary>
public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData(" \r\n", null)]
    [InlineData("{}", null)]
    [InlineData("""{"a":1}""", null)]
    [InlineData("[]", "invalid_type")]
    [InlineData("null", "invalid_type")]
    [InlineData("7", "invalid_type")]
    [InlineData("{", "invalid_json")]
    [InlineData("{}{}", "invalid_json")]
    [InlineData("""{"a":1,"a":2}""", "invalid_json")]
    [InlineData("""{"a":1,}""", "invalid_json")]
    [InlineData("status_code=486", "invalid_json")]
    [InlineData("""{"target_uri":"\ud800"}""", "invalid_json")]
    [InlineData("""{"\udc00":1}""", "invalid_json")]
    [InlineData("{\"a\":\"\u0000\"}", "invalid_json")]
    public void A_body_is_an_object_or_an_error(string body, string? code) =>
        Assert.Equal(code, RequestBody.Parse(Encoding.UTF8.GetBytes(body)).Error?.Code);

    [Fact]
    public void Invalid_json_is_told_with_its_position() =>
        Assert.Equal("The body is not valid JSON at line 2, byte 8.", RequestBody.Parse("{\n  \"a\": x }"u8.ToArray()).Error?.Message);

    /// <summary>As the socket tells it; and a name may be as long as a body.</summary>
    [Theory]
    [InlineData("type", "Duplicate property 'type' ")]
    [InlineData("LONG", "Duplicate property 'aaaaaaaaaaaaaaa...' ")]
    public void A_member_that_is_there_twice_is_named(string name, string told)
    {
        if (name == "LONG") { name = new string('a', 100_000); }
        byte[] body = Encoding.UTF8.GetBytes($$"""{"{{name}}":"realtime","{{name}}":"realtime"}""");
        Assert.StartsWith($"The body is not valid JSON: {told}", RequestBody.Parse(body).Error?.Message, StringComparison.Ordinal);
        Assert.False(EventReader.TryReadClientEvent(body, out _, out RealtimeError? error, out _));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    /// <summary>It is told again inside of more, to readers of whom most stop at 64 levels.</summary>
    [Theory]
    [InlineData(Limits.JsonDepth, null)]
    [InlineData(Limits.JsonDepth + 1, "invalid_json")]
    public void What_is_taken_can_be_told_and_read_in_a_history(int levels, string? code)
    {
        int own = levels - 3;       // inside of the session, its tools and the tool
        string session = """{"type":"realtime","model":"m","tools":[{"type":"function","name":"x","parameters":""" + Nested(own) + "}]}";
        (JsonElement body, RealtimeError? error) = RequestBody.Parse(Encoding.UTF8.GetBytes(session));
        Assert.Equal(code, error?.Code);
        string update = """{"type":"session.update","session":{"tools":[{"type":"function","name":"x","parameters":""" + Nested(own - 1) + "}]}}";
        bool isRead = EventReader.TryReadClientEvent(Encoding.UTF8.GetBytes(update), out _, out RealtimeError? refused, out _);
        Assert.Equal((code is null, code), (isRead, refused?.Code));
        if (code is not null)
        {
            Assert.All([error!, refused!], told => Assert.Contains($"{Limits.JsonDepth} levels", told.Message, StringComparison.Ordinal));
            return;
        }
        Assert.True(SessionRules.TryCreate(body, default, out SessionConfig? config, out RealtimeError? invalid), invalid?.Message);
        byte[] told = RealtimeJson.Write(new SessionCreated(config) { EventId = "event_1" });
        TimelineEntry entry = new(1, default, Plane.Session, "session.created", "", told);
        using JsonDocument page = JsonDocument.Parse(CallJson.WriteTimeline([entry], hasMore: false));
        Assert.Equal("session.created", page.RootElement.GetProperty("data")[0].GetProperty("data").GetProperty("type").GetString());
    }

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("""{"a":""", levels - 1)) + "{}" + new string('}', levels - 1);

    /// <summary>A name may be as long as a body, and would stand in the answer twice.</summary>
    [Fact]
    public void A_member_that_is_unknown_is_told_by_the_beginning_of_its_name()
    {
        JsonElement body = JsonElement.Parse($$"""{"{{new string('a', 100_000)}}":1}"""), life = JsonElement.Parse($$"""{"expires_after":{"{{new string('a', 100_000)}}":1} }""");
        foreach (RealtimeError? error in (RealtimeError?[])[RejectBody.Read(body).Error, ReferBody.Read(body).Error, ClientSecretBody.Read(body).Error, ClientSecretBody.Read(life).Error])
        {
            Assert.Equal("unknown_parameter", error?.Code);
            Assert.InRange(error!.Message.Length + error.Param!.Length, 200, 300);
        }
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_an_answer_and_never_an_exception()
    {
        byte[] whole = """{"type":"realtime","audio":{"output":{"voice":"marin"}},"tools":[{"type":"function","name":"x"}]}"""u8.ToArray();
        for (int length = 1; length < whole.Length; length++) { Assert.NotNull(RequestBody.Parse(whole.AsMemory(0, length)).Error); }
        for (int seed = 0; seed < 2_000; seed++)
        {
            Random random = new(seed);
            byte[] changed = [.. whole];
            for (int change = 0; change < 4; change++) { changed[random.Next(changed.Length)] = (byte)random.Next(256); }
            (JsonElement body, RealtimeError? error) = RequestBody.Parse(changed);
            Assert.True(error is not null || body.ValueKind == JsonValueKind.Object, $"seed {seed}");
        }
    }

    /// <summary>realtime-api §1.5: what is no telephone number and no SIP URI never reaches the wire, and says so with its param.</summary>
    [Theory]
    [InlineData("""{"target_uri":"tel:+14155550123"}""", "tel:+14155550123", null)]
    [InlineData("""{"target_uri":"sip:agent@example.com;transport=tcp?X-Case=7"}""", "sip:agent@example.com;transport=tcp?X-Case=7", null)]
    [InlineData("""{"target_uri":"SIPS:agent@example.com"}""", "SIPS:agent@example.com", null)]
    [InlineData("{}", "", "missing_required_parameter")]
    [InlineData("""{"target_uri":null}""", "", "missing_required_parameter")]
    [InlineData("""{"target_uri":["tel:+1"]}""", "", "invalid_type")]
    [InlineData("""{"target_uri":""}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"+14155550123"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"tel:"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"tel:;ext=1"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"mailto:agent@example.com"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"<sip:agent@example.com>"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"sip:agent@example.com\r\nX-Evil: 1"}""", "", "invalid_value")]
    [InlineData("""{"target_uri":"sip:agent@exämple.com"}""", "", "invalid_value")]
    public void A_refer_takes_a_sip_or_tel_uri_and_nothing_else(string body, string target, string? code)
    {
        (string read, RealtimeError? error) = ReferBody.Read(RequestBody.Parse(Encoding.UTF8.GetBytes(body)).Body);
        Assert.Equal((target, code), (read, error?.Code));
        if (error is not null) { Assert.Equal("target_uri", error.Param); }
    }

    [Fact]
    public void A_target_has_a_limit()
    {
        string Body(int length) => $$"""{"target_uri":"tel:{{new string('1', length - 4)}}"}""";
        Assert.Null(ReferBody.Read(RequestBody.Parse(Encoding.UTF8.GetBytes(Body(Limits.TransferTargetChars))).Body).Error);
        Assert.Equal("string_above_max_length", ReferBody.Read(RequestBody.Parse(Encoding.UTF8.GetBytes(Body(Limits.TransferTargetChars + 1))).Body).Error?.Code);
    }

    [Theory]
    [InlineData("{}", 603, null, null)]
    [InlineData("""{"status_code":null}""", 603, null, null)]
    [InlineData("""{"status_code":486}""", 486, null, null)]
    [InlineData("""{"status_code":300}""", 300, null, null)]
    [InlineData("""{"status_code":699}""", 699, null, null)]
    [InlineData("""{"status_code":299}""", 0, "invalid_value", "status_code")]
    [InlineData("""{"status_code":700}""", 0, "invalid_value", "status_code")]
    [InlineData("""{"status_code":"486"}""", 0, "invalid_value", "status_code")]
    [InlineData("""{"status_code":486.5}""", 0, "invalid_value", "status_code")]
    [InlineData("""{"status_code":99999999999}""", 0, "invalid_value", "status_code")]
    [InlineData("""{"statuscode":486}""", 0, "unknown_parameter", "statuscode")]
    public void A_reject_says_a_final_status_or_nothing(string body, int status, string? code, string? param)
    {
        (int read, RealtimeError? error) = RejectBody.Read(RequestBody.Parse(Encoding.UTF8.GetBytes(body)).Body);
        Assert.Equal((status, code, param), (read, error?.Code, error?.Param));
    }
}
