using System.Runtime.InteropServices;
using System.Text.Json;

namespace Switchhook.Realtime.Conversations;

internal static class ItemShape
{
    /// <summary>The shape in which an item is told: everything but the bytes of its audio (realtime-api §6.1).</summary>
    public static Item WithoutAudio(this Item item) =>
        item is MessageItem message && message.Content.Any(part => part is InputAudioPart { Audio: not null })
            ? message with { Content = [.. message.Content.Select(part => part is InputAudioPart audio ? audio with { Audio = null } : part)] }
            : item;

    /// <summary>What an item that a client made takes to keep, about: its characters and the bytes of its audio.</summary>
    public static long Weight(this Item item) => item switch
    {
        MessageItem message => message.Content.Sum(part => part switch
        {
            InputTextPart text => text.Text.Length,
            InputAudioPart audio => (long)(audio.Audio?.Length ?? 0) + (audio.Transcript?.Length ?? 0),
            InputImagePart image => image.ImageUrl.Length,
            OutputTextPart text => text.Text.Length,
            _ => 0,
        }),
        FunctionCallItem call => (long)call.Name.Length + call.CallId.Length + call.Arguments.Length,
        FunctionCallOutputItem output => (long)output.CallId.Length + output.Output.Length,
        McpListToolsItem list => list.ServerLabel.Length + (list.Error?.Length ?? 0)
            + list.Tools.Sum(tool => (long)tool.Name.Length + tool.Description.Length + Length(tool.InputSchema) + Length(tool.Annotations)),
        McpCallItem call => (long)call.ServerLabel.Length + call.Name.Length + call.Arguments.Length + (call.ApprovalRequestId?.Length ?? 0)
            + (call.Output?.Length ?? 0) + (call.Error?.Message.Length ?? 0),
        McpApprovalRequestItem request => (long)request.ServerLabel.Length + request.Name.Length + request.Arguments.Length,
        McpApprovalResponseItem response => (long)response.ApprovalRequestId.Length + (response.Reason?.Length ?? 0),
        _ => 0,
    };

    private static long Length(JsonElement? json) => json is { } given ? JsonMarshal.GetRawUtf8Value(given).Length : 0;
}
