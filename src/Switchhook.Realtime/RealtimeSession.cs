#pragma warning disable CA1822 // replaced with the real thing
using System.Diagnostics.CodeAnalysis;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime;

/// <summary>Where a session's audio goes: to a phone (played out by us, <c>output_audio_buffer.*</c>) or over the client's own socket (<c>response.output_audio.delta</c>).</summary>
public enum SessionSurface : byte { Call, Socket }

/// <summary>
/// A Realtime session as a pure machine: what local engines (scripted, cascade) drive. Client events, the caller's
/// voice, the playout clock and the model's output go in; server events and wishes come out. After one input, drain
/// <see cref="TryTake"/>, then read <see cref="NextTimeout"/>.
/// </summary>
public sealed class RealtimeSession
{
    public RealtimeSession(Instant now, WallClock clock, SessionSurface surface, SessionConfig config, int sampleRate, Random random) =>
        _ = (now, clock, surface, config, sampleRate, random);

    public Instant NextTimeout => Instant.Never;

    /// <summary>True when nothing is being generated, played, transcribed or held back: a drained session may close.</summary>
    public bool IsQuiet => true;

    /// <summary>A client event, whoever of the attached sent it.</summary>
    public void Receive(Instant now, ClientEvent clientEvent) => _ = (now, clientEvent);

    /// <summary>One frame of the caller's audio: how long it is and how probable speech is in it, 0 to 1.</summary>
    public void Hear(Instant now, TimeSpan length, float voice) => _ = (now, length, voice);

    /// <summary>A key of the phone: 0-9, *, #, A-D.</summary>
    public void Digit(Instant now, char digit) => _ = (now, digit);

    public void Report(Instant now, PlayoutReport report) => _ = (now, report);

    public void Produce(Instant now, string responseId, ModelOutput output) => _ = (now, responseId, output);

    public void Transcribed(Instant now, string itemId, string transcript) => _ = (now, itemId, transcript);

    public void TranscriptionFailed(Instant now, string itemId, RealtimeError error) => _ = (now, itemId, error);

    /// <summary>The model itself begins (a scripted greeting): as if a client had sent response.create, unless a response is active.</summary>
    public void Prompt(Instant now) => _ = now;

    /// <summary>The caller is gone: nothing new is spoken or heard, what is pending is finished (S1).</summary>
    public void CallerGone(Instant now) => _ = now;

    public void Timeout(Instant now) => _ = now;

    public bool TryTake([NotNullWhen(true)] out SessionOutput? output)
    {
        output = null;
        return false;
    }
}
