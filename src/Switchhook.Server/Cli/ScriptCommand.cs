using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Switchhook.Engines;
using Switchhook.Engines.Scripted;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook script check</c>: reads scripts as the server would, tells everything that is wrong with them, or their steps.</summary>
internal static class ScriptCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new("file") { Description = "Scripts to check.", Arity = ArgumentArity.OneOrMore };
        Command check = new("check", "Say what is wrong with a script, as file:line:column, or list its steps.") { files };
        check.SetAction(parsed => Check(parsed.GetValue(files)!, Console.Out, Console.Error));
        return new Command("script", "Work with the scripts of the scripted model.") { check };
    }

    /// <summary>0 when all of them are scripts, else 2.</summary>
    internal static int Check(IReadOnlyList<string> files, TextWriter output, TextWriter errors)
    {
        int code = ExitCode.Done;
        foreach (string file in files)
        {
            (Script? script, IReadOnlyList<string> wrong) = Read(file);
            foreach (string error in wrong) { errors.WriteLine(error); }
            if (script is null) { code = ExitCode.Configuration; continue; }
            output.WriteLine($"{file}: fine");
            foreach (string line in ScriptOutline.Lines(script)) { output.WriteLine($"  {line}"); }
            (ScriptExpectation, int Times)[] expectations = [.. ScriptOutline.Expectations(script)];
            if (expectations.Length == 0) { continue; }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  expectations: {expectations.Length}, that must be met: {expectations.Count(e => e.Times > 0)}"));
        }
        return code;
    }

    /// <summary>One script, or everything that is wrong with it.</summary>
    internal static (Script? Script, IReadOnlyList<string> Errors) Read(string file)
    {
        (ImmutableDictionary<string, Script> scripts, IReadOnlyList<string> errors) =
            ScriptedModels.Load(new Dictionary<string, string> { [Path.GetFileNameWithoutExtension(file)] = file });
        return (scripts.Values.FirstOrDefault(), errors);
    }
}
