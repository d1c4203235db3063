namespace Switchhook.Server.Observability;

/// <summary>
/// Lets one of a kind through each minute and counts the rest. Owned by one loop. Holds at most <see cref="Limits.LogSources"/>
/// kinds; when full it forgets them all, which costs a line and never memory.
/// </summary>
internal sealed class OncePerMinute(TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(UInt128 Source, int Kind), (Instant Last, long Unsaid)> _seen = [];

    /// <summary>True when this one may be told; <paramref name="unsaid"/> is how many alike were not told since the last.</summary>
    public bool Take((UInt128 Source, int Kind) key, out long unsaid)
    {
        Instant now = time.Now();
        bool isKnown = _seen.TryGetValue(key, out (Instant Last, long Unsaid) seen);
        unsaid = seen.Unsaid;
        if (isKnown && now - seen.Last < Quiet)
        {
            _seen[key] = (seen.Last, seen.Unsaid + 1);
            return false;
        }
        if (!isKnown && _seen.Count >= Limits.LogSources) { _seen.Clear(); }
        _seen[key] = (now, 0);
        return true;
    }
}
