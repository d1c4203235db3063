using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Switchhook.Load;

/// <summary>The calls of 64-bit Linux without which nothing could be measured: time stamps of the kernel, and the processor clock of another process.</summary>
internal static unsafe partial class Libc
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int DontWait = 0x40;
    private const int SocketLevel = 1;
    private const int TimestampNs = 35;
    private const int AddressBytes = 16;
    private const int ControlBytes = 64;
    private const int PriorityOfThread = 0;

    /// <summary>Nanoseconds of the monotonic clock.</summary>
    public static long MonotonicNs
    {
        get
        {
            _ = ClockGetTime(ClockMonotonic, out Timespec time);
            return time.Ns;
        }
    }

    public static void SleepUntil(long monotonicNs)
    {
        Timespec until = new((nint)(monotonicNs / 1_000_000_000), (nint)(monotonicNs % 1_000_000_000));
        _ = ClockNanosleep(ClockMonotonic, AbsoluteTime, in until, 0);
    }

    /// <summary>Asks for a better nice value for the calling thread; without the right to it nothing changes.</summary>
    public static void PreferThisThread() => _ = SetPriority(PriorityOfThread, 0, -5);

    /// <summary>
    /// Processor time of all threads that the process has or had, from the scheduler's own account. <c>/proc/PID/stat</c>
    /// shows the same in ticks of 10 ms, and where ticks are sampled it is wrong by tens of percent for work that
    /// comes in pieces of a hundred microseconds.
    /// </summary>
    public static TimeSpan ProcessorTime(int process)
    {
        if (ClockGetCpuClockId(process, out int clock) != 0 || ClockGetTime(clock, out Timespec time) != 0) { throw new Win32Exception("the process has no clock; has it ended?"); }
        return TimeSpan.FromTicks(time.Ns / 100);
    }

    /// <summary>The kernel is to stamp what arrives, at the moment it arrives.</summary>
    public static void StampArrivals(Socket socket) => socket.SetRawSocketOption(SocketLevel, TimestampNs, BitConverter.GetBytes(1));

    /// <summary>One datagram over IPv4, its source port, and when it reached this machine (nanoseconds of the wall clock). False when none waits.</summary>
    public static bool TryReceive(SafeSocketHandle socket, Span<byte> datagram, out int length, out ushort sourcePort, out long arrivedNs)
    {
        byte* address = stackalloc byte[AddressBytes];
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* bytes = datagram)
        {
            Vector vector = new() { Base = bytes, Length = (nuint)datagram.Length };
            MessageHeader header = new() { Name = address, NameLength = AddressBytes, Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            length = (int)ReceiveMessage(socket, &header, DontWait);
            (sourcePort, arrivedNs) = (0, 0);
            if (length < 0) { return false; }
            sourcePort = (ushort)(address[2] << 8 | address[3]);
            // A control message is its length (8 bytes), level and type (4 each), then its data: here one timespec.
            bool isStamped = header.ControlLength >= 32 && *(int*)(control + 8) == SocketLevel && *(int*)(control + 12) == TimestampNs;
            if (isStamped) { arrivedNs = (*(Timespec*)(control + 16)).Ns; }
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Timespec time);

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int ClockGetCpuClockId(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec time, nint left);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* header, int flags);

    private readonly record struct Timespec(nint Seconds, nint Nanoseconds)
    {
        public long Ns => Seconds * 1_000_000_000L + Nanoseconds;
    }

    private struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
