using Switchhook.Server.Composition;
using Switchhook.Server.Options;

namespace Switchhook.Server.Tests.Composition;

[Collection("Alone")]
public sealed class HostTests
{
    private static readonly Dictionary<string, string> s_noEnvironment = [];

    // A watcher is told of every row that is written to a database below the working directory: a thread and garbage for nothing.
    [Fact]
    public async Task Nobody_watches_the_working_directory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads have names in /proc");
        DirectoryInfo directory = Directory.CreateTempSubdirectory();
        try
        {
            await using (await Host.StartAsync(Options(directory.FullName), TimeProvider.System))
            {
                Assert.DoesNotContain(ThreadNames(), name => name.Contains("File Watch", StringComparison.Ordinal));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ServerOptions Options(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "one.yaml"), "flow: [say: \"One.\"]");
        return OptionsReader.Read(new ConfigurationSource("test",
            """
            {
              "sip": { "listen": ["udp://127.0.0.1:0"] },
              "api": { "listen": ["http://127.0.0.1:0"] },
              "storage": "sqlite:test.db",
              "projects": [{ "id": "proj_test", "api_keys": ["sk-test"] }],
              "models": { "one": { "engine": "scripted", "script": "one.yaml" } }
            }
            """, directory, IsDefault: false), s_noEnvironment);
    }

    private static IEnumerable<string> ThreadNames() =>
        Directory.EnumerateDirectories("/proc/self/task").Select(NameOf);

    private static string NameOf(string task)
    {
        try { return File.ReadAllText(Path.Combine(task, "comm")); }
        catch (IOException) { return ""; }      // it has ended meanwhile
    }
}
