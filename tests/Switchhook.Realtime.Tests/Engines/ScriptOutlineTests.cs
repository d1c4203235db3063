using Switchhook.Engines.Scripted;

namespace Switchhook.Realtime.Tests.Engines;

public sealed class ScriptOutlineTests
{
    [Fact]
    public void Tells_every_step_of_every_flow()
    {
        Assert.Equal("""
            flow
              [0] say "Hello."
              [1] listen, taken to be "Hi."
              [2] call shop.book({"people":2})
                  contains {"ok":true}:
                    [0] begin another message
                  otherwise:
                    [0] tell an error: teapot
              [3] wait 5000 ms for a key
                  key 1:
                    [0] go to menu
                  else:
              [4] repeat 2 times
                  each time:
                    [0] expect the keys "12", speech of 500 to 600000 ms
            flows.menu
              [0] drop the connection
            """, string.Join('\n', ScriptOutline.Lines(Read("""
            flow:
              - say: Hello.
              - listen: Hi.
              - call_tool: book
                server: shop
                arguments: { people: 2 }
                on_result: [{ contains: { ok: true }, then: [next_message] }, { otherwise: [fail: { error: no, code: teapot }] }]
              - dtmf: { on: { "1": [goto: menu] } }
              - repeat: { times: 2, steps: [expect: { keys: "12", speech_ms: { at_least: 500 } }] }
            flows: { menu: [fail: drop] }
            """))));
    }

    // One flow, and the keys of those expectations that must be met, each as many times as it must.
    [Theory]
    [InlineData("[expect: { keys: '1' }, say: a, expect: { keys: '2' }]", "1 2")]
    [InlineData("[repeat: { times: 2, steps: [expect: { keys: '1' }] }, expect: { keys: '2' }]", "1 1 2")]
    [InlineData("[repeat: { times: 2, steps: [repeat: { times: 3, steps: [expect: { keys: '1' }] }, expect: { keys: '2' }] }]", "1 1 1 1 1 1 2 2")]
    [InlineData("[repeat: { times: 2, steps: [expect: { keys: '1' }, dtmf: { on: {}, else: [goto: x] }] }, expect: { keys: '2' }]", "1")]
    [InlineData("[repeat: { times: 2, steps: [repeat: { times: 2, steps: [expect: { keys: '1' }] }, goto: x] }]", "1 1")]
    [InlineData("[dtmf: { on: { '1': [repeat: { times: 2, steps: [expect: { keys: '1' }] }] } }]", "")]
    [InlineData("[dtmf: { on: { '1': [expect: { keys: '1' }] } }, expect: { keys: '2' }]", "2")]
    [InlineData("[call_tool: a, { call_tool: b, on_result: [otherwise: [expect: { keys: '1' }]] }, expect: { keys: '2' }]", "2")]
    [InlineData("[expect: { keys: '1' }, goto: x, expect: { keys: '2' }]", "1")]
    [InlineData("[expect: { keys: '1' }, dtmf: { on: { '1': [goto: x] } }, expect: { keys: '2' }]", "1")]
    [InlineData("[repeat: { times: 2, steps: [dtmf: { on: {}, else: [goto: x] }, expect: { keys: '1' }] }, expect: { keys: '2' }]", "")]
    public void What_a_branch_or_a_jump_can_avoid_need_not_be_met(string flow, string mustBeMet)
    {
        Script script = Read($"flow: {flow}\nflows: {{ x: [expect: {{ keys: '3' }}] }}");
        Assert.Equal(mustBeMet, string.Join(' ', ScriptOutline.Expectations(script).SelectMany(e => Enumerable.Repeat(e.Expectation.Keys, e.Times))));
        Assert.Contains(ScriptOutline.Expectations(script), e => e.Expectation.Keys == "3");
    }

    private static Script Read(string yaml)
    {
        (Script? script, IReadOnlyList<ScriptError> errors) = ScriptReader.Read("s.yaml", yaml);
        Assert.Empty(errors);
        return script!;
    }
}
