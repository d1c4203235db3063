using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switchhook.Server.Webhooks;

/// <summary>Signs as Standard Webhooks does: HMAC-SHA-256 over <c>id.timestamp.body</c>, the body byte for byte as it is sent.</summary>
internal static class WebhookSigner
{
    private const string Prefix = "whsec_";

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret, parted by single spaces.</summary>
    public static string Sign(IReadOnlyList<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var signatures = new string[secrets.Count];
        for (int index = 0; index < secrets.Count; index++)
        {
            using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key(secrets[index]));
            mac.AppendData(head);
            mac.AppendData(body);
            signatures[index] = $"v1,{Convert.ToBase64String(mac.GetHashAndReset())}";
        }
        return string.Join(' ', signatures);
    }

    /// <summary>What follows <c>whsec_</c> is base64; a secret without that prefix is its own UTF-8 bytes.</summary>
    private static byte[] Key(string secret) => secret.StartsWith(Prefix, StringComparison.Ordinal)
        ? Convert.FromBase64String(secret[Prefix.Length..])
        : Encoding.UTF8.GetBytes(secret);
}
