using System.Buffers;
using System.Globalization;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>A response before it is written: what it adds to what every response copies from its request.</summary>
internal sealed record Reply(int Status)
{
    public static Reply Trying { get; } = new(100);

    /// <summary>Why not; goes into Reason, Warning and Retry-After (L6, L7).</summary>
    public SipCause? Cause { get; init; }

    /// <summary>The header that explains this error: Allow, Unsupported, Accept.</summary>
    public SipError Error { get; init; }

    /// <summary>Our tag; null only in a 100.</summary>
    public string? ToTag { get; init; }

    /// <summary>Set in a response that forms or refreshes a dialog; then Record-Route is copied too (RFC 3261 §12.1.1).</summary>
    public string? Contact { get; init; }

    /// <summary>Allow and Supported go with a 2xx to INVITE and OPTIONS (§13.3.1.4, §11.2).</summary>
    public bool TellsAbilities { get; init; }

    public ReadOnlyMemory<byte> Sdp { get; init; }

    public static Reply Refusal(SipCause cause) => new(cause.Status) { Cause = cause };

    public static Reply Refusal(int status, string text) => Refusal(new SipCause(status, text));

    public static Reply Refusal(SipError error) =>
        Refusal(SipErrors.StatusFor(error), SipErrors.TextFor(error)) with { Error = error };

    public Outgoing Write(SipMessage request, PeerAddress source, DialogHandle dialog, string host, string product)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + Sdp.Length);
        var writer = new SipWriter(buffer);
        writer.StatusLine(Status);
        writer.CopyForResponse(request, ToTag is null ? default : Wire.Bytes(ToTag), source);
        if (Contact is not null)
        {
            writer.Copy(request, HeaderName.RecordRoute);
            writer.Header(HeaderName.Contact, Contact);
        }
        if (Status == 100) { writer.Copy(request, HeaderName.Timestamp); }
        if (TellsAbilities)
        {
            writer.Header(HeaderName.Allow, Capabilities.All.Allow);
            writer.Header(HeaderName.Supported, string.Join(", ", Capabilities.All.Extensions));
            if (request.Method == SipMethod.Options) { writer.Header(HeaderName.Accept, string.Join(", ", Capabilities.All.BodyTypes)); }
        }
        if (Error != SipError.None) { RequestCheck.WriteExplanation(Error, request, Capabilities.All, writer); }
        if (Cause is not null) { Causes.Write(writer, Cause, host); }
        writer.Header(HeaderName.Server, product);
        writer.Sdp(Sdp.Span);
        return new Outgoing(dialog, buffer.WrittenMemory, $"SIP/2.0 {Status} {StatusPhrases.For(Status)}", Wire.Text(request.Get(HeaderName.CSeq)), Causes.Detail(Cause));
    }
}

/// <summary>What this endpoint can do. Extensions of SIP are not built yet, so Supported is empty and says so.</summary>
internal static class Capabilities
{
    public static SipAbilities All { get; } = new()
    {
        Methods = [SipMethod.Invite, SipMethod.Ack, SipMethod.Cancel, SipMethod.Bye, SipMethod.Options, SipMethod.Notify],
    };
}

/// <summary>A cause as headers, and headers as a cause.</summary>
internal static class Causes
{
    public static void Write(SipWriter writer, SipCause cause, string host)
    {
        string sentence = Sentence(cause);
        if (cause.Status > 0) { writer.Reason(cause.Status, sentence); }
        if (cause.WarningCode is int code) { writer.Warning(code, host, sentence); }
        if (cause.RetryAfterSeconds is int seconds) { writer.Header(HeaderName.RetryAfter, seconds); }
    }

    /// <summary>The same for the call's history.</summary>
    public static string? Detail(SipCause? cause)
    {
        if (cause is null) { return null; }
        string sentence = Sentence(cause);
        string reason = string.Create(CultureInfo.InvariantCulture, $"SIP;cause={cause.Status};text=\"{sentence}\"");
        return cause.WarningCode is int code ? string.Create(CultureInfo.InvariantCulture, $"{reason}, {code} \"{sentence}\"") : reason;
    }

    private static string Sentence(SipCause cause) =>
        cause.Text.Length <= Limits.SipCauseChars ? cause.Text : cause.Text[..Limits.SipCauseChars];

    /// <summary>Reason and Warning of a message that came, as they stood there.</summary>
    public static string? Detail(SipMessage message)
    {
        string? reason = ReasonOf(message);
        foreach (ReadOnlySpan<byte> warning in message.Warnings)
        {
            reason = reason is null ? Wire.Readable(warning) : $"{reason}, {Wire.Readable(warning)}";
        }
        return reason;
    }

    public static string? ReasonOf(SipMessage message)
    {
        string? all = null;
        foreach (ReadOnlySpan<byte> reason in message.Reasons)
        {
            all = all is null ? Wire.Readable(reason) : $"{all}, {Wire.Readable(reason)}";
        }
        return all;
    }

    /// <summary>Why a request of ours was refused, in the peer's words where it has any.</summary>
    public static SipCause Of(SipMessage response)
    {
        string text = Detail(response) ?? Wire.Readable(response.ReasonPhrase);
        return new SipCause(response.Status, text.Length > 0 ? text : StatusPhrases.For(response.Status));
    }
}
