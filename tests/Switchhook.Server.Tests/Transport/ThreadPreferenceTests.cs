using System.Globalization;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Tests.Transport;

public sealed class ThreadPreferenceTests
{
    private const string Name = "to be preferred";      // the system keeps fifteen letters

    // Without the right nothing happens, and that is no failure; with it the threads of the name are preferred and no others.
    [Fact]
    public void Threads_of_a_name_are_preferred_and_no_others()
    {
        Assert.SkipUnless(Libc.IsAvailable, "needs the calls of 64-bit Linux");
        using ManualResetEventSlim end = new();
        using CountdownEvent begun = new(2);
        Thread[] threads = [Begin(Name, begun, end), Begin("an ordinary one", begun, end)];
        try
        {
            begun.Wait(TestContext.Current.CancellationToken);
            (int policy, int nice)[] before = [Scheduling(Name), Scheduling("an ordinary one")];
            Libc.PreferThreads(Name);
            (int policy, int nice) preferred = Scheduling(Name);
            Assert.SkipWhen(preferred == before[0], "this process may not prefer its threads");
            Assert.True(preferred.policy == 2 || preferred.nice < before[0].nice, $"policy {preferred.policy}, nice {preferred.nice}");
            Assert.Equal(before[1], Scheduling("an ordinary one"));
        }
        finally
        {
            end.Set();
            foreach (Thread thread in threads) { thread.Join(); }
        }
    }

    private static Thread Begin(string name, CountdownEvent begun, ManualResetEventSlim end)
    {
        Thread thread = new(() => { begun.Signal(); end.Wait(); }) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Fields 41 and 19 of <c>/proc/PID/task/TID/stat</c>, counted behind the name, which may have blanks.</summary>
    private static (int Policy, int Nice) Scheduling(string name)
    {
        string task = Directory.EnumerateDirectories("/proc/self/task").Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name);
        string stat = File.ReadAllText(Path.Combine(task, "stat"));
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[41 - 3], CultureInfo.InvariantCulture), int.Parse(fields[19 - 3], CultureInfo.InvariantCulture));
    }
}
