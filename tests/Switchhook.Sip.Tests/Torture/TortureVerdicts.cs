using Switchhook.Simulation;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Tests.Torture;

/// <summary>
/// What each of the 49 cases of RFC 4475 must lead to. "serve" goes on to the dialogs and transactions, "response" is
/// matched to its transaction, "silence" is dropped, a number is the final answer. Where the RFC leaves a choice, the last
/// column says how we use it.
/// </summary>
internal static class TortureVerdicts
{
    public const string Table = """
        name       | error            | leads to | because
        wsinv      | None             | serve    | 3.1.1.1 every liberty of white space is legal
        intmeth    | UnknownMethod    | 501      | 3.1.1.2 legal, and nobody knows the method
        esc01      | None             | serve    | 3.1.1.3
        escnull    | None             | serve    | 3.1.1.4
        esc02      | UnknownMethod    | 501      | 3.1.1.5 a method is not unescaped
        lwsdisp    | None             | serve    | 3.1.1.6
        longreq    | None             | serve    | 3.1.1.7
        dblreq     | None             | serve    | 3.1.1.8 what follows in the datagram is not looked at
        semiuri    | None             | serve    | 3.1.1.9
        transports | None             | serve    | 3.1.1.10
        mpart01    | None             | serve    | 3.1.1.11
        unreason   | None             | response | 3.1.1.12
        noreason   | None             | response | 3.1.1.13
        badinv01   | Via              | 400      | 3.1.2.1
        clerr      | BodyTooShort     | 400      | 3.1.2.2
        ncl        | ContentLength    | 400      | 3.1.2.3
        scalar02   | CSeq             | 400      | 3.1.2.4
        scalarlg   | CSeq             | silence  | 3.1.2.5
        quotbal    | To               | 400      | 3.1.2.6
        ltgtruri   | RequestUri       | 400      | 3.1.2.7
        lwsruri    | RequestUri       | 400      | 3.1.2.8
        lwsstart   | RequestLine      | 400      | 3.1.2.9
        trws       | None             | serve    | 3.1.2.10 white space behind the version cannot be misunderstood
        escruri    | RequestUri       | 400      | 3.1.2.11
        baddate    | None             | serve    | 3.1.2.12 nobody reads the Date
        regbadct   | Contact          | 400      | 3.1.2.13
        badaspec   | None             | serve    | 3.1.2.14 the brackets say where the URI is
        baddn      | None             | serve    | 3.1.2.15 the brackets say where the URI is
        badvers    | Version          | 505      | 3.1.2.16
        mismatch01 | CSeqMethod       | 400      | 3.1.2.17
        mismatch02 | CSeqMethod       | 400      | 3.1.2.18 malformed comes before unknown
        bigcode    | Status           | silence  | 3.1.2.19
        badbranch  | None             | serve    | 3.2.1 matched as RFC 2543 would
        insuf      | MissingFrom      | 400      | 3.3.1
        unkscm     | UriScheme        | 416      | 3.3.2
        novelsc    | UriScheme        | 416      | 3.3.3
        unksm2     | None             | serve    | 3.3.4 the registrar may look for it in vain
        bext01     | Extension        | 420      | 3.3.5
        invut      | MediaType        | 415      | 3.3.6
        regaut01   | None             | serve    | 3.3.7 a server that challenges answers 401
        multi01    | RepeatedHeader   | 400      | 3.3.8
        mcl01      | RepeatedHeader   | 400      | 3.3.9
        bcast      | ResponseVia      | silence  | 3.3.10
        zeromf     | None             | serve    | 3.3.11 only a proxy counts hops
        cparam01   | None             | serve    | 3.3.12
        cparam02   | None             | serve    | 3.3.13
        regescrt   | None             | serve    | 3.3.14
        sdp01      | NotAcceptable    | 406      | 3.3.15
        inv2543    | None             | serve    | 3.4.1
        """;

    // An agent that serves every method it knows, so that the cases of REGISTER and MESSAGE are judged by what they are about.
    public static SipAbilities Abilities { get; } = new()
    {
        Methods = [.. Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Unknown)],
    };

    public static IEnumerable<string[]> Rows => Simulation.Table.Rows(Table);

    public static (SipError Error, string LeadsTo) Judge(ReadOnlySpan<byte> bytes)
    {
        bool parsed = SipMessage.TryParse(bytes, isStream: false, out SipMessage? message, out SipError error);
        if (parsed && !message!.IsRequest) { return (error, "response"); }
        if (parsed) { error = RequestCheck.Of(message!, Abilities); }
        if (error == SipError.None) { return (error, "serve"); }
        bool answered = message is { IsRequest: true } && SipErrors.StatusFor(error) != 0;
        return (error, answered ? $"{SipErrors.StatusFor(error)}" : "silence");
    }
}
