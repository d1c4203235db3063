using System.Text;

namespace Switchhook.Sip.Tests.Endpoint;

/// <summary>Bytes from outside never throw, whatever state they meet.</summary>
public sealed class NoiseTests
{
    private const int Seeds = 300;
    private const int Messages = 60;

    private static readonly string[] Stories =
    [
        "", "INVITE", "INVITE >ring", "INVITE >answer", "INVITE >answer ACK", "INVITE >answer ACK REINVITE", "INVITE >answer ACK >hangup",
        "INVITE >refuse:486", ">call", ">call 180", ">call 180 >cancel", ">call 200", ">call 200 >offer",
    ];

    private static readonly string[] Values =
    [
        "", " ", "*", "<", "<>", "\"", "\"\\", "sip:", "<sip:a@b?x=y>", "<sip:a@[::1>", "<sips:a@b>", "<tel:+1>", "<sip:%00@b>", "<sip:é@b>;tag=1", "<sip:a@b:0>",
        "<sip:a@0.0.0.0>", "<sip:192.0.2.1>,<sip:x;lr>", "SIP/2.0/UDP", "SIP/2.0/UDP x;branch=", "SIP/2.0/UDP x;branch=z9hG4bK;rport=99999", "SIP/2.0/UDP [::1]:1;branch=z9hG4bKq",
        "0", "4294967296 INVITE", "1 INVITE", "2 INVITE", "1 ACK", "-1", "application/sdp;a=\"", "multipart/mixed;boundary=x", ";;;;", "a;tag", "a;tag=", "\0", "\u007f",
    ];

    [Fact]
    public void Noise_in_any_state_is_survived_and_leaves_nothing_behind()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var peer = new Peer(random.Next(2) == 0 ? Peer.Udp : Peer.Tcp);
            try
            {
                peer.Play(Stories[random.Next(Stories.Length)]);
                for (int message = 0; message < Messages; message++)
                {
                    peer.Endpoint.Receive(peer.Now, peer.Flow, Mangle(peer, random));
                    if (random.Next(10) == 0) { peer.Pass(TimeSpan.FromMilliseconds(random.Next(3000))); }
                    if (random.Next(20) == 0) { peer.Play(">hangup"); }
                }
                // A noisy INVITE may have become a call; nobody decides about it, so it is refused after three minutes.
                peer.Play(">hangup");
                peer.Pass(TimeSpan.FromMinutes(3));
                foreach (SipEvent began in peer.Events.ToArray()) { peer.Endpoint.Do(peer.Now, new SipCommand.HangUp(began.Dialog, null)); }
                peer.Pass(TimeSpan.FromMinutes(5));
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException) { Assert.Fail($"seed {seed}: {fault}"); }
            var tables = new StringWriter();
            peer.Endpoint.Describe(tables);
            Assert.True(peer.Endpoint is { DialogCount: 0, TransactionCount: 0 }, $"seed {seed}: {tables}");
            Assert.True(peer.Endpoint.NextTimeout == Instant.Never, $"seed {seed}");
        }
    }

    /// <summary>A plausible message about the call under way, with something wrong in it.</summary>
    private static byte[] Mangle(Peer peer, Random random)
    {
        string text = peer.Sent.Count > 0 && random.Next(3) > 0 ? Turned(peer, random) : Fresh(peer, random);
        string[] lines = text.Split("\r\n");
        for (int change = random.Next(4); change > 0; change--)
        {
            int line = random.Next(lines.Length);
            int colon = lines[line].IndexOf(':', StringComparison.Ordinal);
            lines[line] = random.Next(5) switch
            {
                0 when colon > 0 => $"{lines[line][..colon]}: {Values[random.Next(Values.Length)]}",
                1 => "",
                2 => lines[line] + "\r\n" + lines[random.Next(lines.Length)],
                3 => lines[random.Next(lines.Length)],
                _ => lines[line] + Values[random.Next(Values.Length)],
            };
        }
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        for (int flip = random.Next(3) - 1; flip > 0; flip--) { bytes[random.Next(bytes.Length)] = (byte)random.Next(256); }
        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    /// <summary>What the endpoint said last, sent back to it, as a response to its request or as a request inside its dialog.</summary>
    private static string Turned(Peer peer, Random random)
    {
        string last = peer.Sent[random.Next(peer.Sent.Count)].Text;
        string rest = last[(last.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
        if (!last.StartsWith("SIP/", StringComparison.Ordinal)) { return $"SIP/2.0 {random.Next(100, 700)} Noise\r\n{rest}"; }
        string[] methods = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO"];
        string method = methods[random.Next(methods.Length)];
        return $"{method} sip:bob@198.51.100.9 SIP/2.0\r\n{rest.Replace(" INVITE\r\n", $" {method}\r\n", StringComparison.Ordinal).Replace("CSeq: 1", $"CSeq: {random.Next(4)}", StringComparison.Ordinal)}";
    }

    private static string Fresh(Peer peer, Random random)
    {
        string method = random.Next(2) == 0 ? "INVITE" : "OPTIONS";
        return $"{method} sip:bob@198.51.100.9 SIP/2.0\r\nVia: SIP/2.0/{peer.Transport} 192.0.2.1;branch=z9hG4bK{random.Next(20)}\r\nFrom: <sip:a@b>;tag={random.Next(5)}\r\n"
            + $"To: <sip:c@d>\r\nCall-ID: noise\r\nCSeq: {random.Next(5)} {method}\r\nContact: <sip:a@192.0.2.1>\r\nRecord-Route: <sip:192.0.2.3;lr>\r\nContent-Type: application/sdp\r\n\r\n{Peer.Offer}";
    }
}
