using System.Text.Json;
using System.Xml.Linq;
using Switchhook.Server.Cli;
using Switchhook.Server.Options;
using Switchhook.Server.Tests.Options;
using Switchhook.Server.Tests.Transport;

namespace Switchhook.Server.Tests.Cli;

/// <summary>What <c>switchhook test</c> tells a CI, with a real application, real SIP and real RTP.</summary>
public sealed class TestCommandTests : IDisposable
{
    private const string Tool = """{"type":"realtime","model":"gpt-realtime","tools":[{"type":"function","name":"book_table","parameters":{}}]}""";
    private const string NoTool = """{"type":"realtime","model":"gpt-realtime"}""";

    private const string Booking = """
        caller: { keys: "1", keys_after_ms: 1500 }
        flow:
          - dtmf: { timeout_ms: 8000, on: { "1": [] }, else: [expect: { keys: "9" }] }
          - expect: { keys: "1" }
          - call_tool: book_table
          - expect: { tool_result: { contains: { status: booked } } }
          - say: Done
        """;

    private readonly OptionsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_application_that_does_what_is_expected_passes()
    {
        (int code, string output, XElement suite) = await RunAsync(Tool, Booking);
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("1 passed", output, StringComparison.Ordinal);
        Assert.Equal(["the call is answered", "flow[1].expect, line 4", "flow[3].expect, line 6", "flow[0].dtmf.else[0].expect, line 3"], suite.Elements("testcase").Select(Name));
        Assert.Equal(("4", "0", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Empty(suite.Elements("system-out"));
    }

    [Fact]
    public async Task An_expectation_that_is_not_met_fails_with_what_was_heard_and_what_happened()
    {
        (int code, string output, XElement suite) = await RunAsync(Tool, Booking.Replace("""expect: { keys: "1" }""", """expect: { keys: "12" }""", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("1 of 1 FAILED", output, StringComparison.Ordinal);
        Assert.Equal(["flow[1].expect, line 4: expected the keys \"12\", heard the keys \"1\""], Failures(suite));
        Assert.Contains("script: NOT AS EXPECTED at flow[1].expect, line 4", suite.Element("system-out")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expectation_that_the_script_never_comes_to_fails()
    {
        (int code, _, XElement suite) = await RunAsync(NoTool, "caller: { hang_up_after_ms: 2500 }\nflow: [{ call_tool: book_table }, { expect: { tool_result: { contains: a } } }]");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(["flow[1].expect, line 2: the script never came to it"], Failures(suite));
        Assert.Contains("the session does not have", suite.Element("system-out")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expectation_in_a_repeat_is_to_be_met_in_each_round()
    {
        (int code, string output, XElement suite) = await RunAsync(Tool, """
            caller: { hang_up_after_ms: 4000 }
            flow:
              - repeat:
                  times: 2
                  steps: [repeat: { times: 2, steps: [call_tool: book_table, expect: { tool_result: { contains: booked } }] }, listen]
            """);
        const string step = "flow[0].repeat.steps[0].repeat.steps[1].expect, line 5";
        Assert.True(code == ExitCode.Failed, output);
        Assert.Equal(["the call is answered", step, $"{step}, round 2", $"{step}, round 3"], suite.Elements("testcase").Select(Name));
        Assert.Equal([$"{step}, round 3: the script came to it 2 of 4 times"], Failures(suite));
    }

    [Fact]
    public async Task A_call_that_nobody_accepts_fails()
    {
        (int code, _, XElement suite) = await RunAsync("", "flow: [listen]");
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("the call is answered: refused: 480", Assert.Single(Failures(suite)), StringComparison.Ordinal);
    }

    // What is no JSON reaches the application as it was sent, and never breaks the history.
    [Fact]
    public async Task A_message_that_is_no_json_reaches_the_application_and_leaves_a_readable_timeline()
    {
        List<(string Message, JsonElement Timeline)> unreadable = [];
        (int code, string output, _) = await RunAsync(Tool, "flow: [fail: invalid_json, { call_tool: book_table }, { expect: { tool_result: { contains: booked } } }]", unreadable);
        Assert.True(code == ExitCode.Done, output);
        (string message, JsonElement timeline) = Assert.Single(unreadable);
        Assert.EndsWith("\"delta\":\"Hel", message, StringComparison.Ordinal);
        JsonElement entry = timeline.GetProperty("data").EnumerateArray().Single(e => e.GetProperty("kind").GetString() == "unreadable");
        Assert.Equal(message, entry.GetProperty("data").GetProperty("unreadable").GetString());
    }

    [Fact]
    public async Task A_script_that_is_wrong_is_told_before_anything_is_called()
    {
        _folder.Write("fine.yaml", "flow: [listen]");
        _folder.Write("wrong.yaml", "flow:\n  - sai: a\n");
        StringWriter output = new(), errors = new();
        int code = await TestCommand.RunAsync(
            new TestPlan([PathOf("fine.yaml"), PathOf("wrong.yaml")], null, [], null, false), Options(1, new Uri("http://127.0.0.1:1/")), output, errors, TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Configuration, ""), (code, output.ToString()));
        Assert.Equal($"{PathOf("wrong.yaml")}:2:5: flow[0]: unknown step \"sai\"; did you mean \"say\"?\n", errors.ToString());
    }

    [Fact]
    public async Task A_recording_that_is_not_there_is_told_by_its_name_before_anything_is_called()
    {
        _folder.Write("fine.yaml", "flow: [listen]");
        _folder.Write("mute.yaml", "{ caller: { play: nobody.wav }, flow: [] }");
        StringWriter output = new();
        InvalidDataException wrong = await Assert.ThrowsAsync<InvalidDataException>(() => TestCommand.RunAsync(
            new TestPlan([PathOf("fine.yaml"), PathOf("mute.yaml")], null, [], PathOf("report.xml"), false), Options(FreePorts.Next(), new Uri("http://127.0.0.1:1/")), output, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.Contains($"caller.play: \"nobody.wav\" is not there ({PathOf("nobody.wav")})", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(("", false), (output.ToString(), File.Exists(PathOf("report.xml"))));
    }

    [Fact]
    public async Task What_was_called_is_reported_also_when_the_next_script_cannot_be()
    {
        _folder.Write("test.yaml", "flow: [listen]");
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestCommand.RunAsync(
            new TestPlan([PathOf("test.yaml"), PathOf("test.yaml")], null, [], PathOf("report.xml"), false),
            Options(FreePorts.Next(), new Uri("http://127.0.0.1:1/")), new StoppingWriter(stopping), TextWriter.Null, stopping.Token));
        XElement suite = Assert.Single(XDocument.Load(PathOf("report.xml")).Root!.Elements("testsuite"));
        Assert.StartsWith("the call is answered: refused: 480", Assert.Single(Failures(suite)), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_lists_the_steps_or_the_errors()
    {
        _folder.Write("a.yaml", "flow: [say: Hello., expect: { keys: '1' }]");
        StringWriter output = new(), errors = new();
        Assert.Equal(ExitCode.Done, ScriptCommand.Check([PathOf("a.yaml")], output, errors));
        Assert.Equal($"{PathOf("a.yaml")}: fine\n  flow\n    [0] say \"Hello.\"\n    [1] expect the keys \"1\"\n  expectations: 1, that must be met: 1\n", output.ToString());
        Assert.Equal("", errors.ToString());

        _folder.Write("b.yaml", "flow:\n  - say: [a]\n  - goto: x\n");
        Assert.Equal(ExitCode.Configuration, ScriptCommand.Check([PathOf("a.yaml"), PathOf("b.yaml"), PathOf("c.yaml")], new StringWriter(), errors));
        string[] lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"{PathOf("b.yaml")}:2:10: flow[0].say: expected text, found a list", $"{PathOf("b.yaml")}:3:11: flow[1].goto: there is no flow \"x\""], lines[..2].Order());
        Assert.StartsWith($"{PathOf("c.yaml")}: ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_xml_whatever_was_heard()
    {
        using MemoryStream stream = new();
        TestCheck[] checks = [new("a<b>", TestOutcome.Failed, "\u0001 \"<&>\" \ud800 é\n"), new("c", TestOutcome.NotReached, "never"), new("d", TestOutcome.Passed, "")];
        TestReport.Write(stream, [new Switchhook.Server.Cli.TestResult("f.yaml", TimeSpan.FromMilliseconds(1500), checks, "\u0000 story ]]>")]);
        stream.Position = 0;
        XElement suite = XDocument.Load(stream).Root!.Element("testsuite")!;
        Assert.Equal(("f.yaml", "3", "1", "1", "1.500"), (suite.Attribute("name")!.Value, suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value, suite.Attribute("time")!.Value));
        Assert.Equal(["a<b>: ? \"<&>\" \ufffd é\n"], Failures(suite));
        Assert.Equal("? story ]]>", suite.Element("system-out")!.Value);
    }

    private async Task<(int Code, string Output, XElement Suite)> RunAsync(string session, string script, List<(string, JsonElement)>? unreadable = null)
    {
        int port = FreePorts.Next();
        await using TestedApplication application = await TestedApplication.StartAsync(port, session);
        _folder.Write("test.yaml", script);
        StringWriter output = new();
        int code = await TestCommand.RunAsync(
            new TestPlan([PathOf("test.yaml")], null, ["gpt-realtime"], PathOf("report.xml"), Explains: false),
            Options(port, application.Webhook, decisionMs: session.Length > 0 ? 20_000 : 1_000), output, TextWriter.Null, TestContext.Current.CancellationToken);
        unreadable?.AddRange(application.Unreadable);
        return (code, output.ToString(), XDocument.Load(PathOf("report.xml")).Root!.Element("testsuite")!);
    }

    private ServerOptions Options(int port, Uri webhook, int decisionMs = 1_000) => _folder.Read($$"""
        {
          "sip": { "listen": ["udp://127.0.0.1:0"] },
          "media": { "ports": "45000-45999", "threads": 1 },
          "api": { "listen": ["http://127.0.0.1:{{port}}"] },
          "projects": [{ "id": "proj_a", "api_keys": ["sk-a-key"], "webhook": { "url": "{{webhook}}", "secret": "whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=" }, "decision_timeout_ms": {{decisionMs}}, "undecided_status": 480 }],
          "models": { "any": { "engine": "scripted", "script": "flow.yaml" } },
          "log": { "level": "error" }
        }
        """);

    /// <summary>Somebody who presses Ctrl-C when he has seen the first result.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stopping) : StringWriter
    {
        public override Task WriteAsync(string? value) => stopping.CancelAsync();
    }

    private string PathOf(string file) => Path.Combine(_folder.Path, file);

    private static string Name(XElement testcase) => testcase.Attribute("name")!.Value;

    private static IEnumerable<string> Failures(XElement suite) =>
        suite.Elements("testcase").Where(one => one.Element("failure") is not null).Select(one => $"{Name(one)}: {one.Element("failure")!.Attribute("message")!.Value}");
}
