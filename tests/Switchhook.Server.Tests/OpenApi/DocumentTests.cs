using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;
using Switchhook.Server.Composition;
using Switchhook.Server.Observability;
using Switchhook.Server.OpenApi;

namespace Switchhook.Server.Tests.OpenApi;

/// <summary>docs/openapi.json says what the server does: neither knows more than the other.</summary>
public sealed class DocumentTests
{
    private static readonly JsonObject Schemas = DocumentWriter.Contract();

    /// <summary>A value of every member of a session that no other member depends on, where the schema alone does not name one.</summary>
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["tunnel_id"] = "\"tunnel_0123456789abcdef0123456789abcdef\"",
        ["connector_id"] = "\"connector_gmail\"",
        ["server_url"] = "\"https://example.com/mcp\"",
    };

    private static readonly SessionRulesContext Rules = new(null) { Prompts = new Dictionary<string, StoredPrompt> { ["a"] = new([new("a", Plain)]) } };

    private static PromptText Plain => PromptText.TryParse("Be plain.", out PromptText? prompt, out _) ? prompt : throw new InvalidOperationException();

    [Fact]
    public void What_is_served_below_v1_is_in_the_document_and_the_other_way_round()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddMetrics();
        using var app = (IDisposable)builder.Build();
        var routes = (WebApplication)app;
        var meters = routes.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using MetricsText text = new(meters);
        HttpApi.Map(routes, new ApiParts(null!, null!, null!, null!, new ApiKeys([]), null!, TimeProvider.System, null!) { DefaultModel = "" }, new ApiMetrics(meters), text, () => []);
        IEnumerable<string> served = ((IEndpointRouteBuilder)routes).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal) && endpoint.RoutePattern.RawText != "/v1/realtime")
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!["/v1".Length..]}"));
        JsonElement paths = JsonElement.Parse(File.ReadAllText(Path.Combine(Root(), "docs", "openapi.json"))).GetProperty("paths");
        IEnumerable<string> told = paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(told.Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Session", null, 100)]
    [InlineData("TranscriptionSession", "m", 40)]
    public void What_the_schema_of_a_session_allows_the_rules_accept_and_what_it_forbids_they_refuse(string name, string? defaultModel, int leastTried)
    {
        int tried = 0;
        List<string> wrong = [];
        foreach ((string json, bool isAllowed) in Sessions(Schemas[name]!, name, body => body))
        {
            bool isAccepted = SessionRules.TryCreate(JsonElement.Parse(json), Rules with { DefaultModel = defaultModel, MayTranscribe = defaultModel is not null }, out _, out RealtimeError? error);
            if (isAllowed != isAccepted) { wrong.Add($"{(isAllowed ? "allowed" : "forbidden")}: {json} {error?.Message}"); }
            tried++;
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.InRange(tried, leastTried, 1000);
    }

    [Fact]
    public void What_a_session_tells_of_itself_stands_in_its_schema()
    {
        const string Full = """
            {"type":"realtime","model":"m","prompt":{"id":"a"},"tracing":"auto","include":[],"parallel_tool_calls":true,"reasoning":{},
             "audio":{"input":{"noise_reduction":{"type":"near_field","strength":1},"transcription":{"model":"t","language":"en","languages":["en"],"prompt":""}},"output":{"voice":{"id":"v"}}},
             "tools":[{"type":"function","name":"f","description":"","parameters":{}},{"type":"mcp","server_label":"s","server_url":"https://example.com"}]}
            """;
        Assert.True(SessionRules.TryCreate(JsonElement.Parse(Full), Rules, out SessionConfig? config, out RealtimeError? error), error?.Message);
        Known(JsonNode.Parse(RealtimeJson.Write(config))!, Schemas["Session"]!, "session");
    }

    [Fact]
    public void Every_body_has_an_example_and_every_example_is_taken()
    {
        Assert.All(ApiRoutes.All, route => Assert.Equal(route.Takes is null, route.Example is null));
        JsonElement Example(ApiRoute route) => JsonElement.Parse(route.Example!);
        Assert.True(SessionRules.TryCreate(Example(ApiRoutes.Accept), Rules, out _, out RealtimeError? error), error?.Message);
        Assert.Null(RejectBody.Read(Example(ApiRoutes.Reject)).Error);
        Assert.Null(ReferBody.Read(Example(ApiRoutes.Refer)).Error);
        (_, JsonElement session, RealtimeError? wrong) = ClientSecretBody.Read(Example(ApiRoutes.CreateClientSecret));
        Assert.Null(wrong);
        Assert.True(SessionRules.TryCreate(session, Rules, out _, out error), error?.Message);
    }

    private static void Known(JsonNode told, JsonNode schema, string at)
    {
        schema = Resolved(schema);
        if (told is JsonArray array) { foreach (JsonNode? one in array) { Known(one!, schema["items"] ?? schema, at + "[]"); } return; }
        if (told is not JsonObject members) { return; }
        JsonNode[] choices = [.. Choices(schema).Where(choice => choice["properties"] is { } known && members.All(member => known[member.Key] is not null))];
        Assert.True(choices.Length > 0 || Choices(schema).All(choice => choice["properties"] is null), $"{at}: {members.ToJsonString()}");
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is not null && choices.Length > 0) { Known(value, choices[0]["properties"]![name]!, $"{at}.{name}"); }
        }
    }

    /// <summary>Bodies that differ from the least session in one member, allowed or forbidden, for every member at any depth.</summary>
    private static IEnumerable<(string Json, bool IsAllowed)> Sessions(JsonNode schema, string name, Func<string, string> nest)
    {
        schema = Resolved(schema);
        var members = schema["properties"]!.AsObject();
        string[] required = [.. (schema["required"]?.AsArray() ?? []).Select(member => member!.GetValue<string>())];
        string Body(string? with, string? value) => nest("{" + string.Join(',',
            required.Where(member => member != with).Select(member => $"\"{member}\":{Least(members[member]!, member)}")
                .Append(name == "McpTool" && with != "server_url" && (with is not ("connector_id" or "tunnel_id") || value == "null") ? "\"server_url\":\"https://example.com\"" : "")
                .Append(with is null || value is null ? "" : $"\"{with}\":{value}").Where(member => member.Length > 0)) + "}");
        yield return (Body("colour", "1"), false);
        // Without its type a choice may be another one.
        foreach (string member in required.Where(member => member != "type" || name is "Session" or "TranscriptionSession" or "FunctionTool" or "McpTool")) { yield return (Body(member, null), false); }
        foreach ((string member, JsonNode? of) in members)
        {
            if (of!["readOnly"] is not null) { continue; }
            foreach ((string value, bool isAllowed) in Values(of, member)) { yield return (Body(member, value), isAllowed); }
            foreach (JsonNode choice in Choices(Resolved(of)).Where(choice => choice["additionalProperties"] is not null))
            {
                foreach ((string, bool) deeper in Sessions(choice, (string?)of["$ref"] ?? member, body => Body(member, body))) { yield return deeper; }
            }
            foreach (JsonNode? element in Resolved(of)["items"]?["oneOf"]?.AsArray() ?? [])
            {
                string kind = ((string)element!["$ref"]!).Split('/')[^1];
                foreach ((string, bool) deeper in Sessions(element, kind, body => Body(member, $"[{body}]"))) { yield return deeper; }
            }
        }
    }

    private static IEnumerable<(string Value, bool IsAllowed)> Values(JsonNode of, string member)
    {
        JsonNode[] choices = [.. Choices(Resolved(of))];
        foreach (JsonNode choice in choices)
        {
            string[] types = Types(choice);
            if (choice["enum"] is JsonArray words)
            {
                foreach (JsonNode? word in words) { yield return (word!.ToJsonString(), true); }
                if (choices.Length == 1) { yield return (types[0] == "string" ? "\"strange\"" : "1", false); }
            }
            else if (types[0] is "integer" or "number")
            {
                string step = types[0] == "integer" ? "1" : "0.01";
                foreach ((string bound, int beyond) in ((string, int)[])[("minimum", -1), ("maximum", 1)])
                {
                    if (choice[bound] is not { } number) { continue; }
                    yield return (number.ToJsonString(), true);
                    yield return ((decimal.Parse(number.ToJsonString(), CultureInfo.InvariantCulture) + (beyond * decimal.Parse(step, CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture), false);
                }
            }
            else if (types[0] == "boolean") { yield return ("true", true); yield return ("\"true\"", false); }
            else if (types[0] == "string") { yield return (Examples.GetValueOrDefault(member, "\"a\""), true); }
            if (types.Contains("null") && choices.Length == 1 && member != "server_url") { yield return ("null", true); }
        }
        if (choices.All(choice => !Types(choice).Contains("array"))) { yield return ("[[]]", false); }
    }

    private static string Least(JsonNode of, string member)
    {
        JsonNode schema = Choices(Resolved(of)).First();
        return schema["enum"]?[0]?.ToJsonString() ?? (Types(schema)[0] switch { "string" => Examples.GetValueOrDefault(member, "\"a\""), "number" or "integer" => schema["minimum"]!.ToJsonString(), _ => "{}" });
    }

    private static string[] Types(JsonNode schema) =>
        schema["type"] switch { JsonArray many => [.. many.Select(type => type!.GetValue<string>())], JsonValue one => [one.GetValue<string>()], _ => ["any"] };

    private static IEnumerable<JsonNode> Choices(JsonNode schema) =>
        (schema["anyOf"] ?? schema["oneOf"]) is JsonArray many ? many.Select(choice => Resolved(choice!)) : [schema];

    private static JsonNode Resolved(JsonNode schema) => (string?)schema["$ref"] is { } reference ? Schemas[reference.Split('/')[^1]]! : schema;

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Switchhook.slnx"))) { at = at.Parent!; }
        return at.FullName;
    }
}
