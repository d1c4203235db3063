using System.Text;
using Switchhook.Simulation;
using Switchhook.Sip.Messages;
using Switchhook.Sip.Tests.Torture;

namespace Switchhook.Sip.Tests.Messages;

public sealed class SipMessageTests
{
    internal const string Invite = """
        INVITE sip:proj_demo@switch.example;transport=udp SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKa;rport, SIP/2.0/UDP edge.example;branch=z9hG4bKb
        v: SIP/2.0/TCP core.example;branch=z9hG4bKc
        Record-Route: <sip:198.51.100.1;lr>,<sip:edge.example;lr;x=a,b>
        Max-Forwards: 68
        From: "Caller, One" <sip:+15550100@carrier.example;user=phone>;tag=as1
        To: <sip:+15550199@switch.example>
        Contact: <sip:+15550100@172.16.4.9:5060;x=a,b>;q=1
        Call-ID: c1@carrier.example
        CSeq: 102 INVITE
        X-Carrier-Id: CA12
         and more
        x-carrier-id: again
        k: timer,  replaces ,
        Require: 100rel
        Reason: Q.850;cause=16, SIP;cause=200;text="a \", b"
        Event: refer;id=93809824
        Expires: 180
        Subscription-State: active;expires=60
        Refer-To: <sip:b@h?Replaces=x%40y>
        Content-Type: application/sdp ; charset=utf-8
        Content-Length: 5

        v=0
        trailing
        """;

    [Fact]
    public void Getters_find_what_stands_there()
    {
        SipMessage message = Parse(Invite);
        Assert.True(message.IsRequest);
        Assert.Equal(SipMethod.Invite, message.Method);
        Assert.Equal("sip:proj_demo@switch.example;transport=udp", Text(message.RequestUri));
        Assert.Equal("198.51.100.1", Text(message.TopVia.Host));
        Assert.True(message.TopVia.AsksForRPort);
        Assert.Equal(3, message.Vias.Count());
        Assert.Equal(["<sip:198.51.100.1;lr>", "<sip:edge.example;lr;x=a,b>"], All(message.RecordRoutes));
        Assert.Equal("as1", Text(message.From.Tag));
        Assert.Equal("\"Caller, One\"", Text(message.From.DisplayName));
        Assert.Equal("+15550199", Text(message.To.Uri.User));
        Assert.Equal(0, message.To.Tag.Length);
        Assert.Equal("sip:+15550100@172.16.4.9:5060;x=a,b", Text(message[6].Value)[1..^5]);
        Assert.Equal("c1@carrier.example", Text(message.CallId));
        Assert.Equal((102u, SipMethod.Invite), (message.CSeq.Number, message.CSeq.Method));
        Assert.Equal((68, 180, 5), (message.MaxForwards, message.Expires, message.ContentLength));
        Assert.Equal(["timer", "replaces"], All(message.Supported));
        Assert.True(message.Require.Contains("100REL"u8));
        Assert.Equal(["Q.850;cause=16", "SIP;cause=200;text=\"a \\\", b\""], All(message.Reasons));
        Assert.Equal("application/sdp", Text(message.ContentType));
        Assert.Equal("refer", Text(message.Event));
        Assert.True(message.ParametersOf(HeaderName.Event).TryGet("id"u8, out ReadOnlySpan<byte> id));
        Assert.Equal("93809824", Text(id));
        Assert.Equal("active", Text(message.SubscriptionState));
        Assert.Equal("Replaces=x%40y", Text(message.ReferTo.Uri.Headers));
        Assert.Equal("v=0\r\n", Text(message.Body));
        Assert.True(message.HasSdp);
        Assert.False(message.Has(HeaderName.Warning));
        Assert.True(message.TryGet("X-CARRIER-ID"u8, out ReadOnlySpan<byte> custom));
        Assert.Equal("CA12 and more", Text(custom));
    }

