using System.Net;
using System.Net.NetworkInformation;

namespace Switchhook.Server.Tests.Transport;

/// <summary>
/// Ports that a test needs to know before it binds them. They lie below those that systems give to whoever asks for any port, so
/// that no socket of another test takes one meanwhile.
/// </summary>
internal static class FreePorts
{
    /// <summary>The first, an even one, of so many in a row that nobody uses.</summary>
    public static int Next(int count = 1)
    {
        IPGlobalProperties system = IPGlobalProperties.GetIPGlobalProperties();
        HashSet<int> used = [.. system.GetActiveUdpListeners().Concat(system.GetActiveTcpListeners()).Select(listener => listener.Port)];
        while (true)
        {
            int first = 2 * Random.Shared.Next(5_000, 14_000);
            if (!Enumerable.Range(first, count).Any(used.Contains)) { return first; }
        }
    }
}
