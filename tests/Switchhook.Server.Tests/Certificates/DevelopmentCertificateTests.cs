using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Switchhook.Server.Certificates;
using Switchhook.Server.Options;
using Switchhook.Server.Tests.Options;

namespace Switchhook.Server.Tests.Certificates;

/// <summary>TLS from the first start: made once, used again, renewed when it must be (realtime-api §11.1).</summary>
public sealed class DevelopmentCertificateTests : IDisposable
{
    private const string Configuration = """
        {
          "api": { "listen": [LISTEN] },
          "projects": [ { "id": "proj_a", "api_keys": ["sk-a-key"] } ],
          "models": { "greeter": { "engine": "scripted", "script": "flow.yaml" } }
        }
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private readonly OptionsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_start_makes_a_certificate_that_its_ca_vouches_for()
    {
        TlsCertificate tls = Obtain(Now);

        Assert.Equal(Path.Combine(_folder.Path, "data", "dev-ca.pem"), tls.CaPath);
        Assert.True(tls.Certificate.HasPrivateKey);
        Assert.True(IsTrusted(tls));
        X509SubjectAlternativeNameExtension names = tls.Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(address => address.ToString()));
    }

    [Fact]
    public void The_next_start_uses_it_again()
    {
        string first = Obtain(Now).Certificate.Thumbprint;
        Assert.Equal(first, Obtain(Now.AddDays(100)).Certificate.Thumbprint);
    }

    [Fact]
    public void Near_its_end_the_certificate_is_renewed_and_the_ca_stays()
    {
        TlsCertificate first = Obtain(Now);
        string ca = File.ReadAllText(first.CaPath!);
        TlsCertificate second = Obtain(Now.AddDays(340));

        Assert.NotEqual(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.Equal(ca, File.ReadAllText(second.CaPath!));
        Assert.True(IsTrusted(second));
    }

    [Fact]
    public void Another_address_to_listen_on_asks_for_another_certificate()
    {
        string first = Obtain(Now).Certificate.Thumbprint;
        TlsCertificate second = Obtain(Now, "https://192.0.2.7:8443");

        Assert.NotEqual(first, second.Certificate.Thumbprint);
        Assert.Contains(IPAddress.Parse("192.0.2.7"), second.Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateIPAddresses());
    }

    [Fact]
    public void Another_ca_on_disk_asks_for_another_certificate()
    {
        string first = Obtain(Now).Certificate.Thumbprint;
        File.Delete(Path.Combine(_folder.Path, "data", "dev-ca-key.pem"));
        TlsCertificate second = Obtain(Now);

        Assert.NotEqual(first, second.Certificate.Thumbprint);
        Assert.True(IsTrusted(second));
    }

    [Theory]
    [InlineData("dev-ca.pem")]
    [InlineData("dev-ca-key.pem")]
    [InlineData("dev-server.pem")]
    [InlineData("dev-server-key.pem")]
    public void What_cannot_be_read_is_made_again(string file)
    {
        Obtain(Now);
        File.WriteAllText(Path.Combine(_folder.Path, "data", file), "-----BEGIN NONSENSE-----");
        Assert.True(IsTrusted(Obtain(Now)));
    }

    [Fact]
    public void Keys_are_for_their_owner_only()
    {
        Obtain(Now);
        if (OperatingSystem.IsWindows()) { return; }    // it has no such mode
        foreach (string key in new[] { "dev-ca-key.pem", "dev-server-key.pem" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, "data", key)));
        }
    }

    [Fact]
    public void Without_a_tls_listener_nothing_is_made()
    {
        Assert.Null(TlsCertificate.For(Read("http://127.0.0.1:8080"), Now));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "data")));
    }

    [Fact]
    public void A_configured_certificate_is_read_as_pem_pair_pem_file_or_pfx()
    {
        Obtain(Now);
        string data = Path.Combine(_folder.Path, "data");
        string both = Path.Combine(data, "both.pem");
        File.WriteAllText(both, File.ReadAllText(Path.Combine(data, "dev-server.pem")) + File.ReadAllText(Path.Combine(data, "dev-server-key.pem")));
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(both);
        File.WriteAllBytes(Path.Combine(data, "server.pfx"), pair.Export(X509ContentType.Pkcs12, "secret"));

        foreach (CertificateOptions options in new CertificateOptions[]
        {
            new(Path.Combine(data, "dev-server.pem"), Path.Combine(data, "dev-server-key.pem"), null),
            new(both, null, null),
            new(Path.Combine(data, "server.pfx"), null, "secret"),
        })
        {
            TlsCertificate tls = CertificateFile.Load(options, "test.json");
            Assert.True(tls.Certificate.HasPrivateKey);
            Assert.Equal(pair.Thumbprint, tls.Certificate.Thumbprint);
            Assert.Null(tls.CaPath);
        }
    }

    [Theory]
    [InlineData("nowhere.pem", null, null, "nowhere.pem")]
    [InlineData("dev-server.pem", null, null, "cannot be used")]
    [InlineData("dev-server.pem", "dev-ca-key.pem", null, "cannot be used")]
    [InlineData("server.pfx", null, "wrong", "cannot be used")]
    [InlineData("flow.bin", null, null, "cannot be used")]
    public void A_certificate_that_cannot_be_used_is_an_error_of_the_configuration(string path, string? key, string? password, string says)
    {
        Obtain(Now);
        string data = Path.Combine(_folder.Path, "data");
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(Path.Combine(data, "dev-server.pem"), Path.Combine(data, "dev-server-key.pem"));
        File.WriteAllBytes(Path.Combine(data, "server.pfx"), pair.Export(X509ContentType.Pkcs12, "secret"));
        File.WriteAllBytes(Path.Combine(data, "flow.bin"), RandomNumberGenerator.GetBytes(100));

        CertificateOptions options = new(Path.Combine(data, path), key is null ? null : Path.Combine(data, key), password);
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => CertificateFile.Load(options, "test.json"));
        string line = Assert.Single(error.Errors);
        Assert.StartsWith("api.certificate", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
    }

    private TlsCertificate Obtain(DateTimeOffset now, string listen = "https://127.0.0.1:8443") => TlsCertificate.For(Read(listen), now)!;

    private ServerOptions Read(string listen) => _folder.Read(Configuration.Replace("LISTEN", $"\"{listen}\"", StringComparison.Ordinal));

    private static bool IsTrusted(TlsCertificate tls)
    {
        using X509Certificate2 ca = X509CertificateLoader.LoadCertificateFromFile(tls.CaPath!);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = tls.Certificate.NotBefore.AddDays(1);
        return chain.Build(tls.Certificate);
    }
}
