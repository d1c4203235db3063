using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Switchhook.Calls.Ports;

namespace Switchhook.Server.Api.Shapes;

/// <summary>The objects of our REST routes as JSON, without reflection; the API's document is made from the same types.</summary>
internal static class ApiShapes
{
    // What is sent as application/json needs no escapes for HTML, and people read it.
    public static ApiShapesContext Json { get; } = new(
        new JsonSerializerOptions(ApiShapesContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static ReadOnlyMemory<byte> Write<T>(T shape, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(shape, type);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    RespectNullableAnnotations = true,
    Converters = [typeof(Word<CallState>), typeof(Word<EndedBy>), typeof(Word<EndedBecause>), typeof(Word<Plane>)])]
[JsonSerializable(typeof(CallObject))]
[JsonSerializable(typeof(CallPage))]
[JsonSerializable(typeof(TimelineObject))]
[JsonSerializable(typeof(TimelinePage))]
[JsonSerializable(typeof(ExplanationObject))]
[JsonSerializable(typeof(ErrorObject))]
[JsonSerializable(typeof(RejectRequest))]
[JsonSerializable(typeof(ReferRequest))]
internal sealed partial class ApiShapesContext : JsonSerializerContext;

/// <summary>An enumeration as <see cref="Words"/> spells it.</summary>
internal sealed class Word<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;
