namespace Switchhook.Realtime.Turns;

/// <summary>
/// A cut the playout was asked for and has not answered. What depends on how much was heard waits for the answer, at most until
/// <paramref name="Deadline"/>.
/// </summary>
/// <param name="ThroughUtterance">Everything up to this utterance.</param>
/// <param name="Deadline">When the last known position has to do.</param>
internal readonly record struct PendingCut(int ThroughUtterance, Instant Deadline);
