using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Tests.Transactions;

/// <summary>Any order of inputs, from one integer: what holds for all four machines whatever happens.</summary>
public sealed class TransactionLaws
{
    private const int Seeds = 5_000;
    private const int Steps = 40;
    private static readonly int[] Statuses = [100, 180, 200, 202, 302, 486, 500, 603];

    [Fact]
    public void Client_invite_keeps_the_laws() => Obey(
        (now, flow, outbox) => new ClientInvite(now, flow, Story.Message("INVITE"), outbox),
        (machine, now, random) =>
        {
            if (random.Next(6) == 0) { machine.Cancelled(now); }
            else { machine.Receive(now, Statuses[random.Next(Statuses.Length)], Story.Message("ACK")); }
        },
        owesEnd: machine => machine.State is not ClientInviteState.Proceeding);

    [Fact]
    public void Client_non_invite_keeps_the_laws() => Obey(
        (now, flow, outbox) => new ClientNonInvite(now, flow, Story.Message("BYE"), outbox),
        (machine, now, random) => machine.Receive(now, Statuses[random.Next(Statuses.Length)]),
        owesEnd: _ => true);

    [Fact]
    public void Server_invite_keeps_the_laws() => Obey(
        (_, flow, outbox) => new ServerInvite(flow, Story.TcpReopened, outbox),
        (machine, now, random) =>
        {
            switch (random.Next(3))
            {
                case 0: machine.Receive(); break;
                case 1: machine.ReceiveAck(now); break;
                default:
                    int status = Statuses[random.Next(Statuses.Length)];
                    machine.Respond(now, status, Story.Message($"{status}"));
                    break;
            }
        },
        owesEnd: machine => machine.State is not ServerInviteState.Proceeding);

    [Fact]
    public void Server_non_invite_keeps_the_laws() => Obey(
        (_, flow, outbox) => new ServerNonInvite(flow, outbox),
        (machine, now, random) =>
        {
            if (random.Next(2) == 0) { machine.Receive(); return; }
            int status = Statuses[random.Next(Statuses.Length)];
            machine.Respond(now, status, Story.Message($"{status}"));
        },
        owesEnd: machine => machine.State is not (ServerNonInviteState.Trying or ServerNonInviteState.Proceeding));

    private static void Obey<T>(Func<Instant, SipFlow, Outbox, T> create, Action<T, Instant, Random> input, Func<T, bool> owesEnd) where T : Transaction
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var outbox = new Outbox();
            var now = new Instant(1);
            T machine = create(now, random.Next(2) == 0 ? Story.Udp : Story.Tcp, outbox);
            Drain(outbox);
            for (int step = 0; step < Steps; step++)
            {
                bool ended = machine.HasEnded;
                switch (random.Next(12))
                {
                    case 0: machine.TransportFailed(); break;
                    case < 6: input(machine, now, random); break;
                    default: now += TimeSpan.FromMilliseconds(random.Next(1, 8000)); machine.Timeout(now); break;
                }
                int spoken = Drain(outbox);
                Assert.False(ended && spoken > 0, $"seed {seed}: spoke after its end");
                Assert.False(ended && !machine.HasEnded, $"seed {seed}: rose again");
                Assert.False(machine.HasEnded && machine.NextTimeout != Instant.Never, $"seed {seed}: ended, and still asks to be woken");
                Assert.False(machine.NextTimeout < now, $"seed {seed}: asks to be woken in the past");
            }
            Instant limit = now + 2 * SipTimers.GiveUp;
            while (owesEnd(machine) && machine.NextTimeout <= limit) { machine.Timeout(machine.NextTimeout); }
            Assert.False(owesEnd(machine) && !machine.HasEnded, $"seed {seed}: never ends");
        }
    }

    private static int Drain(Outbox outbox)
    {
        int count = 0;
        while (outbox.TryTake(out _)) { count++; }
        return count;
    }
}
