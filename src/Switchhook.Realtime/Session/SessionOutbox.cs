using System.Diagnostics.CodeAnalysis;
using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Session;

/// <summary>What a session asks of the world, in order, and the identifiers it makes. Drained by whoever drove it, before the next input.</summary>
internal sealed class SessionOutbox(Random random)
{
    private readonly Queue<SessionOutput> _outputs = new();

    /// <summary>Utterances given out so far; they count over the whole session.</summary>
    public int LastUtterance { get; private set; }

    /// <summary>Whether the session has spoken: its voice stays from then on.</summary>
    public bool HasSpoken { get; private set; }

    public string NewId(string prefix) => Tokens.New(prefix, random);

    public string NewEventId() => NewId("event_");

    public int NewUtterance() => ++LastUtterance;

    public void Send(ServerEvent serverEvent) => _outputs.Enqueue(new SessionOutput.Send(serverEvent));

    public void Refuse(RealtimeError error, string? clientEventId) => Send(ErrorEvent.For(error, clientEventId, NewEventId()));

    public void Put(SessionOutput output)
    {
        HasSpoken |= output is SessionOutput.Say or SessionOutput.AudioDelta;
        _outputs.Enqueue(output);
    }

    public bool TryTake([NotNullWhen(true)] out SessionOutput? output) => _outputs.TryDequeue(out output);
}
