namespace Switchhook.Sip.Dialogs;

/// <summary>
/// OPTIONS (RFC 3261 §11.2): the answer an INVITE would get, as far as we know without asking anybody; trunks use it
/// to see whether we live, and load balancers to see whether we drain.
/// </summary>
internal static class Options
{
    public static void Receive(UserAgent agent, Instant now, Dialog? dialog, ServedRequest request)
    {
        if (agent.IsDraining && dialog is null)
        {
            agent.Answer(now, request, Refusals.Draining);
            return;
        }
        agent.Answer(now, request, new Reply(200) { ToTag = dialog?.LocalTag, TellsAbilities = true });
    }
}

/// <summary>Refusals that have nothing to do with the request itself.</summary>
internal static class Refusals
{
    private const int RetryAfterSeconds = 30;

    public static Reply Draining { get; } = Reply.Refusal(new SipCause(503, "draining: no new calls here") { RetryAfterSeconds = RetryAfterSeconds });

    public static Reply TooMany { get; } = Reply.Refusal(new SipCause(503, "too many calls") { RetryAfterSeconds = RetryAfterSeconds });
}
