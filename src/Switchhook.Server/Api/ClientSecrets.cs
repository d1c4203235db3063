using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;

namespace Switchhook.Server.Api;

/// <summary>A key that may be given to a browser: it opens sessions that begin as <paramref name="Session"/>, as many as are asked for before it expires.</summary>
internal sealed record ClientSecret(ProjectOptions Project, SessionConfig Session, DateTimeOffset ExpiresAt, int Bytes);

/// <summary>
/// The client secrets of all projects (realtime-api §1.7), in memory only, each under the hash of its key. An expired one is
/// remembered, so that whoever comes too late is told so, until its place is needed.
/// </summary>
internal sealed class ClientSecrets(TimeProvider time, Random random)
{
    public const string Prefix = "ek_";

    // What a secret weighs beside the text of its session.
    private const int BytesOwn = 1024;

    private readonly ConcurrentDictionary<string, ClientSecret> _kept = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>A new key; the only moment at which it is known. Null when there is no room even without the expired ones.</summary>
    public (string Key, ClientSecret Secret)? Mint(ProjectOptions project, SessionConfig session, TimeSpan life, int textBytes)
    {
        // Clients count in whole seconds, so the key expires on one.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + life).ToUnixTimeSeconds());
        ClientSecret secret = new(project, session, expiresAt, BytesOwn + textBytes);
        if (!HasRoom(secret)) { return null; }
        string key = Tokens.New(Prefix, random);
        _kept[HashOf(key)] = secret;
        return (key, secret);
    }

    /// <summary>Null when nobody minted it, or nobody remembers.</summary>
    public ClientSecret? Find(string key) => _kept.GetValueOrDefault(HashOf(key));

    public bool HasExpired(ClientSecret secret) => secret.ExpiresAt <= time.GetUtcNow();

    /// <summary>How long until the next one expires and makes room; a second at least, so that nobody asks again at once.</summary>
    public TimeSpan NextRoom => TimeSpan.FromSeconds(
        Math.Max(1, _kept.Values.Select(secret => (secret.ExpiresAt - time.GetUtcNow()).TotalSeconds).DefaultIfEmpty().Min()));

    // Requests come on many threads: each reserves first, and gives back what it could not have.
    private bool HasRoom(ClientSecret secret)
    {
        if (Interlocked.Add(ref _bytes, secret.Bytes) <= Limits.ClientSecretBytes) { return true; }
        foreach ((string hash, ClientSecret old) in _kept)
        {
            if (HasExpired(old) && _kept.TryRemove(hash, out _)) { Interlocked.Add(ref _bytes, -old.Bytes); }
        }
        if (Interlocked.Read(ref _bytes) <= Limits.ClientSecretBytes) { return true; }
        Interlocked.Add(ref _bytes, -secret.Bytes);
        return false;
    }

    private static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
