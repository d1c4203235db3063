using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>What a session hears with and speaks through. All that differs between a telephone and a client's own socket is behind this.</summary>
internal interface IHandset
{
    SessionSurface Surface { get; }

    /// <summary>Samples a second of what the model says; null: that of each response's output format.</summary>
    int? SampleRate { get; }

    /// <summary>Takes what the client said, to be brought in its turn. Not before the last one was brought.</summary>
    void Take(ClientEvent clientEvent);

    /// <summary>Brings the session the next thing that happened: a frame that was heard, a report of the playout, what the client said. False when there is none.</summary>
    bool TryBring(Instant now, RealtimeSession session);

    /// <summary>Does what the session asks of the voice. Returns the event that tells it, where it is told.</summary>
    ServerEvent? Speak(Instant now, SessionOutput output);

    /// <summary>Hands over what is to be heard next; answers when to come again.</summary>
    Instant Fill(Instant now);

    /// <summary>Nothing that was handed over is still to be played, as far as the playout tells.</summary>
    bool WasHeard { get; }

    /// <summary>Nothing more is heard or said.</summary>
    void Close();
}
