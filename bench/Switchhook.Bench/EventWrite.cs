using BenchmarkDotNet.Attributes;
using Switchhook.Realtime.Events;

namespace Switchhook.Bench;

/// <summary>An ordinary event of the wire, such as come a few times a second while a model speaks.</summary>
public class EventWrite
{
    private readonly ResponseOutputAudioTranscriptDelta _delta =
        new("resp_0123456789abcdefghijk", "item_0123456789abcdefghijk", 0, 0, " a table by the window") { EventId = "event_0123456789abcdefghijk" };

    [Benchmark]
    public int TranscriptDelta() => RealtimeJson.Write(_delta).Length;
}
