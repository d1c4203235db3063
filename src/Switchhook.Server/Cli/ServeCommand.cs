using System.CommandLine;
using System.Net.Sockets;
using Switchhook.Server.Composition;
using Switchhook.Server.Options;
using Switchhook.Storage;
using Host = Switchhook.Server.Composition.Host;

namespace Switchhook.Server.Cli;

/// <summary><c>switchhook serve</c>: runs until it is asked to stop, lets calls end, and leaves.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<string?> config = new("--config", "-c")
        {
            Description = "Configuration file. Without it: SWITCHHOOK_CONFIG, ./switchhook.json, or development defaults on loopback.",
            HelpName = "FILE",
        };
        Command command = new("serve", "Answer calls.") { config };
        command.SetAction((parsed, _) =>
        {
            Collector.Settle();
            return RunAsync(parsed.GetValue(config));
        });
        return command;
    }

    private static async Task<int> RunAsync(string? config)
    {
        try
        {
            ServerOptions options = OptionsReader.Read(config);
            await using Host host = await Host.StartAsync(options, TimeProvider.System);
            Console.Out.WriteLine(host.Banner);
            await UntilAsync(host.Stopping);
            Console.Out.WriteLine($"stopping: {host.House.Calls.Count} calls and {host.House.Sessions.Count} sessions have {options.Drain.TotalSeconds:0} s to end");
            await host.StopAsync();
            Console.Out.WriteLine("stopped");
            return ExitCode.Done;
        }
        catch (ConfigurationException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return ExitCode.Configuration;
        }
        catch (Exception error) when (error is IOException or SocketException or StoreException)
        {
            await Console.Error.WriteLineAsync($"cannot start: {error.Message}");
            return ExitCode.CannotStart;
        }
    }

    private static async Task UntilAsync(CancellationToken stopping)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stopping.Register(asked.SetResult);
        await asked.Task;
    }
}
