using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;
using Switchhook.Transport.Media;

namespace Switchhook.Server.Cli;

/// <summary>
/// One call that a <see cref="Phone"/> placed. Signalling arrives on the SIP pump, media events on a media thread, and
/// <see cref="Service"/> runs on the phone's loop, which alone touches what is played and recorded.
/// </summary>
internal sealed class PhoneCall
{
    private const int SampleRate = PhoneWave.SampleRate;
    private const int KeyMs = 120;
    /// <summary>Speech that lies ready for the media thread: more than the phone's loop is ever late.</summary>
    private const int FramesAhead = 25;
    /// <summary>A sample this large is no silence and no noise of G.711 (−36 dBFS).</summary>
    private const int Audible = 500;

    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(20);
    /// <summary>How long we wait for the answer to our BYE before we go all the same.</summary>
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(4);

    private readonly Phone _phone;
    private readonly MediaLeg _leg;
    private readonly SessionDescription _offer;
    private readonly SdpLocal _local;
    private readonly PhoneScript _script;
    private readonly TimeProvider _time;
    private readonly Instant _placed;
    private readonly VoiceLine _line = new(SampleRate);
    private readonly TaskCompletionSource<TimeSpan?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan?> _firstAudio = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PhoneEnding> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream? _recording;
    private PhoneEnding? _ending;
    private SipCause? _failure;
    private long _answeredTicks;
    private long _hungUpTicks;
    private Task? _closing;
    private long _framesHeard;
    private long _framesSaid;
    private bool _keysPressed;
    private volatile bool _wantsToHangUp;
    private volatile bool _trying;
    private string _keysHeard = "";

    public PhoneCall(Phone phone, DialogHandle dialog, MediaLeg leg, SessionDescription offer, SdpLocal local, PhoneScript script, TimeProvider time)
    {
        _phone = phone;
        Dialog = dialog;
        _leg = leg;
        _offer = offer;
        _local = local;
        _script = script;
        _time = time;
        _placed = time.Now();
        _recording = script.Record is { } path ? PhoneWave.Create(path) : null;
    }

    public DialogHandle Dialog { get; }

    /// <summary>How long after the INVITE the call was answered; null when it never was.</summary>
    public Task<TimeSpan?> Answered => _answered.Task;

    /// <summary>How long after the answer the first sound was heard; null when none was.</summary>
    public Task<TimeSpan?> FirstAudio => _firstAudio.Task;

    /// <summary>Done when the call is over, its recording is written and its ports are free.</summary>
    public Task<PhoneEnding> Over => _over.Task;

    /// <summary>Of the audio, renewed twice a second and at the end.</summary>
    public MediaStats Stats => _leg.Stats;

    /// <summary>Keys that the other side pressed.</summary>
    public string KeysHeard => Volatile.Read(ref _keysHeard);

    /// <summary>Why the recording could not be written, to its end; null when it was, and when there was to be none.</summary>
    public string? RecordingFailure { get; private set; }

    /// <summary>BYE, or CANCEL while it rings; a second time it does nothing.</summary>
    public Task<PhoneEnding> HangUpAsync()
    {
        if (!_wantsToHangUp)
        {
            _wantsToHangUp = true;
            Volatile.Write(ref _hungUpTicks, _time.Now().Ticks);
            // A CANCEL that crosses the answer leaves an answered call, which OnSip then hangs up.
            if (Answered.IsCompletedSuccessfully) { _phone.Sip.Post(new SipCommand.HangUp(Dialog, null)); }
            else { _phone.Sip.Post(new SipCommand.CancelCall(Dialog)); }
        }
        return Over;
    }

    /// <summary>On the SIP pump.</summary>
    internal void OnSip(SipEvent sipEvent)
    {
        switch (sipEvent)
        {
            case SipEvent.Message { Direction: SipDirection.Received } message when !_trying && message.StartLine.StartsWith("SIP/2.0 100", StringComparison.Ordinal):
                _trying = true;
                Tell(PhoneMomentKind.Trying, "trying");
                break;

            case SipEvent.Message { Direction: SipDirection.Received } message when _wantsToHangUp && message.CSeq.EndsWith("BYE", StringComparison.Ordinal):
                End(new PhoneEnding(PhoneEndedBy.Us, null, _failure?.Text ?? RecordingFailure));
                break;

            case SipEvent.Progress progress:
                Tell(PhoneMomentKind.Ringing, progress.Status == 180 ? "ringing" : $"progress {progress.Status}");
                break;

            case SipEvent.Answered answered:
                OnAnswered(answered.Sdp);
                break;

            case SipEvent.Reinvite reinvite:
                OnReinvite(reinvite.Offer);
                break;

            case SipEvent.HungUp hungUp:
                End(new PhoneEnding(PhoneEndedBy.Peer, null, TextOf(hungUp.Reason)));
                break;

            case SipEvent.Refused refused when _wantsToHangUp:
                End(new PhoneEnding(PhoneEndedBy.Us, refused.Cause.Status, "before it was answered"));
                break;

            case SipEvent.Refused refused:
                End(new PhoneEnding(PhoneEndedBy.Refusal, refused.Cause.Status, TextOf(refused.Cause.Text)));
                break;

            case SipEvent.Closed:
                End(new PhoneEnding(PhoneEndedBy.Us, null, _failure?.Text ?? RecordingFailure));
                break;
        }
    }

