using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Switchhook.Sip.Tests.Torture;

/// <summary>
/// Messages of our own that pose the problems of RFC 4475, one section a case. What a section does not say is filled in
/// from an ordinary message: Via, From, To, Call-ID, CSeq, Max-Forwards. <c>-Name</c> leaves one out, <c>+sdp</c> adds a body
/// with its length and type, <c>{00}</c> is a byte, and <c>_</c> at the end of a line is a space.
/// </summary>
internal static partial class OwnMessages
{
    private const string Sections = """
        == wsinv
        INVITE sip:anna@hotel.example;room=7 SIP/2.0
        tO :
          sip:anna@hotel.example ;  tag   = 4711x
        FROM   : "A. \\\"Porter\\\""     <sip:porter@hotel.example>
          ;
          tag = aa11
        max-FORWARDS: 0009
        cseq: 0042
           INVITE
        Via  : SIP  /   2.0
          /UDP
             198.51.100.7;branch=oldstyle
        v:  SIP  / 2.0  / TCP     lift.hotel.example   ;
          branch  =   z9hG4bKlift  ,
          SIP  /    2.0   / UDP  198.51.100.9   ; branch=
          z9hG4bKcellar
        s :
        Odd-One:  first part
          second part
        Commas-Only: ,,;;,
        m:"Porter \"\"" <sip:porter@hotel.example> ; fresh =
            fruit ;
          ripe ; q = 0.5
        +sdp
        == intmeth
        ~Knock.On_Wood!%+`'* sip:odd.(user)!*'~;:&=+$,/?@door.example SIP/2.0
        To: "BELL:\{07} ZERO:\{00} RUBOUT:\{7F}" <sip:odd.(user)!*'~@door.example>
        From: token1~` token2'+_ <sip:plain@door.example>;extra~*+="{D0}{B4}{D0}{B0}";tag=_x~1'+`*%!-.
        Call-ID: a%ZZ-!.*_+'@b`~)(><:\/"][?}{
        Odd-!.%*+_`'~:{EF}{BB}{BF}{E5}{A4}{A7}
        == esc01
        INVITE sip:sips%3Aroom%40hotel.example@door.example SIP/2.0
        To: sip:%72oom@hotel.example
        From: <sip:two%20words@hotel.example>;tag=1
        Contact:
          <sip:p%6Frter@hotel.example;%6C%72;col%6Fur=gr%65y%25%34%31>
        +sdp
        == escnull
        REGISTER sip:hotel.example SIP/2.0
        To: sip:zero-%00-zero@hotel.example
        From: sip:zero-%00-zero@hotel.example;tag=1
        Contact: <sip:%00@hotel.example>
        Contact: <sip:%00%00@hotel.example>
        L:0
        == esc02
        R%45GISTER sip:hotel.example SIP/2.0
        To: "%Q%45" <sip:room@hotel.example>
        Via: SIP/2.0/TCP hotel.example;branch=z9hG4bK11%2Fzz
        Contact: <sip:one@hotel.example>
        C%6Fntact: <sip:two@hotel.example>
        == lwsdisp
        OPTIONS sip:room@hotel.example SIP/2.0
        From: porter<sip:porter@hotel.example>;tag=1
        == longreq
        INVITE sip:room@hotel.example SIP/2.0
        To: "{long}"<sip:room@hotel.example:6000;p1={long};{long}=short;{long}>
        F: sip:{long}@hotel.example;tag={long};{long}={long};{long}
        Call-ID: {long}
        Odd-{long}: {long}; {long}={long}
        Via: SIP/2.0/TCP {long}.hotel.example
        v: SIP/2.0/TCP a.hotel.example;branch=z9hG4bK1{long}, SIP/2.0/TCP b.hotel.example;branch=z9hG4bK2{long}
        v: SIP/2.0/TCP c.hotel.example;branch=z9hG4bK3{long}
        Contact: <sip:{long}@hotel.example>
        +sdp
        == dblreq
        REGISTER sip:hotel.example SIP/2.0
        Content-Length: 0
        +raw {0D}{0A}INVITE sip:b@hotel.example SIP/2.0{0D}{0A}Via: nonsense{0D}{0A}{0D}{0A}m =audio
        == semiuri
        OPTIONS sip:room;floor=two%40hotel@hotel.example SIP/2.0
        Accept: application/sdp, text/plain,
            multipart/mixed
        == transports
        OPTIONS sip:room@hotel.example SIP/2.0
        Via: SIP/2.0/UDP a.hotel.example;branch=z9hG4bK1
        Via: SIP/2.0/SCTP b.hotel.example;branch=z9hG4bK2
        Via: SIP/2.0/TLS c.hotel.example;branch=z9hG4bK3
        Via: SIP/2.0/PIGEON d.hotel.example;branch=z9hG4bK4
        == mpart01
        MESSAGE sip:room@hotel.example SIP/2.0
        Content-Type: multipart/mixed;boundary=cut
        +raw --cut{0D}{0A}Content-Type: text/plain{0D}{0A}{0D}{0A}Hello{0D}{0A}--cut{0D}{0A}Content-Type: application/octet-stream{0D}{0A}{0D}{0A}{00}{0D}{FF}{0A}{80}{0D}{0A}--cut--
        == unreason
        SIP/2.0 200 = 7*6 {D0}{B4}{D0}{B0} {E2}{98}{8E}
        CSeq: 35 INVITE
        Contact: <sip:room@hotel.example>
        +sdp
        == noreason
        SIP/2.0 100_
        CSeq: 35 INVITE
        == badinv01
        INVITE sip:room@hotel.example SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.7;;,,;
        Contact: "Porter" <sip:porter@hotel.example>;;;
        +sdp
        == clerr
        INVITE sip:room@hotel.example SIP/2.0
        Content-Length: 7777
        +sdp
        == ncl
        INVITE sip:room@hotel.example SIP/2.0
        Content-Length: -5
        +sdp
        == scalar02
        REGISTER sip:hotel.example SIP/2.0
        CSeq: 18446744073709551617 REGISTER
        Expires: 99999999999999999999999999999999999999
        Contact: <sip:room@hotel.example>
           ;expires=340282366920938463463
        == scalarlg
        SIP/2.0 503 Service Unavailable
        CSeq: 18446744073709551617 OPTIONS
        Retry-After: 999999999999999999999
        Warning: 9999 overture "Still going"
        == quotbal
        INVITE sip:room@hotel.example SIP/2.0
        To: "Front Desk <sip:room@hotel.example>
        +sdp
        == ltgtruri
        INVITE <sip:room@hotel.example> SIP/2.0
        +sdp
        == lwsruri
        INVITE sip:room@hotel.example; lr SIP/2.0
        +sdp
        == lwsstart
        INVITE  sip:room@hotel.example  SIP/2.0
        +sdp
        == trws
        OPTIONS sip:room@hotel.example SIP/2.0 _
        == escruri
        INVITE sip:room@hotel.example?Route=%3Csip:hotel.example%3E SIP/2.0
        +sdp
        == baddate
        INVITE sip:room@hotel.example SIP/2.0
        Date: Mon, 05 Jan 2026 08:00:00 CET
        +sdp
        == regbadct
        REGISTER sip:hotel.example SIP/2.0
        Contact: sip:room@hotel.example?Route=%3Csip:hotel.example%3E
        == badaspec
        OPTIONS sip:room@hotel.example SIP/2.0
        To: "Desk, Front" < sip:room@hotel.example >
        == baddn
        OPTIONS sip:room@hotel.example SIP/2.0
        From: Desk, Front <sip:porter@hotel.example>;tag=1
        == badvers
        OPTIONS sip:room@hotel.example SIP/3.1
        Via: SIP/3.1/UDP 198.51.100.7;branch=z9hG4bK1
        == mismatch01
        OPTIONS sip:room@hotel.example SIP/2.0
        CSeq: 8 BYE
        == mismatch02
        KNOCK sip:room@hotel.example SIP/2.0
        CSeq: 8 INVITE
        +sdp
        == bigcode
        SIP/2.0 4294967496 this is not 200
        CSeq: 8 INVITE
        == badbranch
        OPTIONS sip:room@hotel.example SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK
        == insuf
        INVITE sip:room@hotel.example SIP/2.0
        -From
        -To
        -Call-ID
        +sdp
        == unkscm
        OPTIONS pigeon:third-loft SIP/2.0
        == novelsc
        OPTIONS pigeon.post://198.51.100.7:99 SIP/2.0
        == unksm2
        REGISTER sip:hotel.example SIP/2.0
        To: urn:room:12
        From: <https://hotel.example>;tag=1
        Contact: <pigeon:third-loft>
        == bext01
        OPTIONS sip:room@hotel.example SIP/2.0
        Require: teleport, timeTravel
        Proxy-Require: onlyForProxies
        == invut
        INVITE sip:room@hotel.example SIP/2.0
        Content-Type: application/riddle
        +raw what has keys and opens nothing
        == regaut01
        REGISTER sip:hotel.example SIP/2.0
        Authorization: Handshake firmness=7
        == multi01
        INVITE sip:room@hotel.example SIP/2.0
        CSeq: 5 INVITE
        CSeq: 6 INVITE
        Call-ID: one
        Call-ID: two
        From: sip:porter@hotel.example;tag=1
        From: sip:porter@hotel.example;tag=2
        To: sip:room@hotel.example
        To: sip:cellar@hotel.example
        Max-Forwards: 70
        Max-Forwards: 5
        +sdp
        == mcl01
        OPTIONS sip:room@hotel.example SIP/2.0
        Content-Length: 4
        Content-Type: text/plain
        Content-Length: 9
        +raw how long is this?
        == bcast
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1
        Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2
        CSeq: 8 INVITE
        == zeromf
        OPTIONS sip:room@hotel.example SIP/2.0
        Max-Forwards: 0
        == cparam01
        REGISTER sip:hotel.example SIP/2.0
        Contact: sip:+3185550100@gw.hotel.example;colour
        == cparam02
        REGISTER sip:hotel.example SIP/2.0
        Contact: <sip:+3185550100@gw.hotel.example;colour>
        == regescrt
        REGISTER sip:hotel.example SIP/2.0
        M: <sip:room@hotel.example?Route=%3Csip:hotel.example%3E>
        == sdp01
        INVITE sip:room@hotel.example SIP/2.0
        Accept: text/riddle
        +sdp
        == inv2543
        INVITE sip:room@hotel.example SIP/2.0
        -Max-Forwards
        -Content-Length
        Via: SIP/2.0/UDP gw.hotel.example
        From: <sip:+3185550100@gw.hotel.example;user=phone>
        Record-Route: <sip:room@hotel.example;maddr=gw.hotel.example>
        +sdp
        """;

    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n";

