using System.Net;

namespace Switchhook.Engines.Mcp;

/// <summary>Reads no more of any answer than <see cref="Limits.McpAnswerBytes"/>, whether it comes at once or as a stream of events.</summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        response.Content = new BoundedContent(response.Content);
        return response;
    }

    private sealed class BoundedContent : HttpContent
    {
        private readonly HttpContent _content;

        public BoundedContent(HttpContent content)
        {
            _content = content;
            foreach ((string name, IEnumerable<string> values) in content.Headers) { Headers.TryAddWithoutValidation(name, values); }
        }

        protected override async Task<Stream> CreateContentReadStreamAsync() => new BoundedStream(await _content.ReadAsStreamAsync());

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            new BoundedStream(await _content.ReadAsStreamAsync(cancellationToken));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using Stream answer = await CreateContentReadStreamAsync(cancellationToken);
            await answer.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) { _content.Dispose(); }
            base.Dispose(disposing);
        }
    }

    private sealed class BoundedStream(Stream stream) : Stream
    {
        private long _bytes;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await stream.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(stream.Read(buffer, offset, count));

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) { stream.Dispose(); }
            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            _bytes += read;
            return _bytes <= Limits.McpAnswerBytes ? read : throw new McpRefusal($"The MCP server's answer is longer than {Limits.McpAnswerBytes} bytes.");
        }
    }
}
