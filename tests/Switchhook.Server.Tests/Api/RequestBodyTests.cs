using System.Text;
using System.Text.Json;
using Switchhook.Realtime;
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
    [InlineData("{\"a\":\"\u0000\"}", "invalid_json")]
    public void A_body_is_an_object_or_an_error(string body, string? code) =>
        Assert.Equal(code, RequestBody.Parse(Encoding.UTF8.GetBytes(body)).Error?.Code);

    [Fact]
    public void Invalid_json_is_told_with_its_position() =>
        Assert.Equal("The body is not valid JSON at line 2, byte 8.", RequestBody.Parse("{\n  \"a\": x }"u8.ToArray()).Error?.Message);

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
