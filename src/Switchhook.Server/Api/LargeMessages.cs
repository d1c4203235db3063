namespace Switchhook.Server.Api;

/// <summary>
/// The places for messages that are larger than usual, of all sockets. One that is being received or heard has a place, for a while; who
/// wants one more waits, and so does its client. What all of them hold together is bounded by this and not by their number.
/// </summary>
#pragma warning disable CA1001 // a SemaphoreSlim nobody asked for its wait handle has nothing to dispose of
internal sealed class LargeMessages(TimeProvider time, int places = Limits.LargeMessages)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _places = new(places);

    /// <summary>False when there was none in time.</summary>
    public async Task<bool> TakeAsync(CancellationToken over)
    {
        using CancellationTokenSource patience = new(Limits.LargeMessageWait, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested) { return false; }
    }

    public void Return() => _places.Release();
}
