using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Switchhook.Server.Options;

namespace Switchhook.Server.Certificates;

/// <summary>A certificate that the configuration names: PFX, or PEM with its key in the same file or beside it.</summary>
internal static class CertificateFile
{
    public static TlsCertificate Load(CertificateOptions options, string origin)
    {
        try
        {
            byte[] content = File.ReadAllBytes(options.Path);
            bool isPem = content.AsSpan().IndexOf("-----BEGIN"u8) >= 0;
            return isPem ? LoadPem(options) : LoadPfx(options, content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(origin, [$"api.certificate: {error.Message}"]);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(origin, [$"api.certificate.path: {options.Path} cannot be used: {error.Message}"]);
        }
    }

    private static TlsCertificate LoadPem(CertificateOptions options)
    {
        using X509Certificate2 pem = options.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(options.Path, password, options.KeyPath)
            : X509Certificate2.CreateFromPemFile(options.Path, options.KeyPath);
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(options.Path);
        return new TlsCertificate(Usable(pem), chain, CaPath: null);
    }

    private static TlsCertificate LoadPfx(CertificateOptions options, byte[] content)
    {
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(content, options.Password);
        X509Certificate2 own = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new CryptographicException("it holds no certificate with a private key.");
        return new TlsCertificate(own, all, CaPath: null);
    }

    /// <summary>TLS on Windows cannot use a key that was never in a store or a PFX; elsewhere the round trip does no harm.</summary>
    public static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
}