    [Fact]
    public void Headers_for_the_app_keep_names_order_and_repeats_and_join_folds()
    {
        IReadOnlyList<SipHeader> headers = Parse(Invite).Headers();
        Assert.Equal(new SipHeader("v", "SIP/2.0/TCP core.example;branch=z9hG4bKc"), headers[1]);
        Assert.Equal([new SipHeader("X-Carrier-Id", "CA12 and more"), new SipHeader("x-carrier-id", "again")],
            headers.Where(header => header.Name.StartsWith("x-c", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(20, headers.Count);
    }

    [Fact]
    public void White_space_wherever_the_grammar_allows_it_changes_nothing()
    {
        SipMessage message = Parse(Encoding.Latin1.GetString(OwnMessages.All["wsinv"]));
        Assert.Equal("4711x", Text(message.To.Tag));
        Assert.Equal("aa11", Text(message.From.Tag));
        Assert.Equal((42u, SipMethod.Invite, 9), (message.CSeq.Number, message.CSeq.Method, message.MaxForwards));
        Assert.Equal(3, message.Vias.Count());
        Assert.Equal("first part second part", Text(message.TryGet("odd-one"u8, out ReadOnlySpan<byte> value) ? value : default));
        Assert.True(message.Contact.Parameters.TryGet("fresh"u8, out ReadOnlySpan<byte> fruit));
        Assert.Equal("fruit", Text(fruit));
        Assert.True(message.HasSdp);
    }

    [Theory]
    [InlineData("cparam01", "sip:+3185550100@gw.hotel.example", true)]
    [InlineData("cparam02", "sip:+3185550100@gw.hotel.example;colour", false)]
    public void A_semicolon_belongs_to_the_header_unless_brackets_give_it_to_the_uri(string name, string uri, bool ofTheHeader)
    {
        SipMessage message = Parse(Encoding.Latin1.GetString(OwnMessages.All[name]));
        Assert.Equal(uri, Text(message.Contact.UriText));
        Assert.Equal(ofTheHeader, message.Contact.Parameters.Has("colour"u8));
        Assert.Equal(!ofTheHeader, message.Contact.Uri.Parameters.Has("colour"u8));
    }

    // Each row spoils one line of an ordinary request; all that is fine must still be readable for the answer.
    [Theory]
    [InlineData("CSeq: 1 OPTIONS", "CSeq: OPTIONS", SipError.CSeq)]
    [InlineData("CSeq: 1 OPTIONS\n", "", SipError.MissingCSeq)]
    [InlineData("To: <sip:b@h>\n", "", SipError.MissingTo)]
    [InlineData("To: <sip:b@h>", "To: <sip:b@h> x", SipError.To)]
    [InlineData("From: <sip:a@h>;tag=1\n", "", SipError.MissingFrom)]
    [InlineData("From: <sip:a@h>;tag=1", "From: <sip:a@h;tag=1", SipError.From)]
    [InlineData("Call-ID: 1\n", "", SipError.MissingCallId)]
    [InlineData("Call-ID: 1", "Call-ID:", SipError.MissingCallId)]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 256", SipError.MaxForwards)]
    [InlineData("Max-Forwards: 70", "Max-Forwards: many", SipError.MaxForwards)]
    [InlineData("Max-Forwards: 70", "Max-Forwards 70", SipError.HeaderLine)]
    [InlineData("Max-Forwards: 70", "Max Forwards: 70", SipError.HeaderLine)]
    [InlineData("Max-Forwards: 70", ": 70", SipError.HeaderLine)]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 70\n+ 7\tx", SipError.HeaderLine)]
    [InlineData("Content-Length: 0", "Content-Length: 1", SipError.BodyTooShort)]
    [InlineData("Content-Length: 0", "Content-Length: 99999999999", SipError.ContentLength)]
    [InlineData("Content-Length: 0", "Content-Length: 0\nl: 0", SipError.RepeatedHeader)]
    [InlineData("Content-Length: 0", "Route: nobody", SipError.Route)]
    [InlineData("Content-Length: 0", "Record-Route: <sip:a", SipError.Route)]
    [InlineData("Content-Length: 0", "Contact: <sip:a", SipError.Contact)]
    [InlineData("Content-Length: 0", "Contact: *", SipError.None)]
    [InlineData("OPTIONS sip:b@h SIP/2.0", "OPTIONS sip:b@h  SIP/2.0", SipError.RequestLine)]
    [InlineData("OPTIONS sip:b@h SIP/2.0", "OPTIONS  SIP/2.0", SipError.RequestLine)]
    [InlineData("OPTIONS sip:b@h SIP/2.0", "OPTIONS b@h SIP/2.0", SipError.RequestUri)]
    [InlineData("Via: SIP/2.0/UDP h;branch=z9hG4bK1", "Via: SIP/2.0/UDP", SipError.Via)]
    internal void One_fault_is_named_and_the_rest_stays_readable(string line, string spoiled, SipError error)
    {
        string text = Options.Replace(line, spoiled, StringComparison.Ordinal);
        bool parsed = SipMessage.TryParse(Wire(text), isStream: false, out SipMessage? message, out SipError found);
        Assert.Equal((error, error == SipError.None), (found, parsed));
        Assert.NotNull(message);
        Assert.Equal(error == SipError.None ? 0 : 400, SipErrors.StatusFor(found));
        Assert.Equal(error != SipError.MissingFrom, message.Has(HeaderName.From));
        Assert.Equal(error is SipError.MissingCallId ? "" : "1", Text(message.CallId));
    }

    [Theory]
    [InlineData("", SipError.NotSip)]
    [InlineData("\n\n", SipError.NotSip)]
    [InlineData("GET / HTTP/1.1\nHost: h\n\n", SipError.NotSip)]
    [InlineData("SIP/2.0\n\n", SipError.NotSip)]
    [InlineData("SIP/2.0 99 x\n\n", SipError.Status)]
    [InlineData("SIP/2.0 700 x\n\n", SipError.Status)]
    [InlineData("SIP/2.0 20 x\n\n", SipError.Status)]
    [InlineData("OPTIONS sip:b@h SIP/2.0", SipError.NotSip)]
    [InlineData("{}\n\n", SipError.NotSip)]
    internal void What_cannot_be_answered_has_no_message(string text, SipError error)
    {
        Assert.False(SipMessage.TryParse(Wire(text), isStream: false, out SipMessage? message, out SipError found));
        Assert.Null(message);
        Assert.Equal((error, 0), (found, SipErrors.StatusFor(found)));
    }

    [Fact]
    public void A_request_without_a_via_is_met_with_silence()
    {
        string text = Options.Replace("Via: SIP/2.0/UDP h;branch=z9hG4bK1\n", "", StringComparison.Ordinal);
        Assert.False(SipMessage.TryParse(Wire(text), isStream: false, out _, out SipError error));
        Assert.Equal((SipError.MissingVia, 0), (error, SipErrors.StatusFor(error)));
    }

    [Theory]
    [InlineData("Max-Forwards: 7\r0")]
    [InlineData("Max-Forwards: 7\n0")]
    public void A_stray_line_end_in_the_header_is_refused(string spoiled)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Wire(Options)).Replace("Max-Forwards: 70", spoiled, StringComparison.Ordinal));
        Assert.False(SipMessage.TryParse(bytes, isStream: false, out _, out SipError error));
        Assert.Equal(SipError.LineEnd, error);
    }

