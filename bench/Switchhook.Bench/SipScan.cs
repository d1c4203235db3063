using BenchmarkDotNet.Attributes;
using Switchhook.Sip;
using Switchhook.Sip.Messages;

namespace Switchhook.Bench;

/// <summary>An INVITE of 20 header lines: finding the lines alone, and the whole message with its header values read.</summary>
public class SipScan
{
    private readonly byte[] _invite = Messages.Invite;

    [Benchmark]
    public int Scan()
    {
        SipScanner scanner = new(_invite);
        scanner.StartLine(out _);
        int headers = 0;
        while (scanner.Next() == ScanStep.Header) { headers++; }
        return headers;
    }

    [Benchmark]
    public SipError Parse() => SipParser.Parse(_invite, isStream: false, out _);
}
