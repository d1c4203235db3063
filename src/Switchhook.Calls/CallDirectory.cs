using System.Collections.Concurrent;
using Switchhook.Calls.Ports;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>Id → call; admission; the only creator of calls. SIP events arrive on the SIP plane's loop and are handed to the call they belong to.</summary>
public sealed class CallDirectory(CallPorts ports, IReadOnlyDictionary<string, ProjectPolicy> projects, int callsMax = Limits.Calls) : ISipListener
{
    private readonly ConcurrentDictionary<CallId, Call> _byId = new();
    private readonly Dictionary<DialogHandle, Call> _byDialog = [];     // the SIP plane's loop only
    private readonly TaskCompletionSource _emptied = new();     // completed on the loop of the last call, as the last thing it does for it
    private volatile bool _draining;

    /// <summary>Calls alive: born and not ended.</summary>
    public int Count => _byId.Count;

    /// <summary>The living call of this project, or null. A call of another project does not exist.</summary>
    public Call? Find(CallId id, string project) => _byId.TryGetValue(id, out Call? call) && call.Project == project ? call : null;

    /// <summary>The living calls of a project, newest first.</summary>
    public IReadOnlyList<Call> Live(string project) =>
        [.. _byId.Values.Where(call => call.Project == project).OrderByDescending(call => call.Record.CreatedAt)];

    public void OnSip(SipEvent sipEvent)
    {
        switch (sipEvent)
        {
            case SipEvent.IncomingCall invite:
                Admit(invite);
                break;

            default:
                if (!_byDialog.TryGetValue(sipEvent.Dialog, out Call? call)) { return; }
                if (sipEvent is SipEvent.Closed) { _byDialog.Remove(sipEvent.Dialog); }
                // A message is a line of the history; every other event decides something: it waits for room, in order.
                if (sipEvent is SipEvent.Message) { call.Jot(new CallMessage.Sip(sipEvent)); }
                else { _ = call.TellAsync(new CallMessage.Sip(sipEvent)).AsTask(); }
                break;
        }
    }

    /// <summary>No new calls from now on; done when the last one has ended, or when <paramref name="deadline"/> has passed and the rest was hung up.</summary>
    public async Task DrainAsync(TimeSpan deadline)
    {
        _draining = true;
        ports.Sip.Post(new SipCommand.Drain(true));
        using var patience = new CancellationTokenSource(deadline, ports.Time);
        await AllEndedAsync(patience.Token);
        foreach (Call call in _byId.Values) { _ = call.TellAsync(new CallMessage.Shutdown()).AsTask(); }
        using var last = new CancellationTokenSource(Limits.ShutdownLast, ports.Time);
        await AllEndedAsync(last.Token);
    }

    /// <summary>The call has ended: it is no longer found. Its loop may still absorb what the SIP dialog says.</summary>
    internal void Ended(Call call) => _byId.TryRemove(call.Id, out _);

    /// <summary>Whoever waits for the last call to end goes on, if that was the last.</summary>
    internal void TellIfEmpty()
    {
        if (_draining && _byId.IsEmpty) { _emptied.TrySetResult(); }
    }

    private void Admit(SipEvent.IncomingCall invite)
    {
        if (!projects.TryGetValue(SipTarget.UserOf(invite.RequestUri), out ProjectPolicy? policy))
        {
            Refuse(invite, new SipCause(404, $"No project is called by {invite.RequestUri}", 399));
            return;
        }
        if (_draining || Count >= callsMax)
        {
            string text = _draining ? "The server is shutting down" : $"The limit of {callsMax} calls is reached";
            Refuse(invite, new SipCause(503, text, 399) { RetryAfterSeconds = 5 });
            return;
        }
        var call = new Call(ports, this, policy, invite, RecordOf(invite, policy), AnswerPlan.RefusalOf(invite.Offer));
        _byDialog.Add(invite.Dialog, call);
        _byId[call.Id] = call;
        _ = Task.Factory.StartNew(call.RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, ports.Scheduler);
    }

    private void Refuse(SipEvent.IncomingCall invite, SipCause cause)
    {
        ports.Sip.Post(new SipCommand.Refuse(invite.Dialog, cause));
        ports.Observer.Refused(invite, cause);
    }

    private CallRecord RecordOf(SipEvent.IncomingCall invite, ProjectPolicy policy) => new()
    {
        Id = CallId.New(ports.Random),
        Project = policy.Id,
        State = CallState.Ringing,
        SipCallId = invite.CallIdHeader,
        From = HeaderOf(invite, "From", "f"),
        To = HeaderOf(invite, "To", "t"),
        Peer = $"{invite.Flow.Transport.ToString().ToLowerInvariant()} {invite.Flow.Peer}",
        CreatedAt = ports.Time.GetUtcNow(),
    };

    private static string HeaderOf(SipEvent.IncomingCall invite, string name, string compact)
    {
        foreach (SipHeader header in invite.Headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || header.Name.Equals(compact, StringComparison.OrdinalIgnoreCase)) { return header.Value; }
        }
        return "";
    }

    private async Task AllEndedAsync(CancellationToken patience)
    {
        if (_byId.IsEmpty) { return; }
        try { await _emptied.Task.WaitAsync(patience); }
        catch (OperationCanceledException) { }
    }
}
