using System.Text;
using Switchhook.Simulation;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>
/// Whole worlds from one integer: two endpoints call each other over a bad network, and users who do anything at any
/// time sit at both. Whatever happens, these laws hold.
/// </summary>
public sealed class WorldTests
{
    private const int Worlds = 400;

    [Fact]
    public void Every_world_keeps_the_laws()
    {
        Dictionary<string, int> happened = [];
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new World(seed, happened);
            try { world.Run(); }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException) { Assert.Fail($"seed {seed}: {fault}"); }
        }
        // Laws of worlds in which nothing happens would be worth nothing.
        string[] rare = ["IncomingCall", "Cancelled", "Established", "NotAcknowledged", "Reinvite", "ReinviteAnswered", "ReinviteRefused", "HungUp", "Progress", "Answered", "Refused", "ReferAnswered", "Closed"];
        Assert.True(Array.TrueForAll(rare, name => happened.GetValueOrDefault(name) > 20), string.Join(", ", happened.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    [Fact]
    public void The_same_seed_is_the_same_world()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            World one = new(seed, []), other = new(seed, []);
            one.Run();
            other.Run();
            Assert.Equal(one.Fingerprint, other.Fingerprint);
        }
    }

    private sealed class World
    {
        private static readonly PeerAddress[] Addresses = [PeerAddress.FromIPv4(0xC000_0201, 5060), PeerAddress.FromIPv4(0xC000_0202, 5060)];

        private readonly int _seed;
        private readonly Dictionary<string, int> _happened;
        private readonly Random _random;
        private readonly SimulatedNetwork _network;
        private readonly Party[] _parties;
        private Instant _now = new(1);

        public World(int seed, Dictionary<string, int> happened)
        {
            _happened = happened;
            _seed = seed;
            _random = new Random(seed);
            bool calm = seed % 5 == 0;
            _network = new SimulatedNetwork(seed, calm
                ? new NetworkWeather { Latency = TimeSpan.FromMilliseconds(20) }
                : new NetworkWeather
                {
                    Latency = TimeSpan.FromMilliseconds(_random.Next(200)),
                    Jitter = TimeSpan.FromMilliseconds(_random.Next(800)),
                    Loss = _random.NextDouble() * 0.4,
                    Duplication = _random.NextDouble() * 0.3,
                    Reordering = _random.NextDouble() * 0.3,
                    Detour = TimeSpan.FromMilliseconds(_random.Next(1, 1500)),
                });
            _parties = [new Party(this, 0), new Party(this, 1)];
            IsCalm = calm;
        }

        public bool IsCalm { get; }

        /// <summary>Everything that was sent and told, and when.</summary>
        public ulong Fingerprint { get; private set; } = 14_695_981_039_346_656_037;

        public void Run()
        {
            for (int step = 0; step < 200; step++)
            {
                _parties[_random.Next(2)].Act(_random);
                if (!IsCalm && _random.Next(60) == 0) { Blackout(); }
                Pass(TimeSpan.FromMilliseconds(_random.Next(_random.Next(4) == 0 ? 8000 : 400)));
            }
            // Everybody goes home: nobody answers any more, both hang up what they have, and the last timers run out.
            foreach (Party party in _parties) { party.GoHome(); }
            Pass(TimeSpan.FromMinutes(8));
            foreach (Party party in _parties) { party.Check(); }
            if (IsCalm) { CheckAgreement(); }
            Law(_network.UnderWay == 0, "the network came to rest");
        }

        /// <summary>Where nothing is lost, both sides tell the same story of each call.</summary>
        private void CheckAgreement()
        {
            for (int caller = 0; caller < 2; caller++)
            {
                foreach ((string callId, List<string> placed) in _parties[caller].Stories("Answered", "Refused"))
                {
                    List<string> taken = _parties[1 - caller].Stories("IncomingCall")[callId];
                    // An answer that crossed a CANCEL is established for as long as it takes to hang it up.
                    bool crossed = placed.Contains("Refused") && taken.Contains("HungUp");
                    Law(taken.Contains("Established") == (placed.Contains("Answered") || crossed), $"both know whether {callId} was a call: {string.Join(' ', placed)} / {string.Join(' ', taken)}");
                    Law(!(placed.Contains("HungUp") && taken.Contains("HungUp")), $"only one can have been hung up on: {callId}");
                }
            }
        }

        /// <summary>Sometimes nothing comes through at all for up to a minute, and every timer of the RFC gets its chance.</summary>
        private void Blackout()
        {
            NetworkWeather weather = _network.Weather;
            _network.Weather = weather with { Loss = 1 };
            Pass(TimeSpan.FromMilliseconds(_random.Next(60_000)));
            _network.Weather = weather;
        }

        private void Pass(TimeSpan time)
        {
            Instant until = _now + time;
            while (true)
            {
                Instant next = Instant.Earlier(_network.NextTimeout, Instant.Earlier(_parties[0].Endpoint.NextTimeout, _parties[1].Endpoint.NextTimeout));
                if (next > until) { break; }
                Law(next >= _now, "nobody asks to be woken in the past");
                _now = next;
                while (_network.TryDeliver(_now, out Datagram datagram)) { _parties[datagram.To == Addresses[0] ? 0 : 1].Receive(datagram); }
                foreach (Party party in _parties)
                {
                    if (party.Endpoint.NextTimeout <= _now) { party.Wake(); }
                }
            }
            _now = until;
        }

        private void Remember(string what)
        {
            foreach (char letter in what) { Fingerprint = (Fingerprint ^ letter) * 1_099_511_628_211; }
            Fingerprint = (Fingerprint ^ (ulong)_now.Ticks) * 1_099_511_628_211;
        }

        private void Law(bool kept, string law) => Assert.True(kept, $"seed {_seed}: {law}");

        /// <summary>One endpoint and its capricious user.</summary>
        private sealed class Party(World world, int index)
        {
            private readonly Dictionary<DialogHandle, List<string>> _history = [];
            private readonly Dictionary<string, HashSet<string>> _finals = [];
            private readonly HashSet<string> _invites = [];
            private readonly HashSet<string> _calls = [];
            private readonly List<DialogHandle> _open = [];
            private readonly Dictionary<DialogHandle, string> _callIds = [];
            private string _lastCallId = "";
            private bool _home;

            public SipEndpoint Endpoint { get; } = new(
                new SipEndpointOptions { Listeners = [new SipListenerAddress(SipTransport.Udp, Addresses[index], Addresses[index].ToIPAddress().ToString(), 5060)] },
                new Random(world._seed * 2 + index));

            private SipFlow Flow => new(SipTransport.Udp, 0, 0, Addresses[1 - index]);

            public void Receive(Datagram datagram)
            {
                string text = Encoding.UTF8.GetString(datagram.Bytes.Span);
                if (text.StartsWith("INVITE ", StringComparison.Ordinal)) { _invites.Add(NameOf(text)); }
                Endpoint.Receive(world._now, new SipFlow(SipTransport.Udp, 0, 0, datagram.From), datagram.Bytes.Span);
                Drain();
            }

            public void Wake()
            {
                Endpoint.Timeout(world._now);
                Drain();
            }

            public void Act(Random random)
            {
                byte[] sdp = Encoding.ASCII.GetBytes(Peer.Local);
                DialogHandle dialog = _open.Count == 0 || random.Next(20) == 0 ? new DialogHandle(random.Next(1, 50)) : _open[random.Next(_open.Count)];
                SipCommand command = random.Next(10) switch
                {
                    0 when _open.Count < 6 => new SipCommand.PlaceCall(Endpoint.NewDialog(), Flow, $"sip:bob@{Addresses[1 - index]}", "sip:alice@example.com", sdp),
                    1 => new SipCommand.Ring(dialog),
                    2 or 3 => new SipCommand.Answer(dialog, sdp),
                    4 => new SipCommand.Refuse(dialog, new SipCause(486, "not now")),
                    5 => new SipCommand.HangUp(dialog, random.Next(2) == 0 ? null : new SipCause(200, "enough")),
                    6 => new SipCommand.CancelCall(dialog),
                    7 => new SipCommand.Reinvite(dialog, sdp),
                    8 => new SipCommand.Refer(dialog, "tel:+14155550123"),
                    _ => random.Next(3) == 0 ? new SipCommand.RefuseReinvite(dialog, new SipCause(488, "no")) : new SipCommand.AnswerReinvite(dialog, sdp),
                };
                Endpoint.Do(world._now, command);
                Drain();
            }

            public void GoHome()
            {
                _home = true;
                foreach (DialogHandle dialog in _open.ToArray()) { HangUp(dialog); }
            }

            /// <summary>The events of each dialog that holds one of these, by Call-ID.</summary>
            public Dictionary<string, List<string>> Stories(params string[] with) =>
                _history.Where(pair => pair.Value.Exists(name => with.Contains(name))).ToDictionary(pair => _callIds[pair.Key], pair => pair.Value);

            public void Check()
            {
                var tables = new StringWriter();
                Endpoint.Describe(tables);
                world.Law(Endpoint.DialogCount == 0 && Endpoint.TransactionCount == 0, $"party {index} leaks: {tables} {string.Join(" ", _open.SelectMany(d => _history[d]))}");
                world.Law(Endpoint.NextTimeout == Instant.Never, "nobody who is done asks to be woken");
                foreach ((DialogHandle dialog, List<string> events) in _history)
                {
                    world.Law(events[^1] == "Closed", $"the last event of dialog {dialog.Value} is Closed, not {events[^1]}");
                    world.Law(events.Count(name => name is "Answered" or "Refused" or "IncomingCall") == 1, $"dialog {dialog.Value} has one fate: {string.Join(' ', events)}");
                    world.Law(events.Count(name => name is "Cancelled" or "HungUp") <= 1, $"dialog {dialog.Value} ends once: {string.Join(' ', events)}");
                }
                foreach (string invite in _invites)
                {
                    world.Law(_finals.TryGetValue(invite, out HashSet<string>? answers) && answers.Count == 1, $"INVITE {invite} has one final answer, not {string.Join(", ", answers ?? [])}");
                }
            }

            private void HangUp(DialogHandle dialog)
            {
                Endpoint.Do(world._now, new SipCommand.HangUp(dialog, null));
                Drain();
            }

            private void Drain()
            {
                List<DialogHandle> late = [];
                while (Endpoint.TryTake(out SipOutput? output))
                {
                    world.Remember(output is SipOutput.Transmit sent ? Encoding.UTF8.GetString(sent.Message.Span) : ((SipOutput.Tell)output).Event.GetType().Name);
                    switch (output)
                    {
                        case SipOutput.Transmit transmit: Sent(transmit); break;
                        case SipOutput.Tell tell: Told(tell.Event, late); break;
                    }
                }
                foreach (DialogHandle dialog in late) { HangUp(dialog); }
            }

            private void Sent(SipOutput.Transmit transmit)
            {
                string text = Encoding.UTF8.GetString(transmit.Message.Span);
                _lastCallId = Peer.Header(text, "Call-ID");
                world.Law(transmit.Flow.Peer == Addresses[1 - index], "messages go to the other party");
                if (text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && text[8] != '1' && Peer.Header(text, "CSeq").EndsWith("INVITE", StringComparison.Ordinal))
                {
                    if (!_finals.TryGetValue(NameOf(text), out HashSet<string>? answers)) { _finals[NameOf(text)] = answers = []; }
                    answers.Add(text);
                }
                world._network.Send(world._now, Addresses[index], transmit.Flow.Peer, transmit.Message.Span);
            }

            private void Told(SipEvent sipEvent, List<DialogHandle> late)
            {
                string name = sipEvent.GetType().Name;
                world._happened[name] = world._happened.GetValueOrDefault(name) + 1;
                world.Law(sipEvent is not SipEvent.Rejected { Error: not (SipError.NoDialog or SipError.MethodNotAllowed) }, $"well-formed messages are taken: {sipEvent}");
                if (sipEvent is SipEvent.Rejected) { return; }
                bool known = _history.TryGetValue(sipEvent.Dialog, out List<string>? events);
                if (!known)
                {
                    world.Law(sipEvent is SipEvent.IncomingCall or SipEvent.Message { Direction: SipDirection.Sent }, $"a dialog begins with its call, not {name}");
                    _history[sipEvent.Dialog] = events = [];
                    _open.Add(sipEvent.Dialog);
                    _callIds[sipEvent.Dialog] = sipEvent is SipEvent.IncomingCall incoming ? incoming.CallIdHeader : _lastCallId;
                }
                world.Law(events!.Count == 0 || events[^1] != "Closed", $"no event after Closed: {name}");
                if (sipEvent is SipEvent.IncomingCall call) { world.Law(_calls.Add(call.CallIdHeader), $"one call is one dialog: {call.CallIdHeader}"); }
                if (sipEvent is SipEvent.Closed) { _open.Remove(sipEvent.Dialog); }
                if (_home && sipEvent is SipEvent.IncomingCall or SipEvent.Answered or SipEvent.Established) { if (_home) { late.Add(sipEvent.Dialog); } }
                if (sipEvent is not SipEvent.Message || events.Count == 0) { events.Add(name); }
            }

            private static string NameOf(string text) => $"{Peer.Header(text, "Call-ID")} {Peer.Header(text, "CSeq")} {Peer.Header(text, "Via").Split("branch=")[1].Split(';')[0]}";
        }
    }
}
