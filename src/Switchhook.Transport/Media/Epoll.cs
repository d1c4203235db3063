using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Switchhook.Transport.Media;

/// <summary>The poller of Linux: asking costs by what is readable, not by what is open.</summary>
internal sealed class Epoll : IPoller
{
    private const int EventsMax = 256;

    // struct epoll_event is packed on x86-64 and only there.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_eventBytes = s_dataOffset + sizeof(ulong);

    private readonly Libc.EpollHandle _epoll;
    private readonly byte[] _events = new byte[EventsMax * s_eventBytes];

    public Epoll()
    {
        _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_epoll.IsInvalid) { throw new IOException($"epoll is not to be had: {Marshal.GetLastPInvokeErrorMessage()}"); }
    }

    public void Add(RtpSocket socket, int token)
    {
        if (!Control(Libc.EpollAdd, socket, token)) { throw new IOException($"epoll refuses a socket: {Marshal.GetLastPInvokeErrorMessage()}"); }
    }

    // The only reason to fail is that it was never added, as when adding it was refused.
    public void Remove(RtpSocket socket, int token) => _ = Control(Libc.EpollRemove, socket, token);

    public int Poll(Span<int> readable)
    {
        int count = Libc.EpollWait(_epoll, _events, Math.Min(readable.Length, EventsMax), timeoutMs: 0);
        if (count < 0)
        {
            Debug.Assert(Marshal.GetLastPInvokeError() == Libc.Interrupted, "the poller was given a bad descriptor");
            return 0;
        }
        for (int index = 0; index < count; index++)
        {
            readable[index] = MemoryMarshal.Read<int>(_events.AsSpan(index * s_eventBytes + s_dataOffset));
        }
        return count;
    }

    public void Dispose() => _epoll.Dispose();

    private bool Control(int operation, RtpSocket socket, int token)
    {
        Span<byte> epollEvent = stackalloc byte[s_eventBytes];
        epollEvent.Clear();
        MemoryMarshal.Write(epollEvent, Libc.EpollReadable);
        MemoryMarshal.Write(epollEvent[s_dataOffset..], token);
        return Libc.EpollControl(_epoll, operation, socket.Handle, epollEvent) == 0;
    }
}
