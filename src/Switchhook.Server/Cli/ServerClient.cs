using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Switchhook.Server.Cli;

/// <summary>A running server as the command line sees it: GET something, get JSON or a sentence that says why not.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    /// <param name="caPath">A PEM file to trust beside the system's own, such as <c>data/dev-ca.pem</c>.</param>
    public ServerClient(Uri server, string key, string? caPath)
    {
        SocketsHttpHandler handler = new();
        if (caPath is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(caPath);
        }
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>What lies at <paramref name="path"/>, such as <c>/v1/realtime/calls</c>.</summary>
    /// <exception cref="ServerException">The server does not answer, or answers with an error.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            if (response.IsSuccessStatusCode) { return document.RootElement.Clone(); }
            throw new ServerException(Reason(document.RootElement) ?? $"{_http.BaseAddress} answered {(int)response.StatusCode}.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ServerException($"{_http.BaseAddress} does not answer as a Switchhook: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? Reason(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error"u8, out JsonElement error) && error.ValueKind == JsonValueKind.Object
            && error.TryGetProperty("message"u8, out JsonElement message) ? message.GetString() : null;
}

/// <summary>A server could not be asked, or said no; the message is for a person.</summary>
internal sealed class ServerException(string message, Exception? inner = null) : Exception(message, inner);
