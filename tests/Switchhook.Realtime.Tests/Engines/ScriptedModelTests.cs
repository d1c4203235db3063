using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests.Engines;

public sealed class ScriptedModelTests
{
    // Who was held back by a slow reader asks for the next moment; a model that has words for now must not say "never".
    [Fact]
    public void What_a_model_has_ready_is_due_at_once()
    {
        Instant now = new(TimeSpan.TicksPerDay);
        var model = new ScriptedModel(ScriptReader.Read("s.yaml", "flow: [say: one two three, wait_ms: 500, say: four]").Script!,
            new SpeechDesk(null, new SpeechTests.Silent()), null, () => { }, CancellationToken.None);
        Assert.Equal(Instant.Never, model.NextTimeout);
        model.Begin(now, new ResponseRequest("resp_1", new SessionConfig { Model = "m", OutputModalities = ["text"] }, false) { Input = [], Trigger = ResponseTrigger.Client });
        for (int word = 0; word < 3; word++)
        {
            Assert.True(model.NextTimeout <= now);
            Assert.True(model.TryTake(now, out _));
        }
        Assert.False(model.TryTake(now, out _));
        Assert.Equal(now + TimeSpan.FromMilliseconds(500), model.NextTimeout);
        now = model.NextTimeout;
        Assert.True(model.TryTake(now, out _) && model.TryTake(now, out _));
        Assert.Equal((true, Instant.Never), (model.IsQuiet, model.NextTimeout));
    }
}
