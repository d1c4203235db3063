using System.Collections.Concurrent;
using Switchhook.Calls.Ports;
using Switchhook.Media;

namespace Switchhook.Transport.Media;

/// <summary>
/// One dedicated thread: its sockets, its sessions, its clock. Twenty milliseconds are divided into ten rounds on an
/// absolute grid; a session ticks in one round of the ten, always the same, so that not all speak at once. In a
/// round the thread reads what has arrived, obeys what was asked, and ticks whose turn it is. Reading only at rounds
/// delays a packet by 2 ms at most, makes the number of wake-ups independent of the number of calls, and
/// lets a flood wait.
/// </summary>
internal sealed class MediaThread : IAsyncDisposable
{
    private const int Rounds = 10;
    private const int TicksPerPublication = 25;
    private const int DatagramBytes = 2048;

    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_round = s_frame / Rounds;

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly TimeSpan _spin;
    private readonly bool _native;
    private readonly IPoller _poller;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ConcurrentQueue<MediaLeg> _asking = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<MediaLeg>[] _legsByRound = [.. Enumerable.Range(0, Rounds).Select(_ => new List<MediaLeg>())];
    private readonly List<MediaLeg?> _legsByToken = [];
    private readonly Stack<int> _freeTokens = new();
    private readonly int[] _readable = new int[256];
    private readonly byte[] _datagram = new byte[DatagramBytes];
    private readonly Snapshot<MediaCounters> _published = new();
    private MediaCounters _counters;
    private short[] _unheard = [];
    private volatile bool _stopping;
    private volatile bool _over;
    private int _load;

