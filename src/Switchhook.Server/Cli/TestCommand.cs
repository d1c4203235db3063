using System.CommandLine;
using System.Net.Sockets;
using Switchhook.Engines.Scripted;
using Switchhook.Server.Options;
using Switchhook.Storage;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook test</c>: calls an application with scripts for its model and its caller. Exit code 0 means that every script heard what it expected.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new("script") { Description = "Scripts, each with what its caller does and what it expects; one call each.", Arity = ArgumentArity.OneOrMore };
        Option<string?> config = new("--config", "-c") { Description = "Configuration, as for serve. Its models are replaced by the script.", HelpName = "FILE" };
        Option<string[]> models = new("--model") { Description = "A further name under which the application may ask for its model, such as gpt-realtime.", HelpName = "NAME" };
        Option<FileInfo?> junit = new("--junit") { Description = "Write the results as JUnit XML.", HelpName = "FILE" };
        Option<bool> story = new("--explain") { Description = "Print what happened in a call that failed." };
        Command command = new("test", "Call an application with scripted models, and check what they expect.") { files, config, models, junit, story };
        command.SetAction((parsed, cancellation) => RunAsync(
            new TestPlan(parsed.GetValue(files)!, parsed.GetValue(config), parsed.GetValue(models) ?? [], parsed.GetValue(junit)?.FullName, parsed.GetValue(story)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(TestPlan plan, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(plan, OptionsReader.Read(plan.Config), Console.Out, Console.Error, cancellation);
        }
        catch (Exception wrong) when (wrong is ConfigurationException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Configuration;
        }
        catch (Exception wrong) when (wrong is IOException or SocketException or UnauthorizedAccessException or StoreException)
        {
            await Console.Error.WriteLineAsync($"cannot start: {wrong.Message}");
            return ExitCode.CannotStart;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    /// <summary>All scripts, and what their callers say, are read before the first call is made; then one call after the other, each with a server of its own.</summary>
    internal static async Task<int> RunAsync(TestPlan plan, ServerOptions options, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        List<TestRun> runs = [];
        foreach (string file in plan.Files)
        {
            (Script? script, IReadOnlyList<string> wrong) = ScriptCommand.Read(file);
            foreach (string error in wrong) { await errors.WriteLineAsync(error); }
            if (script is not null) { runs.Add(new TestRun(file, script)); }
        }
        if (runs.Count < plan.Files.Count) { return ExitCode.Configuration; }

        IEnumerable<string> names = options.Models.Select(model => model.Name).Concat(plan.Models).Distinct(StringComparer.Ordinal);
        ServerOptions serving = options with
        {
            Drain = TimeSpan.Zero,
            Log = options.Log with { Level = (LogLevel)Math.Max((int)options.Log.Level, (int)LogLevel.Warning) },
        };
        List<TestResult> results = [];
        try
        {
            foreach (TestRun run in runs)
            {
                TestResult result = await run.RunAsync(serving, names, TimeProvider.System, cancellation);
                results.Add(result);
                await output.WriteAsync(result.ToText());
                if (plan.Explains && !result.Passed) { await output.WriteLineAsync(result.Story); }
            }
        }
        finally
        {
            // Who was called is reported, whatever became of the next one.
            if (plan.JUnit is { } report && results.Count > 0) { await WriteAsync(report, results); }
        }
        int failed = results.Count(result => !result.Passed);
        await output.WriteLineAsync(failed == 0 ? $"{results.Count} passed" : $"{failed} of {results.Count} FAILED");
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task WriteAsync(string report, IReadOnlyList<TestResult> results)
    {
        await using FileStream stream = new(report, FileMode.Create);
        TestReport.Write(stream, results);
    }
}

/// <summary>What the command line asks of <c>switchhook test</c>.</summary>
internal sealed record TestPlan(IReadOnlyList<string> Files, string? Config, IReadOnlyList<string> Models, string? JUnit, bool Explains);
