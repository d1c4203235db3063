using Switchhook.Realtime.Events;

namespace Switchhook.Realtime.Tests.Engines;

/// <summary>What the clients of one call say at once: each waits until their own was heard.</summary>
public sealed class EngineInputsTests
{
    [Fact]
    public async Task Each_of_many_is_told_that_theirs_was_heard_and_one_too_many_that_it_was_not()
    {
        await using var call = new ScriptedCall("flow: [say: Hello]");
        await call.OpenAsync();
        Task<bool>[] said = [.. Enumerable.Range(0, Limits.EngineInputs).Select(_ => call.Engine.PostAsync(new OutputAudioBufferClear()).AsTask())];
        Task<bool> tooMany = call.Engine.PostAsync(new OutputAudioBufferClear()).AsTask();
        Assert.DoesNotContain(said, one => one.IsCompleted);
        Assert.False(await tooMany);
        call.Run(20);
        Assert.All(await Task.WhenAll(said), Assert.True);
    }

    [Fact]
    public async Task Who_waits_when_the_session_ends_is_told_that_it_was_not_heard()
    {
        var call = new ScriptedCall("flow: [say: Hello]");
        await call.OpenAsync();
        Task end = call.Engine.DisposeAsync().AsTask();
        Task<bool>[] said = [.. Enumerable.Range(0, 3).Select(_ => call.Engine.PostAsync(new OutputAudioBufferClear()).AsTask())];
        Assert.DoesNotContain(said, one => one.IsCompleted);
        await call.DisposeAsync();
        await end;
        Assert.All(await Task.WhenAll(said).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken), Assert.False);
        Assert.False(await call.Engine.PostAsync(new OutputAudioBufferClear()));
    }
}