    public MediaThread(string name, TimeProvider time, Random random, TimeSpan spin, bool native)
    {
        _time = time;
        _random = random;
        _spin = spin;
        _native = native;
        _poller = native ? new Epoll() : new PortablePoller();
        _thread = new Thread(Run) { Name = name, IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Legs that were given to this thread and are not closed.</summary>
    public int Load => Volatile.Read(ref _load);

    public MediaCounters Counters => _published.Read();

    public Lateness Lateness { get; } = new();

    /// <summary>The first of our own mistakes that ended a session; the rest are counted.</summary>
    public Exception? FirstFault { get; private set; }

    public void Assign() => Interlocked.Increment(ref _load);

    public void Dismiss() => Interlocked.Decrement(ref _load);

    /// <summary>Called once for any number of commands to a leg, until the thread has taken them: the queue is no longer than the legs are many.</summary>
    public void Notify(MediaLeg leg)
    {
        _asking.Enqueue(leg);
        Interlocked.MemoryBarrier();
        if (_over) { ServeAfterTheEnd(); }
        else { _wake.Set(); }
    }

    /// <summary>Closes all sessions, then ends the thread. The wake-up event is left to its finalizer: a late command may still set it.</summary>
    public ValueTask DisposeAsync()
    {
        _stopping = true;
        _wake.Set();
        return new ValueTask(_ended.Task);
    }

    private void Run()
    {
        if (_native) { Libc.PreferThisThread(); }
        Instant due = _time.Now() + s_round;
        int round = 0;
        while (!_stopping)
        {
            if (_counters.Sessions == 0)
            {
                Publish();
                _wake.WaitOne();
                due = _time.Now();
            }
            else
            {
                SleepUntil(due);
            }
            Serve();
            Receive();
            Instant now = _time.Now();
            if (now < due) { continue; }
            due = SkipWhatIsTooOld(due, now);
            Tick(_legsByRound[round], due);
            due += s_round;
            round = (round + 1) % Rounds;
            if (round == 0) { Publish(); }
        }
        End();
    }

    /// <summary>The system sleeps us to the deadline less <see cref="_spin"/>; the rest, if any, is spent looking at the clock.</summary>
    private void SleepUntil(Instant due)
    {
        TimeSpan left = due - _time.Now() - _spin;
        if (left > TimeSpan.Zero)
        {
            if (_native) { Libc.Sleep(left); }
            else { _wake.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))); }
        }
        if (_spin == TimeSpan.Zero) { return; }
        while (_time.Now() < due) { Thread.SpinWait(8); }
    }

    /// <summary>
    /// Late ticks are made up for, up to <see cref="Limits.TickBehind"/>: a burst of more would only move the loss to the
    /// peer. Then whole frames are skipped, as every session does with its own clock, and each keeps its round.
    /// </summary>
    private Instant SkipWhatIsTooOld(Instant due, Instant now)
    {
        if (now - due < Limits.TickBehind) { return due; }
        long framesBehind = (now - due).Ticks / s_frame.Ticks;
        _counters = _counters with { SkippedTicks = _counters.SkippedTicks + framesBehind * _counters.Sessions };
        return due + s_frame * framesBehind;
    }

    private void Receive()
    {
        int count;
        int batchesMax = 1 + _legsByToken.Count * 2 / _readable.Length;
        do
        {
            count = _poller.Poll(_readable);
            for (int index = 0; index < count; index++) { Receive(_readable[index]); }
        }
        while (count == _readable.Length && --batchesMax > 0);
    }

    private void Receive(int token)
    {
        if (_legsByToken[token / 2] is not { Session: { } session } leg) { return; }
        bool rtcp = (token & 1) != 0;
        RtpSocket socket = rtcp ? leg.Rtcp : leg.Rtp;
        try
        {
            int taken = 0;
            while (taken < Limits.RtpDrain && socket.TryReceive(_datagram, out int length, out PeerAddress source))
            {
                taken++;
                Instant now = _time.Now();
                if (rtcp) { session.ReceiveRtcp(now, source, _datagram.AsSpan(0, length)); }
                else { session.ReceiveRtp(now, source, _datagram.AsSpan(0, length)); }
            }
            _counters = _counters with { DatagramsReceived = _counters.DatagramsReceived + taken };
        }
        catch (Exception mistake)
        {
            Fault(leg, mistake);
        }
    }

    private void Tick(List<MediaLeg> legs, Instant due)
    {
        // Backwards, because a leg that faults leaves the list.
        for (int index = legs.Count - 1; index >= 0; index--)
        {
            MediaLeg leg = legs[index];
            Instant now = _time.Now();
            TimeSpan late = now - due;
            Lateness.Record(late);
            _counters = _counters with
            {
                Ticks = _counters.Ticks + 1,
                LateTicks = _counters.LateTicks + (late > Limits.LateTick ? 1 : 0),
            };
            try
            {
                Tick(leg, leg.Session!, leg.Line!, now);
            }
            catch (Exception mistake)
            {
                Fault(leg, mistake);
            }
        }
    }

    private void Tick(MediaLeg leg, MediaSession session, VoiceLine line, Instant now)
    {
        int cutThrough = line.CutThrough;
        if (cutThrough > leg.CutThrough)
        {
            leg.CutThrough = cutThrough;
            session.Cut(now, cutThrough);
        }
        while (session.SpeechRoom > 0 && line.TryTakeSpeech(out SpeechFrame speech)) { session.Say(speech); }

        FramePool pool = FramePool.For(line.SampleRate);
        FrameLease heard = pool.Rent();
        if (leg.Tap is null)
        {
            session.Tick(now, heard.Samples, _unheard.AsSpan(0, pool.SamplesPerFrame));
        }
        else
        {
            FrameLease spoken = pool.Rent();
            session.Tick(now, heard.Samples, spoken.Samples);
            FrameLease copy = pool.Rent();
            heard.Samples.CopyTo(copy.Samples);
            leg.Tap.Write(copy, spoken);
        }
        line.Hear(heard);
        SendAndTell(leg, session);
        if (--leg.TicksUntilStats <= 0)
        {
            leg.TicksUntilStats = TicksPerPublication;
            leg.Publish(session.Stats);
        }
    }

    private void SendAndTell(MediaLeg leg, MediaSession session)
    {
        int sent = 0;
        int failed = 0;
        while (session.TryTakePacket(_datagram, out int length, out PeerAddress destination, out bool rtcp))
        {
            RtpSocket socket = rtcp ? leg.Rtcp : leg.Rtp;
            if (socket.TrySend(_datagram.AsSpan(0, length), destination)) { sent++; }
            else { failed++; }
        }
        _counters = _counters with { DatagramsSent = _counters.DatagramsSent + sent, SendFailures = _counters.SendFailures + failed };
        while (session.TryTakeEvent(out MediaEvent told))
        {
            if (told.Kind is MediaEventKind.UtteranceStarted or MediaEventKind.UtteranceStopped or MediaEventKind.Cut or MediaEventKind.Digit)
            {
                leg.Line!.Tell(told);
            }
            leg.Tell!(told);
        }
    }

    private void Serve()
    {
        while (_asking.TryDequeue(out MediaLeg? leg))
        {
            MediaLeg.Asks asks = leg.TakeAsks();
            try
            {
                if (asks.HasFlag(MediaLeg.Asks.Close)) { Close(leg); continue; }
                if (asks.HasFlag(MediaLeg.Asks.Start)) { Start(leg); }
                if (leg.Session is not { } session) { continue; }
                if (asks.HasFlag(MediaLeg.Asks.Update)) { session.Update(_time.Now(), leg.Plan); }
                if (asks.HasFlag(MediaLeg.Asks.Release)) { session.Release(_time.Now()); }
                if (asks.HasFlag(MediaLeg.Asks.Press)) { Press(leg, session); }
            }
            catch (Exception mistake)
            {
                Fault(leg, mistake);
            }
        }
    }

    private void Press(MediaLeg leg, MediaSession session)
    {
        while (leg.TryTakeKey(out char key, out int ms)) { session.SendDigit(_time.Now(), key, ms); }
    }

    private void Start(MediaLeg leg)
    {
        MediaSession session = new(_time.Now(), leg.Plan, _random);
        if (session.SampleRate != leg.Line!.SampleRate)
        {
            throw new InvalidOperationException($"the session has {session.SampleRate} samples a second, the line {leg.Line.SampleRate}");
        }
        int frameSamples = FramePool.For(session.SampleRate).SamplesPerFrame;
        if (_unheard.Length < frameSamples) { _unheard = new short[frameSamples]; }

        if (!_freeTokens.TryPop(out int token))
        {
            token = _legsByToken.Count;
            _legsByToken.Add(null);
        }
        (leg.Session, leg.Token, leg.Phase) = (session, token, EmptiestRound());
        _legsByToken[token] = leg;
        _legsByRound[leg.Phase].Add(leg);
        _counters = _counters with { Sessions = _counters.Sessions + 1 };
        _poller.Add(leg.Rtp, 2 * token);
        _poller.Add(leg.Rtcp, 2 * token + 1);
    }

    private int EmptiestRound()
    {
        int emptiest = 0;
        for (int round = 1; round < Rounds; round++)
        {
            if (_legsByRound[round].Count < _legsByRound[emptiest].Count) { emptiest = round; }
        }
        return emptiest;
    }

    private void Close(MediaLeg leg)
    {
        if (leg.Session is { } session)
        {
            try
            {
                session.Close(_time.Now());
                SendAndTell(leg, session);
                leg.Publish(session.Stats);
            }
            catch (Exception mistake)
            {
                CountFault(mistake);
            }
            Detach(leg);
        }
        leg.Finish();
    }

    /// <summary>Our own mistake ends this session and no other. The leg keeps its ports until it is closed.</summary>
    private void Fault(MediaLeg leg, Exception mistake)
    {
        CountFault(mistake);
        Detach(leg);
        try
        {
            leg.Line?.Complete();
            leg.Tap?.Complete();
            leg.Tell?.Invoke(new MediaEvent(MediaEventKind.Faulted));
        }
        catch (Exception another)
        {
            CountFault(another);
        }
    }

    private void CountFault(Exception mistake)
    {
        FirstFault ??= mistake;
        _counters = _counters with { Faults = _counters.Faults + 1 };
    }

    private void Detach(MediaLeg leg)
    {
        if (leg.Token < 0) { return; }
        _poller.Remove(leg.Rtp, 2 * leg.Token);
        _poller.Remove(leg.Rtcp, 2 * leg.Token + 1);
        _legsByToken[leg.Token] = null;
        _freeTokens.Push(leg.Token);
        _legsByRound[leg.Phase].Remove(leg);
        (leg.Session, leg.Token) = (null, -1);
        _counters = _counters with { Sessions = _counters.Sessions - 1 };
    }

    private void Publish()
    {
        _counters = _counters with { AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() };
        _published.Write(_counters);
    }

    private void End()
    {
        foreach (MediaLeg? leg in _legsByToken.ToArray())
        {
            if (leg is not null) { Close(leg); }
        }
        _poller.Dispose();
        Publish();
        _over = true;
        // Either we see what was queued, or whoever queued it sees that we are over.
        Interlocked.MemoryBarrier();
        ServeAfterTheEnd();
        _ended.TrySetResult();
    }

    /// <summary>No session is left, so whoever asks finishes the leg himself; each leg is dequeued by one of us.</summary>
    private void ServeAfterTheEnd()
    {
        while (_asking.TryDequeue(out MediaLeg? leg))
        {
            if (leg.TakeAsks().HasFlag(MediaLeg.Asks.Close)) { leg.Finish(); }
        }
    }
}
