using System.IO.Pipelines;

namespace Switchhook.Server.Tests.Api;

/// <summary>One end of a connection in memory that holds few bytes on their way: who does not read stops who writes.</summary>
internal sealed class NarrowStream : Stream
{
    private const int BytesHeld = 16 * 1024;

    private readonly PipeReader _in;
    private readonly PipeWriter _out;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NarrowStream(PipeReader reader, PipeWriter writer) => (_in, _out) = (reader, writer);

    public static (NarrowStream Here, NarrowStream There) Pair()
    {
        Pipe forth = new(new PipeOptions(pauseWriterThreshold: BytesHeld, resumeWriterThreshold: BytesHeld / 2, useSynchronizationContext: false));
        Pipe back = new(new PipeOptions(pauseWriterThreshold: BytesHeld, resumeWriterThreshold: BytesHeld / 2, useSynchronizationContext: false));
        return (new NarrowStream(back.Reader, forth.Writer), new NarrowStream(forth.Reader, back.Writer));
    }

    /// <summary>Done when a write has to wait for the other end.</summary>
    public Task Stopped => _stopped.Task;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult read = await _in.ReadAsync(cancellationToken);
        int count = (int)Math.Min(buffer.Length, read.Buffer.Length);
        int copied = 0;
        foreach (ReadOnlyMemory<byte> part in read.Buffer.Slice(0, count))
        {
            part.CopyTo(buffer[copied..]);
            copied += part.Length;
        }
        _in.AdvanceTo(read.Buffer.GetPosition(count));
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> written = _out.WriteAsync(buffer, cancellationToken);
        if (!written.IsCompleted) { _stopped.TrySetResult(); }
        await written;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _in.Complete();
        _out.Complete();
        base.Dispose(disposing);
    }
}
