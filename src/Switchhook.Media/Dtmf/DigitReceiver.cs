namespace Switchhook.Media.Dtmf;

/// <summary>
/// Tells each key press once (RFC 4733 §2.5; L16). All packets of one press carry the timestamp of its beginning, so
/// a new timestamp is a new press; the marker bit, which gets lost with the first packet, decides nothing. A press is told with
/// the first packet that arrives of it, be it the last that was sent: applications want the key, not its length, so the
/// duration that is told is the one known by then.
/// <para>Two things break the rule and are allowed for. A press of more than 8 s continues under a new timestamp at the very
/// place where the old one ended (§2.5.1.3); and some senders move the timestamp with every packet. Both lie within
/// what the unfinished press has covered already, where no new press of the same key can begin.</para>
/// <para>The duration decides nothing else, so a sender that counts it in other units costs only its accuracy.</para>
/// </summary>
internal sealed class DigitReceiver
{
    /// <summary>Packets so much older than the press that was told last are stragglers; older ones belong to a new timeline.</summary>
    private const int StragglerSamples = 5 * MediaClock.SampleRate;

    private bool _hasLast;
    private uint _timestamp;
    private TelephoneEvent _last;

    /// <summary>Another stream: its timestamps have nothing to do with the old ones.</summary>
    public void NewSource() => _hasLast = false;

    /// <summary>True when the payload tells of a press that was not told yet.</summary>
    public bool TryReceive(uint timestamp, ReadOnlySpan<byte> payload, out char key, out int ms)
    {
        (key, ms) = ('\0', 0);
        // More blocks may follow for presses that joined each other (§2.5.1.5). Each is also sent in a packet of its own.
        if (!TelephoneEvent.TryRead(payload, out TelephoneEvent telephoneEvent)) { return false; }

        bool isKnown = _hasLast && IsKnown((int)(timestamp - _timestamp), telephoneEvent);
        if (isKnown && (int)(timestamp - _timestamp) < 0) { return false; }

        bool wasEnded = isKnown && _last.IsEnd;
        (_hasLast, _timestamp) = (true, timestamp);
        _last = telephoneEvent with { IsEnd = telephoneEvent.IsEnd || wasEnded };
        if (isKnown || telephoneEvent.Key is not { } pressed) { return false; }
        (key, ms) = (pressed, telephoneEvent.Duration / MediaClock.SamplesPerMs);
        return true;
    }

    private bool IsKnown(int later, in TelephoneEvent telephoneEvent)
    {
        if (later == 0) { return true; }
        if (later < 0) { return later > -StragglerSamples; }
        return !_last.IsEnd && telephoneEvent.Code == _last.Code && later <= _last.Duration;
    }
}