    [Fact]
    public void Without_content_length_the_body_is_the_datagram_and_on_a_stream_nothing()
    {
        byte[] bytes = Wire(Options.Replace("Content-Length: 0\n", "", StringComparison.Ordinal) + "rest");
        Assert.True(SipMessage.TryParse(bytes, isStream: false, out SipMessage? datagram, out _));
        Assert.Equal("rest", Text(datagram!.Body));
        Assert.True(SipMessage.TryParse(bytes, isStream: true, out SipMessage? stream, out _));
        Assert.Equal(0, stream!.Body.Length);
    }

    [Fact]
    public void More_header_lines_than_the_limit_are_met_with_silence()
    {
        string at = Options.Replace("Content-Length: 0\n", string.Concat(Enumerable.Repeat("X: y\n", Limits.SipHeaders - 6)), StringComparison.Ordinal);
        Assert.True(SipMessage.TryParse(Wire(at), isStream: false, out _, out _));
        Assert.False(SipMessage.TryParse(Wire(at.Replace("CSeq", "X: y\nCSeq", StringComparison.Ordinal)), isStream: false, out SipMessage? over, out SipError error));
        Assert.Equal((null, SipError.TooLarge), (over, error));
        Assert.False(SipMessage.TryParse(new byte[Limits.SipMessageBytes + 1], isStream: false, out _, out error));
        Assert.Equal(SipError.TooLarge, error);
    }

