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
    [InlineData("""{"target_uri":"\ud800"}""", "invalid_json")]
    [InlineData("""{"\udc00":1}""", "invalid_json")]
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
