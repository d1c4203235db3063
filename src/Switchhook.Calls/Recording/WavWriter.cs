using System.Buffers.Binary;

namespace Switchhook.Calls.Recording;

/// <summary>
/// 16-bit PCM WAV, written as it comes. The header is made true again at every <see cref="Flush"/>, so that a file
/// whose writer died can still be played to its last flush.
/// </summary>
internal sealed class WavWriter : IDisposable
{
    public const int HeaderBytes = 44;

    private readonly Stream _stream;
    private readonly int _channels;
    private readonly int _sampleRate;
    private long _dataBytes;

    public WavWriter(Stream stream, int channels, int sampleRate)
    {
        (_stream, _channels, _sampleRate) = (stream, channels, sampleRate);
        WriteHeader();
    }

    /// <summary>Interleaved samples, as little-endian bytes.</summary>
    public void Write(ReadOnlySpan<byte> interleaved)
    {
        _stream.Write(interleaved);
        _dataBytes += interleaved.Length;
    }

    public void Flush()
    {
        long end = _stream.Position;
        _stream.Position = 0;
        WriteHeader();
        _stream.Position = end;
        _stream.Flush();
    }

    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        uint data = (uint)Math.Min(_dataBytes, uint.MaxValue - HeaderBytes);
        int frame = _channels * sizeof(short);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], data + HeaderBytes - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)_channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)_sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(_sampleRate * frame));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)frame);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], data);
        _stream.Write(header);
    }
}
