using System.Buffers;
using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Tests.Torture;

public sealed class TortureTests
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (string[] row in TortureVerdicts.Rows) { data.Add(row[0], row[1], row[2]); }
            return data;
        }
    }

    /// <summary>The byte-exact files, where they are at hand: SWITCHHOOK_RFC4475, or shared/data/rfc4475 beside an ancestor of the build.</summary>
    public static TheoryData<string, string, string> Files
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            string? folder = Folder();
            foreach (string[] row in TortureVerdicts.Rows)
            {
                if (folder is not null) { data.Add(Path.Combine(folder, row[0] + ".dat"), row[1], row[2]); }
            }
            return data;
        }
    }

    [Fact]
    public void All_49_cases_have_a_verdict_and_a_message_of_our_own()
    {
        string[] names = [.. TortureVerdicts.Rows.Select(row => row[0])];
        Assert.Equal(49, names.Distinct().Count());
        Assert.Equal(names.Order(), OwnMessages.All.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Our_own_message_leads_to_the_verdict(string name, string error, string leadsTo) =>
        Assert.Equal((error, leadsTo), Judged(OwnMessages.All[name]));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Files))]
    public void The_message_of_the_rfc_leads_to_the_verdict(string file, string error, string leadsTo) =>
        Assert.Equal((error, leadsTo), Judged(File.ReadAllBytes(file)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_refused_request_can_be_answered_with_what_it_said(string name, string error, string leadsTo)
    {
        if (!int.TryParse(leadsTo, out int status)) { return; }
        SipMessage.TryParse(OwnMessages.All[name], isStream: false, out SipMessage? request, out _);
        var output = new ArrayBufferWriter<byte>();
        var writer = new SipWriter(output);
        writer.StatusLine(status, SipErrors.TextFor(Enum.Parse<SipError>(error)));
        writer.CopyForResponse(request!, "mytag"u8, PeerAddress.FromIPv4(0xC6336407, 5060));
        RequestCheck.WriteExplanation(Enum.Parse<SipError>(error), request!, TortureVerdicts.Abilities, writer);
        writer.NoBody();

        SipMessage.TryParse(output.WrittenSpan, isStream: false, out SipMessage? response, out _);
        Assert.Equal(status, response!.Status);
        Assert.Equal(request!.Vias.Count(), response.Vias.Count());
        Assert.Equal(request.CallId, response.CallId);
        Assert.Equal(request.Has(HeaderName.To), response.Has(HeaderName.To));
        Assert.Equal(error == "Extension" ? 2 : 0, response.Values(HeaderName.Unsupported).Count());
        Assert.Equal(error == "UnknownMethod", response.Has(HeaderName.Allow));
    }

    private static (string, string) Judged(ReadOnlySpan<byte> bytes)
    {
        (SipError error, string leadsTo) = TortureVerdicts.Judge(bytes);
        return (error.ToString(), leadsTo);
    }

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("SWITCHHOOK_RFC4475") is { Length: > 0 } named) { return named; }
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", "data", "rfc4475");
            if (Directory.Exists(candidate)) { return candidate; }
        }
        return null;
    }
}
