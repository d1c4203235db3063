using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Switchhook.Server.Api;

/// <summary>JSON as the API writes it: by hand, compact, and readable; what is sent as application/json needs no escapes for HTML.</summary>
internal static class ApiJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options)) { content(json); }
        return bytes.WrittenMemory;
    }
}