    private static readonly (string Name, string Short, string Value)[] Usual =
    [
        ("Via", "v", "SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKusual"), ("Max-Forwards", "", "70"),
        ("From", "f", "<sip:porter@hotel.example>;tag=77"), ("To", "t", "<sip:room@hotel.example>"), ("Call-ID", "i", "usual@198.51.100.7"),
    ];

    public static IReadOnlyDictionary<string, byte[]> All { get; } = Sections
        .Split("== ", StringSplitOptions.RemoveEmptyEntries)
        .Select(section => section.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(lines => lines[0], lines => Build(lines[1..]));

    private static byte[] Build(string[] lines)
    {
        string method = lines[0].Split(' ')[0];
        var header = new List<string>();
        var absent = new List<string>();
        string? body = null;
        foreach (string line in lines)
        {
            if (line == "+sdp") { body = Sdp; header.Add("Content-Type: application/sdp"); }
            else if (line.StartsWith("+raw ", StringComparison.Ordinal)) { body = line[5..]; }
            else if (line[0] == '-') { absent.Add(line[1..]); }
            else { header.Add(line.EndsWith('_') ? line[..^1] + " " : line); }
        }
        var usual = Usual.ToList();
        usual.Add(("CSeq", "", $"1 {method}"));
        usual.Add(("Content-Length", "l", $"{Bytes(body ?? "").Length}"));
        foreach ((string name, string compact, string value) in usual)
        {
            if (!absent.Contains(name) && !header.Exists(line => Names(line, name) || Names(line, compact))) { header.Add($"{name}: {value}"); }
        }
        return Bytes(string.Join("\r\n", header) + "\r\n\r\n" + body);
    }

    private static bool Names(string line, string name) =>
        name.Length > 0 && line.Split(':')[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(Byte().Replace(text.Replace("{long}", new string('z', 200), StringComparison.Ordinal),
        match => ((char)byte.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));

    [GeneratedRegex(@"\{([0-9A-F]{2})\}")]
    private static partial Regex Byte();
}
