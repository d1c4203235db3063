namespace Switchhook.Transport.Media;

/// <summary>
/// The poller of every other system: asks each socket in turn. It costs a system call for every open socket and
/// round, which is right for a developer's machine and wrong for hundreds of calls.
/// </summary>
internal sealed class PortablePoller : IPoller
{
    private readonly List<(RtpSocket Socket, int Token)> _sockets = [];
    private int _next;

    public void Add(RtpSocket socket, int token) => _sockets.Add((socket, token));

    public void Remove(RtpSocket socket, int token) => _sockets.Remove((socket, token));

    public int Poll(Span<int> readable)
    {
        int count = 0;
        for (int asked = 0; asked < _sockets.Count && count < readable.Length; asked++)
        {
            // Goes on where the last round stopped, so that busy sockets cannot hide the others.
            _next = (_next + 1) % _sockets.Count;
            if (_sockets[_next].Socket.HasData) { readable[count++] = _sockets[_next].Token; }
        }
        return count;
    }

    public void Dispose() => _sockets.Clear();
}
