using System.Security.Cryptography.X509Certificates;
using Switchhook.Server.Options;

namespace Switchhook.Server.Certificates;

/// <summary>What TLS is served with. <paramref name="CaPath"/> is set for a development certificate: the file that clients are to trust.</summary>
internal sealed record TlsCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain, string? CaPath)
{
    /// <summary>The configured certificate, or else the development certificate, made when there is none. Null when nothing listens with TLS.</summary>
    /// <exception cref="ConfigurationException">It cannot be read or written.</exception>
    public static TlsCertificate? For(ServerOptions options, DateTimeOffset now)
    {
        if (!options.Api.Listen.Any(listen => listen.IsTls)) { return null; }
        return options.Api.Certificate is { } configured
            ? CertificateFile.Load(configured, options.Origin)
            : DevelopmentCertificate.Obtain(options, now);
    }
}
