namespace Switchhook.Realtime.Events;

/// <summary>Play nothing more of what was said; clients send <c>response.cancel</c> first.</summary>
public sealed record OutputAudioBufferClear() : ClientEvent("output_audio_buffer.clear");

/// <summary>The first packet of a response's speech was sent to the caller.</summary>
public sealed record OutputAudioBufferStarted(string ResponseId) : ServerEvent("output_audio_buffer.started");

/// <summary>The last packet was sent; applications hang up or transfer on it.</summary>
public sealed record OutputAudioBufferStopped(string ResponseId) : ServerEvent("output_audio_buffer.stopped");

/// <summary>Playout was cut; no <c>stopped</c> follows for this response.</summary>
public sealed record OutputAudioBufferCleared(string ResponseId) : ServerEvent("output_audio_buffer.cleared");
