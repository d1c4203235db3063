using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Media;
using Switchhook.Realtime;
using Switchhook.Realtime.Session;
using Switchhook.Simulation;
using Switchhook.Sip;

namespace Switchhook.Calls.Tests;

public sealed class CallMachineTests
{
    // One row, one story. Words are messages in order; "+500" lets 500 ms pass and wakes the machine at its deadlines.
    public static TheoryData<string, string, string, string> Stories
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (string[] row in Table.Rows("""
                story                                              | state     | ended by                | effects
                (born)                                             | Ringing   | -                       | Ring Announce
                accept                                             | Opening   | -                       | Ring Announce StopAnnouncing OpenEngine
                accept ready                                       | Answering | -                       | … Answer
                accept ready sent                                  | Answering | -                       | … Answer Decide:Done
                accept ready sent ack                              | Active    | -                       | … Decide:Done Release
                accept ready sent ack reinvite                     | Active    | -                       | … Release Renegotiate
                # S1: the caller hangs up; what is pending is finished, then the call ends.
                accept ready sent ack bye                          | Draining  | Caller/HungUp           | … TellDisconnected Decide:Gone CloseMedia FinishEngine
                accept ready sent ack bye finished                 | Ended     | Caller/HungUp           | … FinishEngine StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent ack bye +29999                   | Draining  | Caller/HungUp           | … FinishEngine
                accept ready sent ack bye +30000                   | Ended     | Caller/HungUp           | … StopEngine Finish
                accept ready sent bye                              | Draining  | Caller/HungUp           | … FinishEngine
                accept ready sent ack hangup                       | Draining  | Api/HungUp              | … HangUp Decide:Gone CloseMedia FinishEngine
                accept ready sent ack hangup finished              | Ended     | Api/HungUp              | … StopEngine Finish
                accept ready hangup                                | Draining  | Api/HungUp              | … Answer HangUp Decide:Gone CloseMedia FinishEngine
                accept hangup                                      | Ended     | Api/HungUp/603          | … OpenEngine Refuse:603 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                # S2, O6, L4: the caller gives up while it rings, or while the model is being reached, or while 200 is on its way.
                cancel                                             | Ended     | Caller/Cancelled/487    | Ring Announce StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept cancel                                      | Ended     | Caller/Cancelled/487    | … OpenEngine StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept cancel ready                                | Ended     | Caller/Cancelled/487    | … Finish StopEngine
                accept ready cancel                                | Ended     | Caller/Cancelled/487    | … Answer StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                bye                                                | Ended     | Caller/Cancelled/487    | … Finish
                # S5, L5: no decision in time.
                +19999                                             | Ringing   | -                       | Ring Announce
                +20000                                             | Ended     | Switchhook/NoDecision/503 | Ring Announce Refuse:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept +20000                                      | Ended     | Engine/EngineFailed/503   | … Refuse:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                # S7: an engine that fails to open leaves the phone ringing, and the app may accept again.
                accept failed                                      | Ringing   | -                       | … OpenEngine Decide:EngineFailed
                accept failed accept ready                         | Answering | -                       | … StopAnnouncing OpenEngine Answer
                accept failed +20000                               | Ended     | Switchhook/NoDecision/503 | … Finish
                reject                                             | Ended     | Api/Rejected/486        | Ring Announce Refuse:486 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept reject                                      | Ended     | Api/Rejected/486        | … OpenEngine Refuse:486 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                # S3: the loss of the model never ends the call silently.
                accept ready sent ack finished                     | Ended     | Engine/EngineLost       | … Release HangUp:500 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready finished                              | Ended     | Engine/EngineLost       | … HangUp:500 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent noack                            | Draining  | Network/NotAcknowledged | … FinishEngine
                accept ready sent ack silent                       | Draining  | Network/MediaLost       | … HangUp:408 Decide:Gone CloseMedia FinishEngine
                accept ready noport                                | Ended     | Switchhook/NoPort/503   | … Answer Refuse:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                shutdown                                           | Ended     | Switchhook/Shutdown/503 | … Refuse:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent ack shutdown                     | Ended     | Switchhook/Shutdown     | … HangUp:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent ack bye shutdown                 | Ended     | Caller/HungUp           | … FinishEngine StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent ack mediafault                   | Ended     | Switchhook/Fault        | … HangUp:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                # S4, L14: REFER. The API is answered with the peer's answer, and a refusal leaves the call as it was.
                active refer                                       | Transferring | -                    | … Release Refer
                active refer r202                                  | Transferring | -                    | … Refer Decide:Done
                active refer r200                                  | Transferring | -                    | … Refer Decide:Done
                active refer r603                                  | Active    | -                       | … Refer Decide:ReferRefused:603 Refused:603
                active refer r408                                  | Active    | -                       | … Refer Decide:ReferRefused:408 Refused:408
                active refer r603 refer r202 n200!                 | Draining  | Api/Transferred         | … Refer Decide:Done Decide:Done Completed:200 HangUp Decide:Gone CloseMedia FinishEngine
                # Success: BYE at once, the peer may be waiting for it; with or without "terminated".
                active refer r202 n100 n200!                       | Draining  | Api/Transferred         | … Completed:200 HangUp Decide:Gone CloseMedia FinishEngine
                active refer r202 n100 n180 n200                   | Draining  | Api/Transferred         | … Completed:200 HangUp Decide:Gone CloseMedia FinishEngine
                active refer r202 n200! finished                   | Ended     | Api/Transferred         | … StopEngine Finish
                active refer r202 n200! bye                        | Draining  | Api/Transferred         | … FinishEngine
                # The target does not want to: the call goes on.
                active refer r202 n100 n486!                       | Active    | -                       | … Refer Decide:Done Decide:Done Failed:486
                active refer r202 n603                             | Active    | -                       | … Failed:603
                active refer r202 n486! bye                        | Draining  | Caller/HungUp           | … TellDisconnected Decide:Gone CloseMedia FinishEngine
                # Nothing more will be told (100 and terminated, no fragment, 200 or Refer-Sub: false): 5 s for a BYE.
                active refer r202 n100! +4999                      | Transferring | -                    | … Refer Decide:Done
                active refer r202 n100! +5000                      | Active    | -                       | … Refer Decide:Done Unknown
                active refer r202 n! +5000                         | Active    | -                       | … Unknown
                active refer r202 n100! bye                        | Draining  | Api/Transferred         | … Probable TellDisconnected Decide:Gone CloseMedia FinishEngine
                active refer r200 +5000                            | Active    | -                       | … Unknown
                active refer r200 n100 +59999                      | Transferring | -                    | … Decide:Done
                active refer r200 bye                              | Draining  | Api/Transferred         | … Probable TellDisconnected Decide:Gone CloseMedia FinishEngine
                active refer r202 n100! n200!                      | Draining  | Api/Transferred         | … HangUp Decide:Gone CloseMedia FinishEngine
                # L15: BYE in the place of the last NOTIFY is a probable success; the NOTIFY it overtook may know better.
                active refer r202 bye                              | Draining  | Api/Transferred         | … Decide:Done Decide:Done Probable TellDisconnected Decide:Gone CloseMedia FinishEngine
                active refer r202 bye n200!                        | Draining  | Api/Transferred         | … FinishEngine
                active refer r202 bye n486!                        | Draining  | Caller/HungUp           | … FinishEngine Failed:486
                active refer r202 bye n486! finished               | Ended     | Caller/HungUp           | … Finish
                active refer r202 bye finished n486!               | Ended     | Api/Transferred         | … Finish
                active refer bye                                   | Draining  | Caller/HungUp           | … Refer TellDisconnected Decide:Gone CloseMedia FinishEngine
                # A NOTIFY runs ahead of the answer to the REFER.
                active refer n100 +1 r202                          | Transferring | -                    | … Refer Decide:Done
                active refer n100 r200 +59999                      | Transferring | -                    | … Refer Decide:Done
                active refer n100! r202 +5000                      | Active    | -                       | … Refer Decide:Done Unknown
                active refer n200!                                 | Draining  | Api/Transferred         | … Refer Decide:Done Completed:200 HangUp Decide:Gone CloseMedia FinishEngine
                active refer n486! r202                            | Active    | -                       | … Refer Decide:Done Failed:486
                active refer n100 bye                              | Draining  | Api/Transferred         | … Decide:Done Probable TellDisconnected Decide:Gone CloseMedia FinishEngine
                # Silence; and the success that is told when nobody waits for it any more.
                active refer +60000                                | Active    | -                       | … Refer Decide:ReferRefused:408 TimedOut
                active refer +30000 r202 +59999                    | Transferring | -                    | … Decide:Done
                active refer r202 +60000                           | Active    | -                       | … Decide:Done TimedOut
                active refer r202 +60000 n200!                     | Draining  | Api/Transferred         | … Completed:200 HangUp Decide:Gone CloseMedia FinishEngine
                active refer r202 n100 +59999 n180 +59999          | Transferring | -                    | … Decide:Done
                # What else may happen meanwhile: L1 the peer holds us; the app hangs up; the model or the server fails.
                active refer r202 reinvite                         | Transferring | -                    | … Renegotiate
                active refer r202 hangup                           | Draining  | Api/HungUp              | … HangUp Decide:Gone CloseMedia FinishEngine
                active refer hangup r202                           | Draining  | Api/HungUp              | … HangUp Decide:Gone CloseMedia FinishEngine
                active refer r202 finished                         | Ended     | Engine/EngineLost       | … HangUp:500 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                active refer shutdown                              | Ended     | Switchhook/Shutdown     | … HangUp:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                accept ready sent ack broken                       | Ended     | Switchhook/Overloaded   | … HangUp:503 StopAnnouncing Decide:Gone CloseMedia StopEngine Finish
                """)) { data.Add(row[0], row[1], row[2], row[3]); }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void Follows_the_figure(string story, string state, string endedBy, string effects)
    {
        var world = new Story();
        foreach (string word in Words(story)) { world.Say(word); }
        Assert.Equal((state, endedBy), (world.Machine.State.ToString(), Story.Describe(world.Machine.Reason)));
        string done = string.Join(' ', world.Done);
        if (effects.StartsWith('…')) { Assert.EndsWith(effects[1..].Trim(), done, StringComparison.Ordinal); }
        else { Assert.Equal(effects, done); }
    }

