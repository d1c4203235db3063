namespace Switchhook.Load;

/// <summary>What one number of calls cost. Of the steady window, unless it says otherwise.</summary>
internal sealed record LoadResult
{
    public required int Calls { get; init; }
    public required double Seconds { get; init; }
    public required IReadOnlyList<string> Failures { get; init; }
    public required double CpuMsPerCallSecond { get; init; }
    public required IReadOnlyList<(string Thread, double MsPerCallSecond)> Threads { get; init; }
    public required double ResidentMiB { get; init; }
    public required double IdleMiB { get; init; }
    public required double SetUpP50Ms { get; init; }
    public required double SetUpP95Ms { get; init; }
    public required double OverheadP50Ms { get; init; }
    public required double OverheadP95Ms { get; init; }
    public required double DecisionMeanMs { get; init; }
    public required double AnswerMeanMs { get; init; }
    public required double DeviationP50Ms { get; init; }
    public required double DeviationP99Ms { get; init; }
    public required double DeviationMaxMs { get; init; }
    public required double OwnLatenessP99Ms { get; init; }
    public required double OwnLatenessMaxMs { get; init; }
    public required double TickLatenessP50Ms { get; init; }
    public required double TickLatenessP99Ms { get; init; }
    public required double TickLatenessMaxMs { get; init; }
    public required long Ticks { get; init; }
    public required long LateTicks { get; init; }
    public required long SkippedTicks { get; init; }
    public required double GcPauseMs { get; init; }
    public required IReadOnlyList<long> GcCollections { get; init; }
    public required double AllocatedKiBPerCallSecond { get; init; }
    public required double VoiceShare { get; init; }

    // Of the calls' whole lives, at the phones and as the server's records tell it.
    public required long PhoneReceived { get; init; }
    public required long PhoneLost { get; init; }
    public required long PhoneLate { get; init; }
    public required long ServerReceived { get; init; }
    public required long ServerLost { get; init; }
    public required long ServerLate { get; init; }
    public required long ServerDropped { get; init; }
    public required long ServerConcealed { get; init; }
    public required int Records { get; init; }

    public double MiBPerCall => (ResidentMiB - IdleMiB) / Calls;

    /// <summary>Why this is no success; empty when it is one.</summary>
    public IEnumerable<string> Faults
    {
        get
        {
            foreach (string failure in Failures.Distinct().Take(10)) { yield return failure; }
            if (Failures.Count > 0) { yield return $"{Failures.Count} calls failed"; }
            if (Records != Calls) { yield return $"the server has records of {Records} calls of {Calls}"; }
            if (PhoneLost + ServerLost > 0) { yield return $"{PhoneLost} packets were lost on the way to the phones, {ServerLost} on the way to the server"; }
            if (LateTicks + SkippedTicks > 0) { yield return $"{LateTicks} of {Ticks} ticks were more than 20 ms late, {SkippedTicks} were skipped"; }
            if (VoiceShare < 0.2) { yield return $"only {VoiceShare:P0} of the packets had a voice in them: the model did not speak"; }
        }
    }
}
