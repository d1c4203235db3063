using System.Net;
using BenchmarkDotNet.Attributes;
using Switchhook.Sip.Sdp;

namespace Switchhook.Bench;

/// <summary>An offer read, answered and the answer written: once a call.</summary>
public class SdpAnswering
{
    private readonly SdpLocal _local = new(PeerAddress.From(IPAddress.Parse("198.51.100.7"), 20_000), 42);

    [Benchmark]
    public int Answer()
    {
        if (!SdpReader.TryRead(Messages.Sdp, out SessionDescription? offer, out _)) { return 0; }
        return Negotiator.Answer(offer!, AudioCapabilities.G711, _local) is SdpAnswer.Accepted accepted ? SdpWriter.Write(accepted.Local).Length : 0;
    }
}
