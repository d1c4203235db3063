using System.Runtime.CompilerServices;

namespace Switchhook.Sip.Transactions;

/// <summary>Why a transaction or a dialog wants to be woken. Letters are RFC 3261 table 4 (L, M: RFC 6026).</summary>
internal enum Wake : byte
{
    /// <summary>A, E: resend the request. G: resend the final response. In a dialog: resend the 2xx (RFC 3261 §13.3.1.4).</summary>
    Retransmit,
    /// <summary>B, F: no final response. H, and a dialog's 2xx: no ACK.</summary>
    GiveUp,
    /// <summary>D, I, J, K, L, M: absorb stragglers, then go.</summary>
    Linger,
    /// <summary>In a dialog: nobody gave or got a final answer for <see cref="Limits.SipRinging"/>.</summary>
    Ringing,
    Count,
}

/// <summary>One deadline per kind of timer. Setting and stopping are plain stores; nothing is scheduled.</summary>
internal struct TimerTable
{
    [InlineArray((int)Wake.Count)]
    private struct Slots { private long _slot0; }

    private Slots _slots;   // zero means "not set", so default(TimerTable) is an idle table

    public void Set(Wake timer, Instant at) => _slots[(int)timer] = at.Ticks;

    public void Stop(Wake timer) => _slots[(int)timer] = 0;

    public void StopAll() => _slots = default;

    public readonly Instant Next
    {
        get
        {
            long next = long.MaxValue;
            foreach (long at in _slots)
            {
                if (at != 0 && at < next) { next = at; }
            }
            return new Instant(next);
        }
    }

    /// <summary>Takes the earliest expired timer out of the table, or returns false.</summary>
    public bool TryTakeExpired(Instant now, out Wake timer)
    {
        timer = default;
        long earliest = long.MaxValue;
        for (int i = 0; i < (int)Wake.Count; i++)
        {
            if (_slots[i] != 0 && _slots[i] <= now.Ticks && _slots[i] < earliest)
            {
                earliest = _slots[i];
                timer = (Wake)i;
            }
        }
        if (earliest == long.MaxValue) { return false; }
        Stop(timer);
        return true;
    }
}
