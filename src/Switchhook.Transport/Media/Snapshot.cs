namespace Switchhook.Transport.Media;

/// <summary>
/// A value too large to be read at once, written by one thread and read whole by any other: an odd version says that
/// it is being written, a changed version that the reader must look again. Neither side waits for the other's turn.
/// </summary>
internal sealed class Snapshot<T> where T : struct
{
    private T _value;
    private int _version;

    public void Write(in T value)
    {
        int version = _version;
        Volatile.Write(ref _version, version + 1);
        Interlocked.MemoryBarrier();
        _value = value;
        Volatile.Write(ref _version, version + 2);
    }

    public T Read()
    {
        SpinWait spin = default;
        while (true)
        {
            int before = Volatile.Read(ref _version);
            T value = _value;
            Interlocked.MemoryBarrier();
            if ((before & 1) == 0 && before == Volatile.Read(ref _version)) { return value; }
            spin.SpinOnce();
        }
    }
}
