using Switchhook.Realtime;

namespace Switchhook.Server.Api;

/// <summary>The body of every error: <c>{"error":{"message","type","param","code"}}</c>, all four members always (realtime-api §1.9).</summary>
internal static class ErrorEnvelope
{
    public static ReadOnlyMemory<byte> Write(RealtimeError error) => ApiJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
