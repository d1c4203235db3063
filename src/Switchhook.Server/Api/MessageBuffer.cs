using System.Buffers;

namespace Switchhook.Server.Api;

/// <summary>One WebSocket message while it arrives: a pooled buffer that grows to a limit and shrinks again after a large message.</summary>
internal sealed class MessageBuffer(int bytesMax) : IDisposable
{
    private const int BytesUsual = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BytesUsual);
    private int _length;

    /// <summary>Where the next bytes go; at least one unless <see cref="IsFull"/>.</summary>
    public Memory<byte> Free => _bytes.AsMemory(_length, Math.Min(_bytes.Length, bytesMax) - _length);

    public bool IsFull => _length >= bytesMax;

    /// <summary>More than most events ever are.</summary>
    public bool IsLarge => _length > Limits.LargeMessageBytes;

    public ReadOnlyMemory<byte> Message => _bytes.AsMemory(0, _length);

    public void Advance(int count)
    {
        _length += count;
        if (_length == _bytes.Length && !IsFull) { Move(Math.Min(_bytes.Length * 2L, bytesMax)); }
    }

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > 4 * BytesUsual) { Move(BytesUsual); }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Move(long size)
    {
        byte[] moved = ArrayPool<byte>.Shared.Rent((int)size);
        _bytes.AsSpan(0, _length).CopyTo(moved);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = moved;
    }
}
