using System.CommandLine;
using Switchhook.Server.Cli;

RootCommand root = new("Switchhook answers SIP phone calls for realtime voice agents.")
{
    ServeCommand.Create(),
    CallsCommand.Create(),
    ExplainCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count == 0) { return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); }
await parsed.InvokeAsync();
return ExitCode.Configuration;
