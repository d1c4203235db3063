using System.Globalization;
using Switchhook.Calls.Ports;

namespace Switchhook.Calls.Timeline;

/// <summary>An attempt to deliver a webhook, as an entry of the timeline. Its sequence is for whoever appends it.</summary>
public static class WebhookEntry
{
    public const string Kind = "webhook.attempt";

    public static TimelineEntry Of(WebhookAttempt attempt, DateTimeOffset at) =>
        new(0, at, Plane.Webhook, Kind, Text(attempt), TimelineData.Of(attempt));

    internal static string Text(WebhookAttempt attempt) => attempt.IsDelivered
        ? $"{attempt.EventType} delivered, attempt {attempt.Attempt}: {attempt.Status}"
        : $"{attempt.EventType} attempt {attempt.Attempt} failed: {attempt.Error ?? attempt.Status.ToString(CultureInfo.InvariantCulture)}";
}
