using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Switchhook.Measured;

/// <summary>What one must know of a machine and a tree to repeat figures.</summary>
internal static class Machine
{
    public static string Words => $"{Environment.ProcessorCount} cores of {Processor()}, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {RuntimeInformation.FrameworkDescription}";

    public static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    /// <summary>The commit, with a plus when the tree is not it.</summary>
    public static string Commit()
    {
        string commit = Run("git", "rev-parse --short HEAD");
        return commit.Length == 0 ? "unknown" : commit + (Run("git", "status --porcelain -uno").Length > 0 ? "+" : "");
    }

    /// <summary>The first words of a program.</summary>
    public static string Run(string program, string arguments)
    {
        using Process? process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        return process?.StandardOutput.ReadToEnd().Trim() ?? "";
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
}