    // What the API hears. The last word is the one asked.
    public static TheoryData<string, string> Verdicts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string[] row in Table.Rows("""
                story                                   | verdict
                accept                                  | Held
                accept accept                           | Held
                accept ready sent ack accept            | Done
                accept accept2                          | WrongState
                accept ready sent ack accept2           | WrongState
                cancel accept                           | Gone
                reject accept                           | Gone
                reject reject                           | Done
                reject reject2                          | Gone
                accept ready sent ack reject            | WrongState
                cancel reject                           | Gone
                hangup                                  | WrongState
                accept ready sent ack hangup            | Done
                accept ready sent ack hangup hangup     | Done
                accept ready sent ack hangup finished hangup | Done
                accept ready sent ack bye hangup        | Gone
                accept ready sent ack bye accept        | Gone
                refer                                   | WrongState
                accept refer                            | WrongState
                accept ready refer                      | WrongState
                accept ready sent refer                 | WrongState
                cancel refer                            | Gone
                active refer                            | Held
                # A retry of the SDK joins the transfer that runs, whatever it has come to; another target may not.
                active refer refer                      | Held
                active refer n100 refer                 | Held
                active refer r202 refer                 | Done
                active refer r202 n200! refer           | Done
                active refer r202 n200! finished refer  | Done
                active refer refer2                     | WrongState
                active refer r202 refer2                | WrongState
                active refer r202 n200! refer2          | Gone
                active refer r603 refer                 | Held
                active refer r202 n486! refer2          | Held
                active bye refer                        | Gone
                active refer r202 n200! hangup          | Gone
                active refer accept                     | Done
                active refer reject                     | WrongState
                """)) { data.Add(row[0], row[1]); }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Answers_the_api_and_makes_repeats_harmless(string story, string verdict)
    {
        var world = new Story();
        Verdict last = default;
        foreach (string word in Words(story)) { last = world.Say(word); }
        Assert.Equal(verdict, last.ToString());
    }

    private static string[] Words(string story) => story.Replace("active", "accept ready sent ack", StringComparison.Ordinal).Split(' ');

    [Fact]
    public void A_call_that_can_never_be_answered_is_refused_at_once_and_announced_to_nobody()
    {
        var machine = new CallMachine(new Instant(1), new ProjectPolicy { Id = "proj" }, (new SipCause(488, "no codec", 305), EndedBecause.NoCodec));
        Assert.Equal(CallState.Ended, machine.State);
        var effects = new List<string>();
        while (machine.TryTake(out CallEffect? effect)) { effects.Add(effect.GetType().Name); }
        Assert.Equal("Refuse StopAnnouncing Decide CloseMedia StopEngine Finish", string.Join(' ', effects));
    }

    [Fact]
    public void A_call_is_over_when_it_has_ended_and_its_dialog_is_closed_or_at_the_latest_after_twice_64_T1()
    {
        var closed = new Story();
        foreach (string word in "accept ready sent ack bye finished".Split(' ')) { closed.Say(word); }
        Assert.False(closed.Machine.IsOver);
        closed.Say("closed");
        Assert.True(closed.Machine.IsOver);

        var forgotten = new Story();
        forgotten.Say("cancel");
        forgotten.Say("+64000");
        Assert.True(forgotten.Machine.IsOver);
        Assert.Equal(Instant.Never, forgotten.Machine.NextTimeout);
    }

    // Any order of messages, from one integer. The laws are the ones a caller, an app and an operator rely on.
    [Fact]
    public void Any_order_of_messages_ends_the_call_once_and_leaves_nothing_behind()
    {
        string[] words = ["accept", "accept", "accept2", "ready", "failed", "sent", "ack", "reinvite", "bye", "finished", "hangup", "cancel", "reject", "noack", "silent", "mediafault", "noport", "shutdown", "broken", "closed", "refer", "refer2", "r202", "r200", "r603", "n100", "n100!", "n!", "n200!", "n486!"];
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var world = new Story();
            bool wasEnded = false, isHeld = false;
            for (int i = 0; i < 30; i++)
            {
                int done = world.Done.Count;
                isHeld |= world.Say(random.Next(5) == 0 ? $"+{random.Next(1, 40_000)}" : words[random.Next(words.Length)]) == Verdict.Held;
                isHeld &= !world.Done.Skip(done).Any(e => e.StartsWith("Decide", StringComparison.Ordinal));
                Assert.False(isHeld && world.Machine.State is not (CallState.Opening or CallState.Answering or CallState.Transferring), $"seed {seed}: somebody waits for an answer that nobody owes");
                bool ended = world.Machine.State == CallState.Ended;
                Assert.False(wasEnded && !ended, $"seed {seed}: rose from Ended");
                wasEnded = ended;
            }
            int finished = world.Done.Count(e => e == "Finish"), finals = world.Done.Count(e => e is "Answer" || e.StartsWith("Refuse", StringComparison.Ordinal));
            Assert.True(finished == (wasEnded ? 1 : 0), $"seed {seed}: ended {finished} times");
            Assert.True(finals <= 2 && world.Done.Count(e => e == "Answer") <= 1, $"seed {seed}: {string.Join(' ', world.Done)}");
            if (!wasEnded) { continue; }
            Assert.True(world.Done.LastIndexOf("StopEngine") > world.Done.LastIndexOf("OpenEngine"), $"seed {seed}: an engine outlives its call");
            Assert.True(world.Done.LastIndexOf("CloseMedia") > world.Done.LastIndexOf("Answer"), $"seed {seed}: a port outlives its call");
            Assert.True(world.Machine.Reason is not null, $"seed {seed}: no reason");
        }
    }

    /// <summary>One machine, spoken to in words.</summary>
    private sealed class Story
    {
        private static readonly DialogHandle Dialog = new(1);
        private Instant _now = new(1);

        public Story()
        {
            Machine = new CallMachine(_now, new ProjectPolicy { Id = "proj" }, null);
            Drain();
        }

        public CallMachine Machine { get; }

        public List<string> Done { get; } = [];

        public Verdict Say(string word)
        {
            if (word == "(born)") { return Verdict.Done; }
            if (word[0] == '+')
            {
                Instant until = _now + TimeSpan.FromMilliseconds(int.Parse(word.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
                while (Machine.NextTimeout <= until)
                {
                    _now = Machine.NextTimeout;
                    Machine.Handle(_now, new CallMessage.TimedOut());
                    Drain();
                }
                _now = until;
                return Verdict.Done;
            }
            Verdict verdict = Machine.Handle(_now, MessageOf(word));
            Drain();
            return verdict;
        }

        public static string Describe(EndReason? reason) =>
            reason is { } ended ? $"{ended.By}/{ended.Because}{(ended.SipStatus is { } status ? $"/{status}" : "")}" : "-";

        private static CallMessage MessageOf(string word) => word switch
        {
            "accept" => new CallMessage.Accept(Sample.Config, Sample.Body("""{"type":"realtime","model":"m"}""")),
            "accept2" => new CallMessage.Accept(Sample.Config, Sample.Body("""{"type":"realtime","model":"m","instructions":"other"}""")),
            "ready" => new CallMessage.EngineReady(null!),        // the machine never looks at the engine itself
            "failed" => new CallMessage.EngineFailed(RealtimeError.Server("engine_failed", "no")),
            "finished" => new CallMessage.EngineFinished(EndedBecause.EngineLost, "lost"),
            "reject" => new CallMessage.Reject(486),
            "reject2" => new CallMessage.Reject(603),
            "hangup" => new CallMessage.Hangup(),
            "sent" => new CallMessage.Sip(new SipEvent.Message(Dialog, SipDirection.Sent, "SIP/2.0 200 OK", "1 INVITE", null, false)),
            "ack" => new CallMessage.Sip(new SipEvent.Established(Dialog, null)),
            "noack" => new CallMessage.Sip(new SipEvent.NotAcknowledged(Dialog)),
            "cancel" => new CallMessage.Sip(new SipEvent.Cancelled(Dialog, null)),
            "bye" => new CallMessage.Sip(new SipEvent.HungUp(Dialog, null)),
            "reinvite" => new CallMessage.Sip(new SipEvent.Reinvite(Dialog, null)),
            "refer" => new CallMessage.Refer("tel:+14155550123"),
            "refer2" => new CallMessage.Refer("sip:other@example.com"),
            "r202" => new CallMessage.Sip(new SipEvent.ReferAnswered(Dialog, 202, null) { WillNotify = true }),
            "r200" => new CallMessage.Sip(new SipEvent.ReferAnswered(Dialog, 200, null)),
            ['r', .. var status] when int.TryParse(status, out int code) => new CallMessage.Sip(new SipEvent.ReferAnswered(Dialog, code, new SipCause(code, "no"))),
            ['n', .. var told] when told.TrimEnd('!') is var status && (status.Length == 0 || int.TryParse(status, out _)) => new CallMessage.Sip(
                new SipEvent.TransferProgress(Dialog, status.Length == 0 ? null : int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), told.EndsWith('!'), null)),
            "closed" => new CallMessage.Sip(new SipEvent.Closed(Dialog)),
            "silent" => new CallMessage.Heard(new MediaEvent(MediaEventKind.Silent)),
            "mediafault" => new CallMessage.Heard(new MediaEvent(MediaEventKind.Faulted)),
            "noport" => new CallMessage.CannotAnswer(new SipCause(503, "no port"), EndedBecause.NoPort),
            "shutdown" => new CallMessage.Shutdown(),
            "broken" => new CallMessage.Broken(EndedBecause.Overloaded),
            _ => throw new FormatException(word),
        };

        private void Drain()
        {
            while (Machine.TryTake(out CallEffect? effect))
            {
                Done.Add(effect switch
                {
                    CallEffect.Refuse refuse => $"Refuse:{refuse.Cause.Status}",
                    CallEffect.HangUp { Cause: { } cause } => $"HangUp:{cause.Status}",
                    CallEffect.Decide { Cause: { } cause } decide => $"Decide:{decide.Verdict}:{cause.Status}",
                    CallEffect.TransferEnded ended => ended.SipStatus is { } status ? $"{ended.Outcome}:{status}" : $"{ended.Outcome}",
                    CallEffect.Decide decide => $"Decide:{decide.Verdict}",
                    _ => effect.GetType().Name,
                });
            }
        }
    }
}
