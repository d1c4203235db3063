using Switchhook.Calls.Ports;
using Switchhook.Engines.Speech;
using Switchhook.Media;
using Switchhook.Media.Dsp;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Handsets;

/// <summary>A telephone: frames come and go through the line, and the playout says what was heard.</summary>
internal sealed class PhoneHandset : IHandset
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);

    private readonly VoiceLine _line;
    private readonly VoiceActivity _voice;
    private readonly Mouth _mouth;
    private readonly ToldAudio _told = new();
    private readonly HeardAudio _kept;
    private ClientEvent? _taken;
    private int _said;      // the last utterance given to the line
    private int _heard;     // the last one that was played or cut

    public PhoneHandset(VoiceLine line, HeardAudio kept, Action arrived)
    {
        (_line, _kept) = (line, kept);
        _voice = new VoiceActivity(line.SampleRate);
        _mouth = new Mouth(line);
        line.Arrived = arrived;
    }

    public SessionSurface Surface => SessionSurface.Call;

    public int? SampleRate => _line.SampleRate;

    public void Take(ClientEvent clientEvent) => _taken = clientEvent;

    public bool TryBring(Instant now, RealtimeSession session)
    {
        if (_line.Heard.TryRead(out FrameLease? frame)) { Hear(now, session, frame); }
        else if (_line.Events.TryRead(out MediaEvent mediaEvent)) { Report(now, session, mediaEvent); }
        else if (_taken is { } clientEvent)
        {
            _taken = null;
            session.Receive(now, clientEvent);
        }
        else { return false; }
        return true;
    }

    public ServerEvent? Speak(Instant now, SessionOutput output)
    {
        switch (output)
        {
            case SessionOutput.Say say:
                _said = say.Utterance;
                _mouth.Say(say);
                return null;
            case SessionOutput.Cut cut:
                _heard = Math.Max(_heard, cut.ThroughUtterance);
                _mouth.Cut(now, cut.ThroughUtterance);
                return null;
            default:
                return output is SessionOutput.AudioDelta delta ? _told.Tell(delta, _line.SampleRate) : null;
        }
    }

    public Instant Fill(Instant now) => _mouth.Fill(now);

    public bool WasHeard => _said <= _heard;

    public void Close()
    {
        _mouth.Close();
        // The line may outlive its engine; what it still hears goes straight back to the pool.
        _line.Arrived = ReturnHeard;
        ReturnHeard();
    }

    private void Hear(Instant now, RealtimeSession session, FrameLease frame)
    {
        float voice;
        try
        {
            voice = _voice.Hear(frame.Samples);
            _kept.Hear(frame.Samples, _line.SampleRate, session.PendingVoice);
        }
        finally { frame.Return(); }
        session.Hear(now, FrameLength, voice);
    }

    private void Report(Instant now, RealtimeSession session, MediaEvent mediaEvent)
    {
        switch (mediaEvent.Kind)
        {
            case MediaEventKind.UtteranceStarted:
                session.Report(now, new PlayoutReport(PlayoutReportKind.Started, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.UtteranceStopped:
                _heard = Math.Max(_heard, mediaEvent.Utterance);
                session.Report(now, new PlayoutReport(PlayoutReportKind.Stopped, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.Cut:
                session.Report(now, new PlayoutReport(PlayoutReportKind.Cut, mediaEvent.Utterance, mediaEvent.Ms));
                break;
            case MediaEventKind.Digit:
                session.Digit(now, mediaEvent.Digit);
                break;
        }
    }

    private void ReturnHeard()
    {
        while (_line.Heard.TryRead(out FrameLease? frame)) { frame.Return(); }
    }
}
