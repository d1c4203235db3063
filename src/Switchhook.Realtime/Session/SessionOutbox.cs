using System.Diagnostics.CodeAnalysis;
using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Session;

/// <summary>What a session asks of the world, in order, and the identifiers it makes. Drained by whoever drove it, before the next input.</summary>
internal sealed class SessionOutbox(Random random)
{
    private readonly Queue<SessionOutput> _outputs = new();

    /// <summary>Somebody wants the audio in the events.</summary>
    public bool TellsAudio { get; set; }

    /// <summary>When a client that plays the audio itself is through with all that it was told.</summary>
    public Instant PlayedBy { get; private set; }

    /// <summary>Utterances given out so far; they count over the whole session.</summary>
    public int LastUtterance { get; private set; }

    /// <summary>Whether the session has spoken: its voice stays from then on.</summary>
    public bool HasSpoken { get; private set; }

    public string NewId(string prefix) => Tokens.New(prefix, random);

    public string NewEventId() => NewId("event_");

    public int NewUtterance() => ++LastUtterance;

    /// <summary>The client has so much more to play, after all it has already.</summary>
    public void Play(Instant now, TimeSpan length) => PlayedBy = (PlayedBy > now ? PlayedBy : now) + length;

    /// <summary>The client plays nothing of it any more.</summary>
    public void Hush(Instant now) => PlayedBy = Instant.Earlier(PlayedBy, now);

    public void Send(ServerEvent serverEvent) => _outputs.Enqueue(new SessionOutput.Send(serverEvent));

    public void Refuse(RealtimeError error, string? clientEventId) => Send(ErrorEvent.For(error, clientEventId, NewEventId()));

    public void Put(SessionOutput output)
    {
        HasSpoken |= output is SessionOutput.Say or SessionOutput.AudioDelta;
        _outputs.Enqueue(output);
    }

    public bool TryTake([NotNullWhen(true)] out SessionOutput? output) => _outputs.TryDequeue(out output);
}
