using System.Buffers;
using Switchhook.Sip;
using Switchhook.Sip.Messages;

namespace Switchhook.Fuzz.Targets;

/// <summary>
/// Parsing never throws; a message that parses can be asked for everything, holds no line end in any value, and comes back
/// the same when its headers are written again; a request that is refused can still be answered, and the answer is a message.
/// </summary>
internal sealed class SipMessageTarget : IFuzzTarget
{
    private static readonly SipAbilities Abilities = new() { Methods = [SipMethod.Invite, SipMethod.Ack, SipMethod.Bye, SipMethod.Cancel, SipMethod.Options] };
    private static readonly PeerAddress Source = PeerAddress.FromIPv4(0xC0000201, 5060);

    public string Name => "sip-message";

    public IReadOnlyList<byte[]> Corpus => Fuzz.Corpus.Sip;

    public void Run(byte[] input, Random random)
    {
        bool parsed = SipMessage.TryParse(input, random.Next(2) == 0, out SipMessage? message, out SipError error);
        LawBrokenException.Unless(parsed == (error == SipError.None), "an error is what did not parse");
        if (message is null) { return; }
        Ask(message);
        if (parsed) { Rewrite(message); }
        if (message.IsRequest) { Answer(message, parsed ? RequestCheck.Of(message, Abilities) : error); }
    }

    private static void Ask(SipMessage message)
    {
        foreach (SipHeader header in message.Headers())
        {
            LawBrokenException.Unless(header.Name.Length > 0 && header.Value.AsSpan().IndexOfAny('\r', '\n') < 0, "a value is one line");
        }
        foreach (HeaderName name in Enum.GetValues<HeaderName>())
        {
            foreach (ReadOnlySpan<byte> value in message.Values(name))
            {
                LawBrokenException.Unless(value.Length > 0, "a list has no empty member");
                if (NameAddress.TryParse(value, out NameAddress address)) { Ask(address); }
                if (Via.TryParse(value, out Via via)) { _ = (via.HasUniqueBranch, via.RPort, via.AsksForRPort, via.Received.Length, via.Maddr.Length); }
            }
            foreach (Parameter parameter in message.ParametersOf(name)) { LawBrokenException.Unless(parameter.Name.Length + parameter.Value.Length >= 0, ""); }
        }
        _ = (message.MaxForwards, message.Expires, message.ContentLength, message.CSeq.Number, message.HasSdp, message.TopVia.Host.Length);
        LawBrokenException.Unless(message.Body.Length <= Limits.SipMessageBytes, "a body is part of its message");
    }

    private static void Ask(NameAddress address)
    {
        SipUri uri = address.Uri;
        Span<byte> plain = new byte[uri.User.Length];
        LawBrokenException.Unless(SipEscapes.Unescape(uri.User, plain) <= uri.User.Length, "unescaping does not grow");
        _ = (address.Tag.Length, uri.IsLooseRoute, uri.IsTel, uri.Port);
    }

    // Header by header into a new message: what was understood the first time is understood again.
    private static void Rewrite(SipMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(message.StartLine);
        output.Write("\r\n"u8);
        for (int index = 0; index < message.HeaderCount; index++)
        {
            HeaderLine line = message[index];
            if (line.Name == HeaderName.ContentLength) { continue; }
            output.Write(line.NameText);
            output.Write(": "u8);
            output.Write(line.Value);
            output.Write("\r\n"u8);
        }
        new SipWriter(output).Header(HeaderName.ContentLength, message.Body.Length);
        output.Write("\r\n"u8);
        output.Write(message.Body);
        bool again = SipMessage.TryParse(output.WrittenSpan, isStream: true, out SipMessage? copy, out SipError error);
        // Written out, a message of many short lines may grow beyond the limit.
        if (error == SipError.TooLarge) { return; }
        LawBrokenException.Unless(again, $"what parsed once parses again, not {error}");
        LawBrokenException.Unless(copy!.Body.SequenceEqual(message.Body) && copy.StartLine.SequenceEqual(message.StartLine), "start line and body survive");
        IEnumerable<SipHeader> before = message.Headers().Where(header => !IsLength(header));
        LawBrokenException.Unless(before.SequenceEqual(copy.Headers().Where(header => !IsLength(header))), "headers survive");
    }

    private static bool IsLength(SipHeader header) => header.Name.Trim().ToUpperInvariant() is "L" or "CONTENT-LENGTH";

    private static void Answer(SipMessage request, SipError error)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SipWriter(output);
        writer.StatusLine(Math.Max(200, SipErrors.StatusFor(error)), SipErrors.TextFor(error));
        writer.CopyForResponse(request, "tag"u8, Source);
        RequestCheck.WriteExplanation(error, request, Abilities, writer);
        writer.Copy(request, HeaderName.RecordRoute);
        writer.NoBody();
        SipMessage.TryParse(output.WrittenSpan, isStream: true, out SipMessage? answer, out SipError wrong);
        bool sound = wrong is SipError.None or SipError.TooLarge or SipError.ResponseVia || error != SipError.None;
        LawBrokenException.Unless(sound, $"our answer to a sound request is sound, not {wrong}");
        LawBrokenException.Unless(answer is null || answer.Status >= 200, "an answer is a response");
    }
}
