namespace Switchhook.Media;

/// <summary>
/// Tells once that the caller has sent no RTP for <see cref="Limits.MediaSilence"/>, and once that it is back (L10, L30). Only
/// what comes in counts; while held, or before the call stands, nobody watches, and the time begins anew afterwards.
/// </summary>
internal sealed class SilenceWatch
{
    private bool _isWatching;
    private bool _isTold;
    private Instant _since;

    public void Watch(Instant now, bool isWatching)
    {
        if (isWatching && !_isWatching) { _since = now; }
        _isWatching = isWatching;
    }

    /// <summary>RTP arrived. True when silence had been told.</summary>
    public bool Heard(Instant now)
    {
        bool wasTold = _isTold;
        (_isTold, _since) = (false, now);
        return wasTold;
    }

    /// <summary>True when silence is to be told now.</summary>
    public bool HasBegun(Instant now, out int ms)
    {
        ms = 0;
        if (!_isWatching || _isTold || now - _since < Limits.MediaSilence) { return false; }
        _isTold = true;
        ms = (int)(now - _since).TotalMilliseconds;
        return true;
    }
}
