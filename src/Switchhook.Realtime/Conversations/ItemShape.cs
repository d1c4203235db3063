namespace Switchhook.Realtime.Conversations;

/// <summary>The shape in which an item is told: everything but the bytes of its audio (realtime-api §6.1).</summary>
internal static class ItemShape
{
    public static Item WithoutAudio(this Item item) =>
        item is MessageItem message && message.Content.Any(part => part is InputAudioPart { Audio: not null })
            ? message with { Content = [.. message.Content.Select(part => part is InputAudioPart audio ? audio with { Audio = null } : part)] }
            : item;
}
