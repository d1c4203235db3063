using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Switchhook.Calls.Ports;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Server.Api;

namespace Switchhook.Server.Sessions;

/// <summary>
/// A session without a call: an engine, and the one client it speaks with. One event at a time goes in and one comes out, so
/// what waits between the two is theirs to wait for: it is never lost, and never grows.
/// </summary>
internal sealed class PlainSession(string id, IVoiceEngine engine) : ISocketPeer
{
    private const int EventBytesUsual = 4 * 1024, EventBytesKept = 64 * 1024;

    private ArrayBufferWriter<byte> _event = new(EventBytesUsual);
    private ErrorEvent? _last;
    private string? _expired;
    private int _end = -1;

    /// <summary><c>sess_…</c></summary>
    public string Id => id;

    /// <summary>Why it ended; meaningful when it has.</summary>
    public SessionEnd End => (SessionEnd)Volatile.Read(ref _end);

    public (int Code, string Reason) Goodbye => End switch
    {
        SessionEnd.SessionExpired => (1001, _expired ?? ""),      // as the real service has it
        SessionEnd.EngineLost => (1011, "The model session was lost"),
        SessionEnd.Shutdown => (1001, "The server is shutting down"),
        _ => (1000, ""),
    };

    public async ValueTask<bool> WaitAsync(CancellationToken over)
    {
        if (await engine.Events.WaitToReadAsync(over)) { return true; }
        if (!Finish(_expired is null ? SessionEnd.EngineLost : SessionEnd.SessionExpired) || _expired is not null) { return false; }
        // Never a silent end (S3).
        _last = ErrorEvent.For(RealtimeError.Server("engine_lost", "The model session was lost; this session is over."), null, Tokens.New("event_", Random.Shared));
        return true;
    }

    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (!engine.Events.TryRead(out ServerEvent? told)) { (told, _last) = (_last, null); }
        if (told is null) { return false; }
        if (told is ErrorEvent { Error: { Code: "session_expired" } expired }) { _expired = expired.Message; }
        if (_event.Capacity > EventBytesKept) { _event = new ArrayBufferWriter<byte>(EventBytesUsual); }
        _event.ResetWrittenCount();
        RealtimeJson.Write(told, _event);
        message = _event.WrittenMemory;
        return true;
    }

    /// <summary>Audio is read without garbage; what is wrong is told by the session, in its turn.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask HearAsync(ReadOnlyMemory<byte> message)
    {
        byte[] audio = ArrayPool<byte>.Shared.Rent(Math.Min(Base64.GetMaxDecodedFromUtf8Length(message.Length), Limits.AppendBytes));
        try { await engine.PostAsync(Read(message.Span, audio)); }
        finally { ArrayPool<byte>.Shared.Return(audio); }
    }

    public void Leave(SocketEnd end)
    {
        Finish(end switch
        {
            SocketEnd.Closed => SessionEnd.Closed,
            SocketEnd.TooSlow => SessionEnd.TooSlow,
            SocketEnd.Refused => SessionEnd.Refused,
            _ => SessionEnd.Lost,
        });
    }

    /// <summary>The process goes down: the client is told, and may go elsewhere.</summary>
    public void ShutDown() => Finish(SessionEnd.Shutdown);

    /// <summary>Done when the engine has let go of everything.</summary>
    public ValueTask CloseAsync() => engine.DisposeAsync();

    private static ClientEvent Read(ReadOnlySpan<byte> message, byte[] audio)
    {
        if (AudioFrames.TryReadAppend(message, audio.AsSpan(0, Math.Min(audio.Length, Limits.AppendBytes)), out int written, out string? appendId))
        {
            return new InputAudioBufferAppend(audio.AsMemory(0, written)) { EventId = appendId };
        }
        return EventReader.ReadClientEvent(message);
    }

    /// <summary>The first end counts; after it nothing more is said. False when there was one before.</summary>
    private bool Finish(SessionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, -1) != -1) { return false; }
        _ = engine.DisposeAsync().AsTask();
        return true;
    }
}
