using System.Threading.Channels;
using Switchhook.Calls.Effects;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>One call: mailbox and loop; nothing else. What happens is decided by <see cref="CallMachine"/> and done by the files in <c>Effects/</c>.</summary>
public sealed class Call
{
    private readonly Channel<Letter> _mailbox = Channel.CreateBounded<Letter>(new BoundedChannelOptions(Limits.CallMailbox) { SingleReader = true });
    private readonly List<TaskCompletionSource<CallAnswer>> _held = [];
    private readonly CallMachine _machine;
    private readonly CallParts _parts;
    private readonly CallDirectory _directory;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private long _linesLost;

    internal Call(CallPorts ports, CallDirectory directory, ProjectPolicy policy, SipEvent.IncomingCall invite, CallRecord record, (SipCause, EndedBecause)? refusal)
    {
        (_time, _directory) = (ports.Time, directory);
        _machine = new CallMachine(_time.Now(), policy, refusal);
        _parts = new CallParts(this, ports, policy, invite, record);
    }

    public CallId Id => _parts.Record.Id;

    public string Project => _parts.Policy.Id;

    /// <summary>What is known of the call now; a snapshot.</summary>
    public CallRecord Record => _parts.Record;

    /// <summary>Done when the record stands and everybody was told; the SIP dialog may still absorb stragglers.</summary>
    public Task HasEnded => _ended.Task;

    public CallTimeline Timeline => _parts.Timeline;

    /// <summary>
    /// Attaches a socket. It is told <c>session.created</c> with the present configuration as soon as there is a session;
    /// with <paramref name="startingAfter"/> (an <c>event_…</c> id) what was missed follows. Null when the call is over, or takes nothing at the moment.
    /// </summary>
    /// <param name="startingAfter">The last event that it has, or null.</param>
    /// <param name="includesAudio">What the model says is told to it too, from now on; it is no part of the history.</param>
    public Sideband? Attach(string? startingAfter, bool includesAudio = false)
    {
        var sideband = new Sideband(this, includesAudio);
        return TryTell(new CallMessage.Attached(sideband, startingAfter)) ? sideband : null;
    }

    /// <summary>Waits for a place in the mailbox up to <see cref="Limits.CallMailboxWait"/>, then for the answer. A late message is an ordinary answer: <see cref="Verdict.Gone"/>.</summary>
    public async Task<CallAnswer> AskAsync(CallMessage message, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<CallAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = new CancellationTokenSource(Limits.CallMailboxWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try { await _mailbox.Writer.WriteAsync(new Letter(message, answer), either.Token); }
        catch (ChannelClosedException) { return new CallAnswer(Verdict.Gone, CallState.Ended); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return new CallAnswer(Verdict.Busy, Record.State); }
        return await answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Lines of the history for which the mailbox had no room.</summary>
    internal long LinesLost => Interlocked.Read(ref _linesLost);

    /// <summary>False when the mailbox is full or the call is over.</summary>
    public bool TryTell(CallMessage message) => _mailbox.Writer.TryWrite(new Letter(message, null));

    /// <summary>For what is only a line of the history: when there is no room it is lost and counted.</summary>
    public void Jot(CallMessage line)
    {
        if (!TryTell(line)) { Interlocked.Increment(ref _linesLost); }
    }

    /// <summary>The same, waiting for room; false when the call is over.</summary>
    internal async ValueTask<bool> TellAsync(CallMessage message)
    {
        if (TryTell(message)) { return true; }
        try { await _mailbox.Writer.WriteAsync(new Letter(message, null)); return true; }
        catch (ChannelClosedException) { return false; }
    }

    /// <summary>Answers the accept or refer that was held.</summary>
    internal void Decide(CallAnswer answer)
    {
        foreach (TaskCompletionSource<CallAnswer> held in _held) { held.TrySetResult(answer); }
        _held.Clear();
    }

    /// <summary>The call has ended: it is no longer found.</summary>
    internal void End()
    {
        _directory.Ended(this);
        _ended.TrySetResult();
        _directory.TellIfEmpty();
    }

    internal async Task RunAsync()
    {
        try
        {
            await Stage.BeginAsync(_parts, _machine);
            while (!_machine.IsOver) { await TurnAsync(await NextAsync()); }
        }
        catch (Exception fault)
        {
            _parts.Ports.Observer.Faulted(Id, fault);
            await Stage.CollapseAsync(_parts, _machine);
        }
        _mailbox.Writer.TryComplete();
        while (_mailbox.Reader.TryRead(out Letter late)) { Stage.Bury(late.Message, late.Answer); }
        Decide(new CallAnswer(Verdict.Gone, CallState.Ended));
        _parts.Timeline.Complete();
        End();
    }

    private async ValueTask TurnAsync(Letter letter)
    {
        CallState before = _machine.State;
        // Held from the start: should this turn break, whoever asked is still answered.
        if (letter.Answer is { } asked) { _held.Add(asked); }
        Stage.Witness(_parts, letter.Message);
        Verdict verdict = _machine.Handle(_time.Now(), letter.Message);
        if (letter.Answer is { } answer && verdict != Verdict.Held)
        {
            _held.Remove(answer);
            answer.TrySetResult(new CallAnswer(verdict, before));
        }
        await Stage.PerformAsync(_parts, _machine, before);
    }

    // The clock is asked before the mailbox: a busy mailbox must not hold a deadline back.
    private async ValueTask<Letter> NextAsync()
    {
        Instant deadline = _machine.NextTimeout;
        Instant now = _time.Now();
        if (deadline <= now) { return new Letter(new CallMessage.TimedOut(), null); }
        if (_mailbox.Reader.TryRead(out Letter ready)) { return ready; }
        if (deadline == Instant.Never) { return await _mailbox.Reader.ReadAsync(); }

        using var alarm = new CancellationTokenSource(deadline - now, _time);
        try { return await _mailbox.Reader.ReadAsync(alarm.Token); }
        catch (OperationCanceledException) { return new Letter(new CallMessage.TimedOut(), null); }
    }

    private readonly record struct Letter(CallMessage Message, TaskCompletionSource<CallAnswer>? Answer);
}
