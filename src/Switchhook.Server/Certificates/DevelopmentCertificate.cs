using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Switchhook.Server.Options;

namespace Switchhook.Server.Certificates;

/// <summary>
/// TLS from the first start: a CA and a server certificate of our own, kept beside the data and used again. The CA stays
/// as long as it can, so that a client which trusts it keeps working when the server's certificate is renewed.
/// </summary>
internal sealed class DevelopmentCertificate
{
    private const int CaDays = 3650;
    private const int ServerDays = 365;
    private const int RenewDays = 30;

    private readonly string _caPath;
    private readonly string _caKeyPath;
    private readonly string _serverPath;
    private readonly string _serverKeyPath;
    private readonly DateTimeOffset _now;

    private DevelopmentCertificate(string directory, DateTimeOffset now)
    {
        _caPath = Path.Combine(directory, "dev-ca.pem");
        _caKeyPath = Path.Combine(directory, "dev-ca-key.pem");
        _serverPath = Path.Combine(directory, "dev-server.pem");
        _serverKeyPath = Path.Combine(directory, "dev-server-key.pem");
        _now = now;
    }

    public static TlsCertificate Obtain(ServerOptions options, DateTimeOffset now)
    {
        string directory = options.Storage.Directory;
        List<IPAddress> addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        addresses.AddRange(options.Api.Listen.Select(listen => listen.EndPoint.Address).Where(address => !addresses.Contains(address)).Distinct());
        try
        {
            Directory.CreateDirectory(directory);
            return new DevelopmentCertificate(directory, now).Obtain(["localhost"], addresses);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(options.Origin,
                [$"api.certificate: is null, and no development certificate can be kept in {directory}: {error.Message}"]);
        }
    }

    private TlsCertificate Obtain(IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        using X509Certificate2 ca = Kept(_caPath, _caKeyPath) ?? MakeCa();
        X509Certificate2? server = Kept(_serverPath, _serverKeyPath);
        if (server is null || !IsFor(server, names, addresses) || !IsIssuedBy(server, ca))
        {
            server?.Dispose();
            server = MakeServer(ca, names, addresses);
        }
        using (server) { return new TlsCertificate(CertificateFile.Usable(server), [], _caPath); }
    }

    /// <summary>What lies on disk, unless it is missing, unreadable, without its key, or near its end.</summary>
    private X509Certificate2? Kept(string path, string keyPath)
    {
        if (!File.Exists(path) || !File.Exists(keyPath)) { return null; }
        try
        {
            X509Certificate2 kept = X509Certificate2.CreateFromPemFile(path, keyPath);
            if (kept.NotBefore.ToUniversalTime() <= _now.UtcDateTime && kept.NotAfter.ToUniversalTime() > _now.UtcDateTime.AddDays(RenewDays)) { return kept; }
            kept.Dispose();
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            // What cannot be read is made again.
        }
        return null;
    }

    private static bool IsFor(X509Certificate2 server, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        X509SubjectAlternativeNameExtension? extension = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is not null
            && names.All(extension.EnumerateDnsNames().Contains)
            && addresses.All(extension.EnumerateIPAddresses().Contains);
    }

    private static bool IsIssuedBy(X509Certificate2 server, X509Certificate2 ca)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(server);
    }

    private X509Certificate2 MakeCa()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN=Switchhook development CA {_now:yyyy-MM-dd}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        X509Certificate2 ca = request.CreateSelfSigned(_now.AddHours(-1), _now.AddDays(CaDays));
        Keep(ca, key, _caPath, _caKeyPath);
        return ca;
    }

    private X509Certificate2 MakeServer(X509Certificate2 ca, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names) { alternatives.AddDnsName(name); }
        foreach (IPAddress address in addresses) { alternatives.AddIpAddress(address); }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;      // a serial number is positive (RFC 5280 §4.1.2.2)
        DateTimeOffset until = _now.AddDays(ServerDays);
        using X509Certificate2 bare = request.Create(ca, _now.AddHours(-1), until < ca.NotAfter ? until : ca.NotAfter, serial);
        X509Certificate2 server = bare.CopyWithPrivateKey(key);
        Keep(server, key, _serverPath, _serverKeyPath);
        return server;
    }

    /// <summary>The key first: a certificate whose key is missing is made again, a key alone is harmless.</summary>
    private static void Keep(X509Certificate2 certificate, ECDsa key, string path, string keyPath)
    {
        Write(keyPath, key.ExportPkcs8PrivateKeyPem(), isSecret: true);
        Write(path, certificate.ExportCertificatePem(), isSecret: false);
    }

    private static void Write(string path, string pem, bool isSecret)
    {
        string temporary = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows()) { options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; }
        File.Delete(temporary);
        using (StreamWriter writer = new(temporary, options)) { writer.Write(pem + "\n"); }
        File.Move(temporary, path, overwrite: true);
    }
}
