using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Calls.Effects;

/// <summary>How the app hears of a call: the row and its webhook in one transaction, then the webhook at once.</summary>
internal static class Announcing
{
    /// <summary>Waits for the disk. A call that cannot be written is not announced, and ends as it is.</summary>
    public static async ValueTask BearAsync(CallParts parts, bool announced)
    {
        OutboxMessage? webhook = announced ? parts.Ports.Webhooks.Incoming(parts.Record, parts.Invite.Headers) : null;
        parts.Ports.Observer.Born(parts.Record);        // before the disk: whatever the disk says, an end will be told too
        await parts.Ports.Store.BornAsync(parts.Record, webhook, CancellationToken.None);
        parts.Webhook = webhook;
        parts.Note(Plane.Call, "call.born", $"{parts.Record.From} called {parts.Record.To}", TimelineData.Of(parts.Record));
    }

    public static void Begin(CallParts parts)
    {
        if (parts.Webhook is not { } webhook)
        {
            parts.Note(Plane.Webhook, "webhook.none", "This project has no webhook: nobody is told of the call");
            return;
        }
        parts.Ports.Webhooks.Send(webhook, attempt => Told(parts, attempt), parts.Announcing.Token);
    }

    private static void Told(CallParts parts, WebhookAttempt attempt) =>
        parts.Jot(new CallMessage.Note(Plane.Webhook, WebhookEntry.Kind, WebhookEntry.Text(attempt), TimelineData.Of(attempt)));
}
