namespace Switchhook.Simulation;

/// <summary>
/// A clock that moves only when told to. <see cref="Advance"/> stops at every timer on the way, in the order of their
/// times, so that what a timer starts happens at the timer's own time.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks = 1;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _origin.AddTicks(GetTimestamp());

    /// <summary>The time of the next timer, or null when none is set.</summary>
    public Instant? NextTimer
    {
        get
        {
            lock (_gate) { return Earliest() is { } timer ? new Instant(timer.Due) : null; }
        }
    }

    /// <summary>Whether somebody waits for just this moment.</summary>
    public bool IsAwaited(Instant at)
    {
        lock (_gate) { return _timers.Exists(timer => timer.Due == at.Ticks); }
    }

    /// <summary>Lets so much time pass.</summary>
    public void Advance(TimeSpan by) => AdvanceTo(new Instant(GetTimestamp() + by.Ticks));

    /// <summary>Lets time pass until <paramref name="until"/>; does nothing when that is past.</summary>
    public void AdvanceTo(Instant until)
    {
        while (true)
        {
            ManualTimer? due;
            lock (_gate)
            {
                due = Earliest();
                if (due is null || due.Due > until.Ticks) { break; }
                Interlocked.Exchange(ref _ticks, Math.Max(_ticks, due.Due));
                due.Rearm();
            }
            due.Fire();
        }
        lock (_gate) { Interlocked.Exchange(ref _ticks, Math.Max(_ticks, until.Ticks)); }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? Earliest()
    {
        ManualTimer? earliest = null;
        foreach (ManualTimer timer in _timers)
        {
            if (earliest is null || (timer.Due, timer.Order).CompareTo((earliest.Due, earliest.Order)) < 0) { earliest = timer; }
        }
        return earliest;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Due { get; private set; }

        public long Order { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime < TimeSpan.Zero) { return true; }
                Set(dueTime);
            }
            return true;
        }

        public void Fire() => callback(state);

        /// <summary>Its time has come: out of the list, or on to the next period. Under the clock's gate.</summary>
        public void Rearm()
        {
            clock._timers.Remove(this);
            if (_period > TimeSpan.Zero) { Set(_period); }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            Due = clock.GetTimestamp() + dueTime.Ticks;
            Order = clock._order++;
            clock._timers.Add(this);
        }
    }
}