    /// <summary>On the phone's loop. True when the call is over and everything is put away.</summary>
    internal bool Service(Instant now)
    {
        if (_closing is null)
        {
            if (Volatile.Read(ref _answeredTicks) is var answered and not 0) { Converse(now, new Instant(answered)); }
            long hungUp = Volatile.Read(ref _hungUpTicks);
            if (hungUp != 0 && now - new Instant(hungUp) > s_goodbye) { End(new PhoneEnding(PhoneEndedBy.Us, null, "the other side did not answer the goodbye")); }
            if (Volatile.Read(ref _ending) is not null) { _closing = _leg.CloseAsync(); }
        }
        if (_closing is not { IsCompleted: true }) { return false; }
        Finish();
        return true;
    }

    /// <summary>The phone is switched off.</summary>
    internal void Abandon()
    {
        End(new PhoneEnding(PhoneEndedBy.Us, null, "the phone was switched off"));
        _ = _leg.CloseAsync();
        Finish();
    }

    private void OnAnswered(ReadOnlyMemory<byte>? sdp)
    {
        SdpAnswer agreed = SdpReader.TryRead(sdp.GetValueOrDefault().Span, out SessionDescription? answer, out SdpError error)
            ? Negotiator.Complete(_offer, answer!, AudioCapabilities.G711, _local)
            : new SdpAnswer.Refused(new SipCause(488, SdpErrors.TextFor(error)));
        if (agreed is SdpAnswer.Accepted { Audio: var audio } && AnswerPlan.TryPlan(audio, out MediaPlan? plan))
        {
            _leg.Start(plan, _line, null, OnMedia);
            _leg.Release();
            Instant now = _time.Now();
            Volatile.Write(ref _answeredTicks, now.Ticks);
            _answered.TrySetResult(now - _placed);
            Tell(PhoneMomentKind.Answered, $"answered after {(now - _placed).TotalMilliseconds:F0} ms, {audio.Codec}");
        }
        else
        {
            _failure = (agreed as SdpAnswer.Refused)?.Cause ?? new SipCause(488, "no codec in common");
            _wantsToHangUp = true;
        }
        if (!_wantsToHangUp) { return; }
        Volatile.Write(ref _hungUpTicks, _time.Now().Ticks);
        _phone.Sip.Post(new SipCommand.HangUp(Dialog, _failure));
    }

    private void OnReinvite(ReadOnlyMemory<byte>? sdp)
    {
        SdpAnswer answer = sdp is { } bytes && SdpReader.TryRead(bytes.Span, out SessionDescription? offer, out _)
            ? Negotiator.Answer(offer!, AudioCapabilities.G711, _local with { Previous = _offer })
            : new SdpAnswer.Refused(new SipCause(488, "this phone answers offers and makes none of its own"));
        if (answer is SdpAnswer.Accepted accepted)
        {
            if (AnswerPlan.TryPlan(accepted.Audio, out MediaPlan? plan)) { _leg.Update(plan); }
            _phone.Sip.Post(new SipCommand.AnswerReinvite(Dialog, SdpWriter.Write(accepted.Local)));
        }
        else
        {
            _phone.Sip.Post(new SipCommand.RefuseReinvite(Dialog, ((SdpAnswer.Refused)answer).Cause));
        }
    }

    /// <summary>The sentence inside a Reason header (RFC 3326), where there is one; else all of it.</summary>
    private static string? TextOf(string? reason)
    {
        const string opening = "text=\"";
        int start = reason?.IndexOf(opening, StringComparison.OrdinalIgnoreCase) ?? -1;
        if (start < 0) { return reason; }
        start += opening.Length;
        int end = reason!.IndexOf('"', start);
        return end < 0 ? reason : reason[start..end];
    }

