using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchhook.Server.Api.Shapes;

/// <summary>JSON that was written before and is passed on as it is; nothing is null.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.Utf8.IsEmpty) { writer.WriteNullValue(); }
        else { writer.WriteRawValue(value.Utf8.Span); }
    }
}
