using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Realtime.Conversations;
using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Tests.Engines;

[Collection("the narrow-band frames are counted")]
public sealed class RetrievedAudioTests
{
    // realtime-api §5, conversation.item.retrieve: the audio of a turn is what was heard from its start to its end, in the session's format.
    [Fact]
    public async Task What_the_caller_said_can_be_retrieved_until_it_is_deleted()
    {
        await using var call = new ScriptedCall("flow: [listen, say: Yes]", """{"audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":{"type":"server_vad","create_response":false}}}}""");
        await call.OpenAsync();
        call.Run(1000);
        call.Speaks = true;
        call.Run(800);
        call.Speaks = false;
        call.RunUntil("conversation.item.done");
        string item = call.Events.OfType<InputAudioBufferCommitted>().Single().ItemId;
        Assert.All(call.Events.OfType<ConversationItemDone>(), told => Assert.DoesNotContain("\"audio\":", System.Text.Encoding.UTF8.GetString(RealtimeJson.Write(told)), StringComparison.Ordinal));

        call.Post(new ConversationItemRetrieve(item));
        byte[] audio = AudioOf(call.Events.OfType<ConversationItemRetrieved>().Single());
        long ms = call.Events.OfType<InputAudioBufferSpeechStopped>().Single().AudioEndMs - call.Events.OfType<InputAudioBufferSpeechStarted>().Single().AudioStartMs;
        Assert.Equal(ms * 8, audio.Length);
        byte[] voice = new byte[800 * 8];
        for (int frame = 0; frame < 40; frame++) { G711.Encode(AudioCodec.Pcmu, Talk.Frames(8000)[frame], voice.AsSpan(frame * 160)); }
        Assert.InRange(audio.AsSpan().IndexOf(voice), 200 * 8, 400 * 8);    // behind the padding

        call.Post(new ConversationItemDelete(item));
        call.Post(new ConversationItemRetrieve(item));
        Assert.Equal("item_retrieve_invalid_item_id", call.Events.OfType<ErrorEvent>().Single().Error.Code);
    }

    private static byte[] AudioOf(ConversationItemRetrieved told) =>
        Assert.IsType<InputAudioPart>(Assert.Single(Assert.IsType<MessageItem>(told.Item).Content)).Audio!.Value.ToArray();
}
