namespace Switchhook.Server.Cli;

internal enum PhoneMomentKind : byte { Trying, Ringing, Answered, FirstRtp, FirstAudio, Key, Played, Over }

/// <summary>Something that happened to a call we placed, and how long after it was placed.</summary>
internal readonly record struct PhoneMoment(PhoneMomentKind Kind, TimeSpan After, string Text);

internal enum PhoneEndedBy : byte { Us, Peer, Refusal }

/// <summary>How a call we placed ended. <paramref name="Status"/> is the SIP status of a refusal; <paramref name="Reason"/> is what the other side said of it.</summary>
internal sealed record PhoneEnding(PhoneEndedBy By, int? Status, string? Reason)
{
    public override string ToString() => By switch
    {
        PhoneEndedBy.Refusal => $"refused: {Status} {Reason}".TrimEnd(),
        PhoneEndedBy.Peer => Reason is null ? "the other side hung up" : $"the other side hung up ({Reason})",
        _ => Reason is null ? "we hung up" : $"we hung up ({Reason})",
    };
}