    [Fact]
    public void Every_prefix_of_every_message_is_judged_without_throwing()
    {
        foreach (byte[] whole in OwnMessages.All.Values.Append(Wire(Invite)))
        {
            for (int length = 0; length < whole.Length; length++)
            {
                SipMessage.TryParse(whole.AsSpan(0, length), isStream: length % 2 == 0, out SipMessage? message, out SipError error);
                if (message is not null) { Everything(message); }
                Assert.True(message is not null || error is SipError.NotSip or SipError.Status, $"{error} at {length}");
            }
        }
    }

    [Fact]
    public void Scanning_and_every_getter_allocate_nothing()
    {
        byte[] wire = Wire(Invite);
        SipMessage message = Parse(Invite);
        Everything(message);
        Scan(wire);
        int sum = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int round = 0; round < 1000; round++) { sum += Everything(message) + Scan(wire); }
        }));
        Assert.NotEqual(0, sum);
    }

    internal const string Options = """
        OPTIONS sip:b@h SIP/2.0
        Via: SIP/2.0/UDP h;branch=z9hG4bK1
        Max-Forwards: 70
        From: <sip:a@h>;tag=1
        To: <sip:b@h>
        Call-ID: 1
        CSeq: 1 OPTIONS
        Content-Length: 0


        """;

    internal static byte[] Wire(string text) => Encoding.Latin1.GetBytes(text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    internal static SipMessage Parse(string text)
    {
        Assert.True(SipMessage.TryParse(Wire(text), isStream: false, out SipMessage? message, out SipError error), error.ToString());
        return message!;
    }

    private static int Scan(byte[] wire)
    {
        var scanner = new SipScanner(wire);
        scanner.StartLine(out Range line);
        int sum = line.End.Value;
        while (scanner.Next() == ScanStep.Header) { sum += (int)HeaderNames.Parse(wire.AsSpan()[scanner.Name]) + scanner.Value.End.Value; }
        return sum;
    }

    /// <summary>Asks a message for everything it can say; a number, so that nothing is optimised away.</summary>
    internal static int Everything(SipMessage message)
    {
        int sum = message.StartLine.Length + message.ReasonPhrase.Length + message.Version.Length + message.RequestUri.Length + message.MethodName.Length
            + message.Body.Length + message.CallId.Length + message.ContentType.Length + message.Event.Length + message.SubscriptionState.Length
            + (message.MaxForwards ?? 0) + (message.Expires ?? 0) + (message.ContentLength ?? 0) + (int)message.CSeq.Number + (int)message.CSeq.Method
            + message.TopVia.Branch.Length + message.TopVia.Received.Length + message.TopVia.Maddr.Length + (message.TopVia.RPort ?? 0)
            + Sum(message.From) + Sum(message.To) + Sum(message.Contact) + Sum(message.ReferTo)
            + message.Vias.Count() + message.RecordRoutes.Count() + message.Require.Count() + message.ProxyRequire.Count()
            + message.Supported.Count() + message.Reasons.Count() + message.Warnings.Count();
        for (int index = 0; index < message.HeaderCount; index++) { sum += message[index].NameText.Length + message[index].Value.Length; }
        foreach (ReadOnlySpan<byte> via in message.Vias) { sum += Via.TryParse(via, out Via one) ? one.Host.Length : 1; }
        foreach (Parameter parameter in message.ParametersOf(HeaderName.ContentType)) { sum += parameter.Name.Length + parameter.Value.Length; }
        return sum + (message.HasSdp ? 1 : 0);
    }

    private static int Sum(NameAddress address)
    {
        SipUri uri = address.Uri;
        return address.Tag.Length + uri.User.Length + uri.Host.Length + (uri.Port ?? 0) + (uri.IsLooseRoute ? 1 : 0);
    }

    private static string[] All(HeaderValues values)
    {
        var all = new List<string>();
        foreach (ReadOnlySpan<byte> value in values) { all.Add(Text(value)); }
        return [.. all];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
