using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchhook.Server.Api.Shapes;

namespace Switchhook.Server.OpenApi;

/// <summary>
/// docs/openapi.json, written by every build: the tool that writes it starts this program, and gets a server that has a
/// document and nothing else.
/// </summary>
internal static class ApiDocument
{
    public static bool IsBeingWritten => Assembly.GetEntryAssembly()?.GetName().Name == "GetDocument.Insider";

    public static async Task WriteAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            JsonSerializerOptions ours = ApiShapes.Json.Options, theirs = json.SerializerOptions;
            (theirs.PropertyNamingPolicy, theirs.NumberHandling, theirs.RespectNullableAnnotations) = (ours.PropertyNamingPolicy, ours.NumberHandling, ours.RespectNullableAnnotations);
            foreach (JsonConverter converter in ours.Converters) { theirs.Converters.Add(converter); }
            theirs.TypeInfoResolverChain.Insert(0, ApiShapes.Json);
        });
        builder.Services.AddOpenApi(document => document.AddDocumentTransformer(
            (empty, context, cancellation) => new DocumentWriter(empty, context, cancellation).WriteAsync()));
        await builder.Build().RunAsync();
    }
}
