using Switchhook.Sip;

namespace Switchhook.Transport.Sip;

/// <summary>Something to be asked of the endpoint by its owner, the pump, because nobody else may touch it.</summary>
internal abstract class SipQuestion
{
    public abstract void Answer(SipEndpoint endpoint);

    public abstract void Cancel();
}

internal sealed class SipQuestion<T>(Func<SipEndpoint, T> question) : SipQuestion
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _answer.Task;

    public override void Answer(SipEndpoint endpoint)
    {
        try { _answer.TrySetResult(question(endpoint)); }
        catch (Exception mistake) { _answer.TrySetException(mistake); }
    }

    public override void Cancel() => _answer.TrySetCanceled();
}
