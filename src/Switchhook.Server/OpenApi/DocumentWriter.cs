using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Server.Api;
using Switchhook.Server.Api.Shapes;

namespace Switchhook.Server.OpenApi;

/// <summary>
/// Operations are those of <see cref="ApiRoutes"/>. Our own objects are described by their types (<see cref="ApiShapes"/>), the
/// contract's by contract.schemas.json, because what a session may be is a matter of rules and not of a type.
/// </summary>
internal sealed class DocumentWriter(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
{
    private const string Json = "application/json";

    /// <summary>What is described in contract.schemas.json, by the type that reads or holds it.</summary>
    private static readonly Dictionary<Type, string> OfContract = new()
    {
        [typeof(SessionConfig)] = "Session",
        [typeof(ClientSecretBody)] = "ClientSecretRequest",
        [typeof(ClientSecret)] = "ClientSecret",
    };

    public async Task WriteAsync()
    {
        document.Info = new OpenApiInfo
        {
            Title = "Switchhook",
            Version = "v1",
            Description = "The Realtime API's calls, self-hosted. Every answer has x-request-id. The same routes stand below /openai/v1. The WebSocket and its events are described in docs/protocol.",
        };
        document.Servers = [new OpenApiServer { Url = "https://localhost:8443/v1" }];
        document.AddComponent("key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "One of the project's api_keys." });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
        foreach ((string name, JsonNode? schema) in Contract()) { document.AddComponent(name, Read(schema!)); }
        document.Paths = [];
        foreach (ApiRoute route in ApiRoutes.All)
        {
            if (!document.Paths.TryGetValue(route.Path, out IOpenApiPathItem? item)) { document.Paths[route.Path] = item = new OpenApiPathItem(); }
            ((OpenApiPathItem)item).AddOperation(new HttpMethod(route.Method), await OperationAsync(route));
        }
        document.Webhooks = new Dictionary<string, IOpenApiPathItem>
        {
            ["realtime.call.incoming"] = Webhook("A call rings", "IncomingCall"),
            ["switchhook.call.ended"] = Webhook("A call has ended", "EndedCall"),
        };
    }

    /// <summary>The schemas of what is not ours to shape, by name.</summary>
    internal static JsonObject Contract()
    {
        using Stream file = typeof(DocumentWriter).Assembly.GetManifestResourceStream("Switchhook.Server.OpenApi.contract.schemas.json")!;
        return JsonNode.Parse(file)!.AsObject();
    }

    private async Task<OpenApiOperation> OperationAsync(ApiRoute route)
    {
        OpenApiOperation operation = new()
        {
            OperationId = route.Name,
            Summary = route.Summary,
            Description = route.Text,
            Parameters = [.. Parameters(route)],
            Deprecated = route.IsRetired,
            Responses = [],
        };
        if (!route.IsRetired)
        {
            operation.Responses["200"] = new OpenApiResponse
            {
                Description = route.Answers is null ? "Done; the body is empty." : route.Method == "GET" ? "Found." : "Made.",
                Content = route.Answers is { } answers ? Content(route.AnswerType, await SchemaAsync(answers)) : null,
            };
        }
        if (route.Takes is { } takes)
        {
            operation.RequestBody = new OpenApiRequestBody { Required = !route.MayTakeNothing, Content = Content(Json, await SchemaAsync(takes), route.Example) };
        }
        foreach ((int status, string when) in route.Errors)
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] =
                new OpenApiResponse { Description = when, Content = Content(Json, await SchemaAsync(typeof(ErrorObject))) };
        }
        return operation;
    }

    private async Task<IOpenApiSchema> SchemaAsync(Type type)
    {
        if (OfContract.TryGetValue(type, out string? name)) { return new OpenApiSchemaReference(name, document); }
        if (type == typeof(byte[])) { return new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }; }
        OpenApiSchema schema = await context.GetOrCreateSchemaAsync(type, null, cancellation);
        // The elements of a page have a name of their own.
        if (schema.Properties?.TryGetValue("data", out IOpenApiSchema? data) == true && data is OpenApiSchema { Items: OpenApiSchema element } page)
        {
            page.Items = Component((string)element.Metadata!["x-schema-id"], element);
        }
        if (type == typeof(ErrorObject)) { schema.Examples = [Error()]; }
        return Component(type.Name, schema);
    }

    private static JsonNode Error() => JsonNode.Parse(
        ErrorEnvelope.Write(RealtimeError.Invalid("missing_required_parameter", "Missing required parameter: 'session.type'.", "session.type")).Span)!;

    private OpenApiSchemaReference Component(string name, OpenApiSchema schema)
    {
        document.AddComponent(name, schema);
        return new OpenApiSchemaReference(name, document);
    }

    private static IEnumerable<IOpenApiParameter> Parameters(ApiRoute route)
    {
        if (route.Path.Contains("{id}", StringComparison.Ordinal))
        {
            yield return new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Description = "rtc_…", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
        foreach (ApiQuery query in route.Query)
        {
            yield return new OpenApiParameter
            {
                Name = query.Name,
                In = ParameterLocation.Query,
                Description = query.Text,
                Schema = new OpenApiSchema { Type = query.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String },
            };
        }
    }

    private OpenApiPathItem Webhook(string summary, string schema)
    {
        OpenApiPathItem item = new();
        item.AddOperation(HttpMethod.Post, new OpenApiOperation
        {
            Summary = summary,
            RequestBody = new OpenApiRequestBody { Required = true, Content = Content(Json, new OpenApiSchemaReference(schema, document)) },
            Responses = new OpenApiResponses { ["2XX"] = new OpenApiResponse { Description = "Taken. Anything else is sent again." } },
        });
        return item;
    }

    private static Dictionary<string, OpenApiMediaType> Content(string type, IOpenApiSchema schema, string? example = null) =>
        new() { [type] = new OpenApiMediaType { Schema = schema, Example = example is null ? null : JsonNode.Parse(example) } };

    private OpenApiSchema Read(JsonNode schema)
    {
        OpenApiSchema? read = OpenApiModelFactory.Parse<OpenApiSchema>(
            schema.ToJsonString(), OpenApiSpecVersion.OpenApi3_1, document, out OpenApiDiagnostic? diagnostic, "json");
        return diagnostic?.Errors is { Count: > 0 } wrong ? throw new InvalidDataException(wrong[0].Message) : read!;
    }
}
