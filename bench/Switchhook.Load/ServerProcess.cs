using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Switchhook.Load;

/// <summary>A server of its own for one measurement: the published executable, a configuration and a database in a temporary directory, ports that are free.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    public const string Project = "proj_load";
    public const string ApiKey = "sk-load";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>About six seconds each: longer than a turn of the caller, shorter than the pause until the next.</summary>
    private const string Script =
        """
        voice: coral
        greet: true
        flow:
          - say: "Good evening, and thank you for calling. I can look up a booking for you, or make a new one, whichever you like."
          - listen
          - say: "A table for two is gladly arranged. We have one by the window at seven, and another in the garden at half past eight."
          - listen
        """;

    private readonly Process _process;
    private readonly string _directory;
    private readonly HttpClient _http = new();

    private ServerProcess(Process process, string directory) => (_process, _directory) = (process, directory);

    public IPEndPoint Sip { get; private set; } = new(IPAddress.Loopback, 0);

    public Uri Api { get; private set; } = new("http://127.0.0.1/");

    public int Id => _process.Id;

    public static async Task<ServerProcess> StartAsync(string executable, string webhook, int calls, int? mediaThreads)
    {
        if (!File.Exists(executable)) { throw new FileNotFoundException($"{executable} is not there; `make build` leaves it"); }
        string directory = Directory.CreateTempSubdirectory("switchhook-load-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "load.yaml"), Script);
        string config = Path.Combine(directory, "switchhook.json");
        await File.WriteAllTextAsync(config, Configuration(webhook, calls, mediaThreads));
        ProcessStartInfo start = new(executable, ["serve", "--config", config]) { RedirectStandardOutput = true, WorkingDirectory = directory };
        ServerProcess server = new(Process.Start(start)!, directory);
        await server.UntilReadyAsync().WaitAsync(s_patience);
        return server;
    }

    public async Task<Metrics> ReadMetricsAsync() => new(await _http.GetStringAsync(new Uri(Api, "/metrics")));

    public TimeSpan ProcessorTime => Libc.ProcessorTime(Id);

    public double ResidentMiB => Status("VmRSS:") / 1024.0;

    /// <summary>Processor time by name of thread, in nanoseconds, from the scheduler (<c>/proc/PID/task/*/schedstat</c>). Threads that have ended are not in it.</summary>
    public Dictionary<string, long> ThreadTimes()
    {
        Dictionary<string, long> times = new(StringComparer.Ordinal);
        foreach (string task in Directory.EnumerateDirectories($"/proc/{Id}/task"))
        {
            try
            {
                string name = ThreadNumber().Replace(File.ReadAllText(task + "/comm").Trim(), "");
                long ns = long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
                times[name] = times.GetValueOrDefault(name) + ns;
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Terminate(Id, 15);
            try { await _process.WaitForExitAsync().WaitAsync(s_patience); }
            catch (TimeoutException) { _process.Kill(); }
        }
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Configuration(string webhook, int calls, int? mediaThreads) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        {
          "sip": { "listen": ["udp://127.0.0.1:0"] },
          "media": { "address": "127.0.0.1", "ports": "12000-19999"{{(mediaThreads is { } threads ? $", \"threads\": {threads}" : "")}} },
          "api": { "listen": ["http://127.0.0.1:0"] },
          "storage": "sqlite:load.db",
          "projects": [{
            "id": "{{Project}}", "api_keys": ["{{ApiKey}}"],
            "webhook": { "url": "{{webhook}}", "secret": "whsec_c3dpdGNoaG9vay1sb2FkLXRvb2wtc2VjcmV0LTAwMQ==" }
          }],
          "models": { "load": { "engine": "scripted", "script": "load.yaml" } },
          "limits": { "calls": {{calls + 100}} },
          "log": { "level": "warning" }
        }
        """);

    private async Task UntilReadyAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (SipLine().Match(line) is { Success: true } sip) { Sip = IPEndPoint.Parse(sip.Groups[1].Value); }
            if (ApiLine().Match(line) is { Success: true } api) { Api = new Uri(api.Groups[1].Value); }
            if (line == "ready")
            {
                _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return;
            }
        }
        throw new IOException("the server ended before it was ready");
    }

    private long Status(string key)
    {
        string line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"udp://(127\.0\.0\.1:\d+)")]
    private static partial Regex SipLine();

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)$")]
    private static partial Regex ApiLine();

    [GeneratedRegex(@"[ #]*\d+$")]
    private static partial Regex ThreadNumber();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Terminate(int process, int signal);
}
