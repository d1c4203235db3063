using System.CommandLine;
using Switchhook.Server.Cli;
using Switchhook.Server.OpenApi;

if (ApiDocument.IsBeingWritten)
{
    await ApiDocument.WriteAsync();
    return ExitCode.Done;
}
RootCommand root = new("Switchhook answers SIP phone calls for realtime voice agents.")
{
    ServeCommand.Create(),
    CallCommand.Create(),
    CallsCommand.Create(),
    ExplainCommand.Create(),
    ScriptCommand.Create(),
    TestCommand.Create(),
};
ParseResult parsed = root.Parse(args);
// A server that was asked to stop leaves when its calls have ended, not when the command line's patience has.
InvocationConfiguration invocation = new();
if (parsed.CommandResult.Command.Name == "serve") { invocation.ProcessTerminationTimeout = null; }
int code = await parsed.InvokeAsync(invocation);
return parsed.Errors.Count > 0 ? ExitCode.Configuration : code;
