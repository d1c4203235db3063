using System.Net;

namespace Switchhook.Server.Options;

/// <summary>Where the API listens. <paramref name="Certificate"/> null: a development certificate is made and kept.</summary>
internal sealed record ApiOptions(IReadOnlyList<ApiListen> Listen, CertificateOptions? Certificate);

internal sealed record ApiListen(bool IsTls, IPEndPoint EndPoint)
{
    public override string ToString() => $"{(IsTls ? "https" : "http")}://{EndPoint}";
}

/// <summary>A PFX file, or a PEM file that holds the chain, with the key in <paramref name="KeyPath"/> or in the same file.</summary>
internal sealed record CertificateOptions(string Path, string? KeyPath, string? Password);
