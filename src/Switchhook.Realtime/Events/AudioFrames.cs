using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Switchhook.Realtime.Events;

/// <summary>
/// The two events that come fifty times a second, read and written without garbage: <c>input_audio_buffer.append</c> and
/// <c>response.output_audio.delta</c>. What is unusual here (escapes, a member twice or one that we do not know, no audio, a buffer too
/// small, a fault) is left to <see cref="EventReader"/>.
/// </summary>
public static class AudioFrames
{
    /// <summary>Decodes the audio of an append into <paramref name="destination"/>. False: not an ordinary append; nothing is said about why.</summary>
    public static bool TryReadAppend(ReadOnlySpan<byte> utf8, Span<byte> destination, out int written, out string? eventId)
    {
        written = 0;
        eventId = null;
        bool isAppend = false;
        ReadOnlySpan<byte> id = default;
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) { return false; }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueIsEscaped) { return false; }
                ReadOnlySpan<byte> name = reader.ValueSpan;
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped) { return false; }
                bool isOrdinary = false;
                if (name.SequenceEqual("type"u8) && !isAppend) { isOrdinary = isAppend = reader.ValueSpan.SequenceEqual("input_audio_buffer.append"u8); }
                else if (name.SequenceEqual("audio"u8) && written == 0)
                {
                    isOrdinary = Base64.DecodeFromUtf8(reader.ValueSpan, destination, out _, out written) == OperationStatus.Done && written > 0;
                }
                else if (name.SequenceEqual("event_id"u8) && id.IsEmpty)
                {
                    id = reader.ValueSpan;
                    isOrdinary = id.Length is > 0 and <= Limits.ClientEventIdChars && Utf8.IsValid(id);
                }
                if (!isOrdinary) { return false; }
            }
            if (!isAppend || written == 0 || reader.Read()) { return false; }
        }
        catch (JsonException)
        {
            return false;
        }
        eventId = id.IsEmpty ? null : Encoding.UTF8.GetString(id);
        return true;
    }

    /// <summary>Whether an event as we write it is a delta.</summary>
    public static bool IsDelta(ReadOnlySpan<byte> utf8) => utf8.StartsWith(DeltaBegins);

    /// <summary>An append without an event_id.</summary>
    public static void WriteAppend(IBufferWriter<byte> output, ReadOnlySpan<byte> audio)
    {
        output.Write("{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8);
        WriteBase64(output, audio);
        output.Write("\"}"u8);
    }

    /// <summary>A delta. The identifiers are the session's own, so they need no escapes.</summary>
    public static void WriteDelta(
        IBufferWriter<byte> output, string eventId, string responseId, string itemId, int outputIndex, int contentIndex, ReadOnlySpan<byte> audio)
    {
        output.Write(DeltaBegins);
        output.Write(",\"event_id\":\""u8);
        WriteAscii(output, eventId);
        output.Write("\",\"response_id\":\""u8);
        WriteAscii(output, responseId);
        output.Write("\",\"item_id\":\""u8);
        WriteAscii(output, itemId);
        output.Write("\",\"output_index\":"u8);
        WriteNumber(output, outputIndex);
        output.Write(",\"content_index\":"u8);
        WriteNumber(output, contentIndex);
        output.Write(",\"delta\":\""u8);
        WriteBase64(output, audio);
        output.Write("\"}"u8);
    }

    private static ReadOnlySpan<byte> DeltaBegins => "{\"type\":\"response.output_audio.delta\""u8;

    private static void WriteBase64(IBufferWriter<byte> output, ReadOnlySpan<byte> audio)
    {
        Span<byte> room = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(audio.Length));
        Base64.EncodeToUtf8(audio, room, out _, out int written);
        output.Advance(written);
    }

    private static void WriteAscii(IBufferWriter<byte> output, string text)
    {
        Span<byte> room = output.GetSpan(text.Length);
        Ascii.FromUtf16(text, room, out int written);
        output.Advance(written);
    }

    private static void WriteNumber(IBufferWriter<byte> output, int number)
    {
        Span<byte> room = output.GetSpan(11);
        Utf8Formatter.TryFormat(number, room, out int written);
        output.Advance(written);
    }
}
