using Switchhook.Realtime.Events;
using Switchhook.Realtime.Responses;
using Switchhook.Realtime.Session;
using Switchhook.Realtime.Turns;

namespace Switchhook.Realtime;

/// <summary>What the caller hears, and what becomes of it when the caller speaks or a client has it cleared.</summary>
public sealed partial class RealtimeSession
{
    private PendingCut? _cut;

    public void Report(Instant now, PlayoutReport report)
    {
        if (_isOver || _surface != SessionSurface.Call) { return; }
        if (report.Kind == PlayoutReportKind.Cut)
        {
            if (_cut is { } cut) { Resolve(now, cut, new PlayoutPosition(report.Utterance, report.HeardMs)); }
        }
        else if (_responses.Find(r => r.Find(report.Utterance) is not null) is { } response)
        {
            Utterance utterance = response.Find(report.Utterance)!;
            if (report.Kind == PlayoutReportKind.Stopped) { utterance.Stop(now); } else { utterance.Start(now); }

            // What is about to be cut stays withheld: it may never be told.
            if (!IsBeingCut(utterance))
            {
                response.TellStarted();
                response.OpenGate(now);
            }
        }
        Settle(now);
    }

    // The caller speaks: what is being said stops, and what is being generated in the conversation is cancelled.
    private void BargeIn(Instant now)
    {
        ResponseMachine? active = Active;
        _outbox.Hush(now);      // a client that plays the audio itself stops by itself (§6.4)
        if (active is null && !_responses.Exists(r => r.IsPlaying)) { return; }
        if (active is not null)
        {
            _outbox.Put(new SessionOutput.StopGenerating(active.Id));
            active.Halt("turn_detected");
        }
        BeginCut(now);
    }

    private void ClearOutput(Instant now, OutputAudioBufferClear clear)
    {
        if (_surface != SessionSurface.Call)
        {
            Refuse(clear, "invalid_value", "This session does not play its audio: there is no output audio buffer to clear.", "type");
            return;
        }

        // With nothing to be heard there is nothing to clear, and no response to name.
        if (_responses.Exists(r => r.IsPlaying)) { BeginCut(now); }
    }

    private void BeginCut(Instant now)
    {
        int through = _outbox.LastUtterance;
        bool isPlaying = false;
        foreach (ResponseMachine response in _responses)
        {
            if (!response.IsPlaying) { continue; }
            response.Mute();
            isPlaying = true;
        }
        if (_cut is { } open)
        {
            if (through > open.ThroughUtterance) { _outbox.Put(new SessionOutput.Cut(through)); }
            _cut = open with { ThroughUtterance = through };
            return;
        }
        var cut = new PendingCut(through, now + Limits.CutReport);
        if (!isPlaying) { Resolve(now, cut, null); return; }
        _outbox.Put(new SessionOutput.Cut(through));
        _cut = cut;
    }

    /// <summary>
    /// It is known how much was heard: output_audio_buffer.cleared, then response.done where it was still being generated;
    /// conversation.item.truncated follows once the response is done (§6.4).
    /// </summary>
    private void Resolve(Instant now, PendingCut cut, PlayoutPosition? position)
    {
        _cut = null;
        foreach (ResponseMachine response in _responses)
        {
            bool wasPlaying = response.PlaysThrough(cut.ThroughUtterance);
            if (wasPlaying) { response.Cut(now, cut.ThroughUtterance, position); }
            else { response.TellHeard(now); }       // to its end, before the cut came
            if (response.HaltReason is { } reason) { response.Cancel(reason); }
            else if (wasPlaying || response.IsMuted) { response.OpenGate(now); }
        }
    }

    private bool IsBeingCut(Utterance utterance) => _cut is { } cut && utterance.Number <= cut.ThroughUtterance;
}
