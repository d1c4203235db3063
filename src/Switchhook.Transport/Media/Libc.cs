using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Switchhook.Transport.Media;

/// <summary>
/// The calls of 64-bit Linux that the media threads make themselves: <see cref="Socket"/> throws where a socket has
/// nothing to read, and knows no epoll and no sleep shorter than a millisecond.
/// </summary>
internal static partial class Libc
{
    internal const int DontWait = 0x40;
    internal const int TellTrueLength = 0x20;
    internal const int EpollCloseOnExec = 0x80000;
    internal const int EpollAdd = 1;
    internal const int EpollRemove = 2;
    internal const uint EpollReadable = 1;
    internal const int Interrupted = 4;
    private const int ClockMonotonic = 1;
    private const int RoundRobin = 2;
    private const int NotInherited = 0x40000000;
    private const int LowestRealTimePriority = 1;
    private const int PriorityOfThread = 0;
    private const int NicestPriority = -10;

    internal static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Sleeps this long, or until a signal; whoever waits for a deadline looks at the clock again.</summary>
    internal static void Sleep(TimeSpan span)
    {
        Timespec wanted = new((nint)(span.Ticks / TimeSpan.TicksPerSecond), (nint)(span.Ticks % TimeSpan.TicksPerSecond * 100));
        _ = ClockNanosleep(ClockMonotonic, 0, in wanted, 0);
    }

    /// <summary>
    /// Asks the scheduler to run the calling thread before ordinary ones, in real time (RLIMIT_RTPRIO or CAP_SYS_NICE)
    /// or at least at a better nice value. Without the right to either, nothing changes.
    /// </summary>
    internal static void PreferThisThread()
    {
        if (SetScheduler(0, RoundRobin | NotInherited, LowestRealTimePriority) != 0) { _ = SetPriority(PriorityOfThread, 0, NicestPriority); }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial EpollHandle EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(EpollHandle epoll, int operation, SafeSocketHandle socket, ReadOnlySpan<byte> epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(EpollHandle epoll, Span<byte> events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(SafeSocketHandle socket, Span<byte> buffer, nint bytes, int flags, Span<byte> address, ref uint addressBytes);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(SafeSocketHandle socket, ReadOnlySpan<byte> buffer, nint bytes, int flags, ReadOnlySpan<byte> address, uint addressBytes);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec span, nint left);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int nice);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(nint descriptor);

    private readonly record struct Timespec(nint Seconds, nint Nanoseconds);

    internal sealed class EpollHandle() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => CloseDescriptor(handle) == 0;
    }
}
