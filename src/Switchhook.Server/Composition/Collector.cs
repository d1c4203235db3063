using System.Collections;
using System.Runtime.InteropServices;

namespace Switchhook.Server.Composition;

/// <summary>
/// How the garbage collector is asked to behave. A collection stops the media threads; how long depends on how much
/// was allocated since the last one, and by default that is tens of megabytes: 20 ms of copying, a frame that is late
/// at every caller. A youngest generation of a few megabytes is collected more often and in a fraction of that time.
/// The runtime takes its size from the environment and from nowhere else, so the process begins again, once, in place.
/// </summary>
internal static partial class Collector
{
    private const string Size = "DOTNET_GCgen0size";
    private const string YoungBytes = "0x400000";

    /// <summary>Does not return when the process begins again. What the operator has set is left alone; where it is not possible the server runs as it is.</summary>
    public static void Settle()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Size) is not null || Environment.ProcessPath is not { } program) { return; }
        string[] arguments = [.. File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1]];
        var environment = new List<string> { $"{Size}={YoungBytes}" };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) { environment.Add($"{variable.Key}={variable.Value}"); }
        _ = Execute(program, [.. arguments, null], [.. environment, null]);
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
