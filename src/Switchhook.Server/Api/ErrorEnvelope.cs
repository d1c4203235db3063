using Switchhook.Realtime;
using Switchhook.Server.Api.Shapes;

namespace Switchhook.Server.Api;

/// <summary>The body of every error: <c>{"error":{"message","type","param","code"}}</c>, all four members always (realtime-api §1.9).</summary>
internal static class ErrorEnvelope
{
    public static ReadOnlyMemory<byte> Write(RealtimeError error) =>
        ApiShapes.Write(new ErrorObject(new ErrorDetail(error.Message, error.Type, error.Param, error.Code)), ApiShapes.Json.ErrorObject);
}
