using System.Text.Json;
using Switchhook.Media.Dsp;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Hearing;

/// <summary>
/// A turn as the session told it, in milliseconds of what the caller sent. What was decided when, and what was then
/// reported as <c>audio_start_ms</c> and <c>audio_end_ms</c>, are different things. A turn that was not over has no end.
/// </summary>
internal readonly record struct HeardTurn(int StartedMs, int ReportedStartMs, int? StoppedMs, int ReportedEndMs);

/// <summary>What hears a call in the server: voice activity and, behind it, a session that looks for turns.</summary>
internal static class Ear
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);

    /// <summary>How probable speech is in each frame.</summary>
    public static float[] Listen(List<HeardFrame> frames)
    {
        var voice = new VoiceActivity(Espeak.Rate);
        return [.. frames.Select(frame => voice.Hear(frame.Samples))];
    }

    public static List<HeardTurn> Turns(List<HeardFrame> frames, float[] voice, int silenceMs, double threshold)
    {
        string detection = FormattableString.Invariant(
            $$"""{"type":"server_vad","threshold":{{threshold}},"prefix_padding_ms":0,"silence_duration_ms":{{silenceMs}},"create_response":false,"interrupt_response":false}""");
        JsonElement patch = JsonElement.Parse("{\"type\":\"realtime\",\"model\":\"m\",\"audio\":{\"input\":{\"turn_detection\":" + detection + "}}}");
        if (!SessionRules.TryCreate(patch, default, out SessionConfig? config, out RealtimeError? error)) { throw new InvalidOperationException(error.Message); }
        var session = new RealtimeSession(default, new WallClock(default, DateTimeOffset.UnixEpoch), SessionSurface.Call, config, Limits.Session, Espeak.Rate, new Random(1));
        var turns = new List<HeardTurn>();
        for (int frame = 0; frame < voice.Length; frame++)
        {
            session.Hear(new Instant((frame + 1) * FrameLength.Ticks), FrameLength, voice[frame]);
            int now = frames[frame].SentMs + 20;
            // What the session counts is all it heard: the buffer's delay at this moment is the difference.
            int delay = (frame + 1) * 20 - now;
            while (session.TryTake(out SessionOutput? output))
            {
                switch ((output as SessionOutput.Send)?.Event)
                {
                    case InputAudioBufferSpeechStarted started: turns.Add(new HeardTurn(now, (int)started.AudioStartMs - delay, null, 0)); break;
                    case InputAudioBufferSpeechStopped stopped: turns[^1] = turns[^1] with { StoppedMs = now, ReportedEndMs = (int)stopped.AudioEndMs - delay }; break;
                }
            }
        }
        return turns;
    }
}
