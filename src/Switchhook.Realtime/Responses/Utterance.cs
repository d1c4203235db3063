using Switchhook.Realtime.Conversations;

namespace Switchhook.Realtime.Responses;

/// <summary>One audio part on its way to the caller's ear, and what the playout clock has said of it.</summary>
internal sealed class Utterance(int number, int sampleRate)
{
    private long _samples;
    private Instant? _startedAt;

    public int Number { get; } = number;

    public bool IsStarted => _startedAt is not null;

    /// <summary>Its last piece was said.</summary>
    public bool IsClosed { get; set; }

    public bool IsStopped { get; private set; }

    public bool IsCut { get; private set; }

    /// <summary>Still to be played, or being played.</summary>
    public bool IsOutstanding => !IsStopped && !IsCut;

    /// <summary>How much of it the caller heard, once it was cut.</summary>
    public int HeardMs { get; private set; }

    /// <summary>The ear got something of it, were it a frame.</summary>
    public bool WasHeard => IsStarted || HeardMs > 0;

    /// <summary>The item whose words these are; null while the words are withheld.</summary>
    public Conversation.Entry? Entry { get; set; }

    public void Add(int samples) => _samples += samples;

    public void Start(Instant now) => _startedAt ??= now;

    /// <summary>The last packet was sent. Of an utterance that is still being said it cannot have been.</summary>
    public void Stop(Instant now)
    {
        Start(now);
        IsStopped = IsClosed;
    }

    /// <summary>Cut where the playout says, or where its clock must be when it says nothing.</summary>
    public void Cut(Instant now, PlayoutPosition? position)
    {
        long lengthMs = _samples * 1000 / sampleRate;
        long heardMs = (position, _startedAt) switch
        {
            ({ } at, _) when at.Utterance == Number => at.HeardMs,
            ({ } at, _) when at.Utterance > Number => lengthMs,
            (_, { } startedAt) => (long)(now - startedAt).TotalMilliseconds,
            _ => 0,
        };
        HeardMs = (int)Math.Clamp(heardMs, 0, lengthMs);
        IsCut = true;
    }
}

/// <summary>Where the playout was when it was cut.</summary>
internal readonly record struct PlayoutPosition(int Utterance, int HeardMs);
