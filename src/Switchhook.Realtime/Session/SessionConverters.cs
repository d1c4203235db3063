using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Session;

/// <summary>A number, or <c>"inf"</c> for none.</summary>
internal sealed class OutputTokensConverter : JsonConverter<int?>
{
    public override bool HandleNull => true;

    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetInt32() : null;

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } tokens) { writer.WriteNumberValue(tokens); }
        else { writer.WriteStringValue("inf"u8); }
    }
}

/// <summary>What was given, or <c>"auto"</c> for null.</summary>
internal sealed class TruncationConverter : JsonConverter<JsonElement?>
{
    public override bool HandleNull => true;

    public override JsonElement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement? value, JsonSerializerOptions options)
    {
        if (value is { } given) { given.WriteTo(writer); }
        else { writer.WriteStringValue("auto"u8); }
    }
}

/// <summary>A mode is a string; anything else an object.</summary>
internal sealed class ToolChoiceConverter : JsonConverter<ToolChoice>
{
    public override ToolChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        return value.ValueKind switch
        {
            JsonValueKind.String => new ToolChoice(value.GetString()!),
            JsonValueKind.Object => new ToolChoice(Text(value, "type") ?? "function", Text(value, "name"), Text(value, "server_label")),
            _ => throw new JsonException(),
        };
    }

    public override void Write(Utf8JsonWriter writer, ToolChoice value, JsonSerializerOptions options)
    {
        if (value.IsMode) { writer.WriteStringValue(value.Type); return; }
        writer.WriteStartObject();
        writer.WriteString("type"u8, value.Type);
        if (value.ServerLabel is not null) { writer.WriteString("server_label"u8, value.ServerLabel); }
        if (value.Name is not null) { writer.WriteString("name"u8, value.Name); }
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
