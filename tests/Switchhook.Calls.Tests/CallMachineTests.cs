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
        foreach (string word in story.Split(' ')) { world.Say(word); }
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
                accept ready sent ack reject            | WrongState
                cancel reject                           | Gone
                hangup                                  | WrongState
                accept ready sent ack hangup            | Done
                accept ready sent ack hangup hangup     | Done
                accept ready sent ack hangup finished hangup | Done
                accept ready sent ack bye hangup        | Gone
                accept ready sent ack bye accept        | Gone
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
        foreach (string word in story.Split(' ')) { last = world.Say(word); }
        Assert.Equal(verdict, last.ToString());
    }

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
        string[] words = ["accept", "accept2", "ready", "failed", "sent", "ack", "reinvite", "bye", "finished", "hangup", "cancel", "reject", "noack", "silent", "mediafault", "noport", "shutdown", "broken", "closed"];
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var world = new Story();
            bool wasEnded = false;
            for (int i = 0; i < 30; i++)
            {
                world.Say(random.Next(5) == 0 ? $"+{random.Next(1, 40_000)}" : words[random.Next(words.Length)]);
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
            "hangup" => new CallMessage.Hangup(),
            "sent" => new CallMessage.Sip(new SipEvent.Message(Dialog, SipDirection.Sent, "SIP/2.0 200 OK", "1 INVITE", null, false)),
            "ack" => new CallMessage.Sip(new SipEvent.Established(Dialog, null)),
            "noack" => new CallMessage.Sip(new SipEvent.NotAcknowledged(Dialog)),
            "cancel" => new CallMessage.Sip(new SipEvent.Cancelled(Dialog, null)),
            "bye" => new CallMessage.Sip(new SipEvent.HungUp(Dialog, null)),
            "reinvite" => new CallMessage.Sip(new SipEvent.Reinvite(Dialog, null)),
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
                    CallEffect.Decide decide => $"Decide:{decide.Verdict}",
                    _ => effect.GetType().Name,
                });
            }
        }
    }
}
