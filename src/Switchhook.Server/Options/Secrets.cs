using System.Security.Cryptography;
using System.Text;

namespace Switchhook.Server.Options;

/// <summary>Keys and secrets as they may be written: as they are, <c>env:NAME</c>, or (keys only) <c>sha256:HEX</c>. Never shown in an error.</summary>
internal static class Secrets
{
    private const string FromEnvironment = "env:";
    private const string Hashed = "sha256:";

    /// <summary>The secret itself, or null after an error was told.</summary>
    public static string? Resolve(Section section, Setting setting, Func<string, string?> environment)
    {
        if (!setting.Value.StartsWith(FromEnvironment, StringComparison.Ordinal)) { return setting.Value; }
        string name = setting.Value[FromEnvironment.Length..];
        if (environment(name) is { Length: > 0 } value) { return value; }
        section.WrongAt(setting.Path, $"the environment variable \"{name}\" is not set");
        return null;
    }

    /// <summary>The SHA-256 of an API key: what is kept of it, and what is compared.</summary>
    public static byte[]? KeyHash(Section section, Setting setting, Func<string, string?> environment)
    {
        if (Resolve(section, setting, environment) is not { } key) { return null; }
        if (!key.StartsWith(Hashed, StringComparison.Ordinal))
        {
            if (key.Length is >= 4 and <= 512 && key.All(letter => letter is > ' ' and < '\x7f')) { return SHA256.HashData(Encoding.UTF8.GetBytes(key)); }
            section.WrongAt(setting.Path, "a key is 4 to 512 printable ASCII characters without spaces");
            return null;
        }
        string hex = key[Hashed.Length..];
        if (hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit)) { return Convert.FromHexString(hex); }
        section.WrongAt(setting.Path, "after sha256: come 64 hexadecimal digits");
        return null;
    }

    /// <summary>What signs webhooks: <c>whsec_</c> and base64, or any other text as it is (realtime-api §2.4).</summary>
    public static string? WebhookSecret(Section section, Setting setting, Func<string, string?> environment)
    {
        const string Prefix = "whsec_";
        const int BytesMin = 16;
        if (Resolve(section, setting, environment) is not { } secret) { return null; }
        string encoded = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : "";
        Span<byte> key = new byte[encoded.Length];
        bool isUsable = secret.StartsWith(Prefix, StringComparison.Ordinal)
            ? Convert.TryFromBase64String(encoded, key, out int length) && length >= BytesMin
            : secret.Length >= BytesMin;
        if (isUsable) { return secret; }
        section.WrongAt(setting.Path, $"is not a secret: whsec_ and the base64 of at least {BytesMin} bytes (usual: 32), or a text of at least {BytesMin} characters");
        return null;
    }
}