    /// <summary>On a media thread.</summary>
    private void OnMedia(MediaEvent told)
    {
        switch (told.Kind)
        {
            case MediaEventKind.FirstRtp:
                Tell(PhoneMomentKind.FirstRtp, $"first RTP from {told.Peer}");
                break;

            case MediaEventKind.Digit:
                Volatile.Write(ref _keysHeard, _keysHeard + told.Digit);
                Tell(PhoneMomentKind.Key, $"key {told.Digit}");
                break;

            case MediaEventKind.UtteranceStopped:
                Tell(PhoneMomentKind.Played, $"said all {told.Ms} ms");
                break;
        }
    }

    private void Converse(Instant now, Instant answered)
    {
        Hear();
        if (now - answered >= _script.PlayAfter) { Say(now - answered - _script.PlayAfter); }
        if (!_keysPressed && _script.Keys.Length > 0 && now - answered >= _script.KeysAfter)
        {
            _keysPressed = true;
            foreach (char key in _script.Keys) { _leg.Press(key, KeyMs); }
        }
        if (_script.HangUpAfter is { } after && now - answered >= after) { HangUpAsync(); }
    }

    private void Hear()
    {
        while (_line.Heard.TryRead(out FrameLease? frame))
        {
            if (!_firstAudio.Task.IsCompleted && frame.Samples.ContainsAnyExceptInRange((short)-Audible, (short)Audible))
            {
                // Frames come without a gap since the answer, so their number is their time.
                TimeSpan after = s_frame * _framesHeard;
                _firstAudio.TrySetResult(after);
                Tell(PhoneMomentKind.FirstAudio, $"first audio heard {after.TotalMilliseconds:F0} ms after the answer");
            }
            _framesHeard++;
            Record(frame.Samples);
            frame.Return();
        }
        while (_line.Events.TryRead(out _)) { }
    }

    private void Record(Span<short> samples)
    {
        if (_recording is null) { return; }
        try { PhoneWave.Append(_recording, samples); }
        catch (IOException failure) { GiveUpRecording(failure); }
    }

    /// <summary>The disk is full, say: a call that was to be recorded and is not has no reason to go on; all others of this phone have.</summary>
    private void GiveUpRecording(IOException failure)
    {
        RecordingFailure = $"{_script.Record} cannot be written: {failure.Message}";
        FileStream recording = _recording!;
        _recording = null;
        if (Volatile.Read(ref _ending) is null) { HangUpAsync(); }
        try { recording.Dispose(); }
        catch (IOException) { /* What was not written yet: the same again. */ }
    }

    private void Say(TimeSpan sinceAnswer)
    {
        ReadOnlySpan<short> play = _script.Play.Span;
        long framesDue = sinceAnswer.Ticks / s_frame.Ticks + FramesAhead;
        int samplesPerFrame = FramePool.Narrowband.SamplesPerFrame;
        int framesOfPlay = (play.Length + samplesPerFrame - 1) / samplesPerFrame;
        while (framesOfPlay > 0 && _framesSaid < framesDue && (_script.PlayAgain || _framesSaid < framesOfPlay))
        {
            int at = (int)(_framesSaid % framesOfPlay) * samplesPerFrame;
            FrameLease frame = FramePool.Narrowband.Rent();
            ReadOnlySpan<short> part = play[at..Math.Min(at + samplesPerFrame, play.Length)];
            part.CopyTo(frame.Samples);
            frame.Samples[part.Length..].Clear();
            bool isLast = !_script.PlayAgain && _framesSaid == framesOfPlay - 1;
            if (!_line.Spoken.TryWrite(new SpeechFrame(frame, 1, isLast)))
            {
                frame.Return();
                return;
            }
            _framesSaid++;
        }
    }

    /// <summary>The first ending counts.</summary>
    private void End(PhoneEnding ending) => Interlocked.CompareExchange(ref _ending, ending, null);

    private void Finish()
    {
        Hear();
        if (_recording is not null)
        {
            try { PhoneWave.Finish(_recording); }
            catch (IOException failure) { GiveUpRecording(failure); }
        }
        _answered.TrySetResult(null);
        _firstAudio.TrySetResult(null);
        PhoneEnding ending = Volatile.Read(ref _ending)!;
        Tell(PhoneMomentKind.Over, ending.ToString());
        _over.TrySetResult(ending);
    }

    private void Tell(PhoneMomentKind kind, string text) => _script.Told?.Invoke(new PhoneMoment(kind, _time.Now() - _placed, text));
}
