using System.Text;
using Switchhook.Sip;
using Switchhook.Sip.Sdp;

namespace Switchhook.Fuzz.Targets;

/// <summary>
/// Reading never throws; what was read is written and read again the same; an answer has the offer's streams in the offer's
/// order, at most one of them alive, says nothing the offer did not, and completes for whoever made the offer.
/// </summary>
internal sealed class SdpTarget : IFuzzTarget
{
    private static readonly SdpLocal Local = new(PeerAddress.FromIPv4(0xCB007105, 20000), 77);

    public string Name => "sdp";

    public IReadOnlyList<byte[]> Corpus => Fuzz.Corpus.Sdp;

    public void Run(byte[] input, Random random)
    {
        bool read = SdpReader.TryRead(input, out SessionDescription? offer, out SdpError error);
        LawBrokenException.Unless(read == (error == SdpError.None) && read == (offer is not null), "an error is what was not read");
        if (offer is null) { return; }
        RoundTrip(offer);
        if (Negotiator.Answer(offer, AudioCapabilities.G711, Local) is not SdpAnswer.Accepted accepted) { return; }
        SessionDescription answer = accepted.Local;
        LawBrokenException.Unless(answer.Media.Count == offer.Media.Count, "as many streams as were offered");
        LawBrokenException.Unless(answer.Media.Count(media => media.Port != 0) == 1, "one stream is alive");
        for (int index = 0; index < answer.Media.Count; index++)
        {
            SdpMedia ours = answer.Media[index];
            SdpMedia theirs = offer.Media[index];
            LawBrokenException.Unless(ours.Type == theirs.Type, "streams keep their order");
            LawBrokenException.Unless(ours.Port == 0 || theirs.Port != 0, "what was over stays over");
            LawBrokenException.Unless(ours.Formats.All(format => theirs.Formats.Any(offered => offered.Token == format.Token)), "formats are the offer's");
        }
        NegotiatedAudio audio = accepted.Audio;
        LawBrokenException.Unless(audio.SendPtimeMs is 10 or 20 or 30 or 40 or 60, "packets have a length we can send");
        LawBrokenException.Unless(!audio.MaySend || !audio.RemoteRtp.IsNone, "who may send knows where");
        // An answer to an offer at the very limit of bytes may be a few longer than it.
        bool sound = SdpReader.TryRead(SdpWriter.Write(answer), out _, out SdpError wrong) || wrong == SdpError.TooLarge;
        LawBrokenException.Unless(sound, $"our answer can be read, not {wrong}");
    }

    private static void RoundTrip(SessionDescription session)
    {
        string once = SdpWriter.Text(session);
        // Written out with an rtpmap for every static payload type, a large one may grow beyond the limits.
        if (!SdpReader.TryRead(Encoding.UTF8.GetBytes(once), out SessionDescription? again, out SdpError error))
        {
            LawBrokenException.Unless(error == SdpError.TooLarge, $"what was written can be read, not {error}");
            return;
        }
        LawBrokenException.Unless(SdpWriter.Text(again!) == once, "what was read is written the same");
    }
}
