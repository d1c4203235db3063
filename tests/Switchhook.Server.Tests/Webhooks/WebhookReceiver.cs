using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Switchhook.Server.Tests.Webhooks;

/// <summary>Somebody's application: a web server on a port of its own that answers the n-th delivery (from 1) as it is told to.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<WebhookDelivery> _deliveries = Channel.CreateUnbounded<WebhookDelivery>();
    private int _count;

    private WebhookReceiver(Func<int, HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            int number = Interlocked.Increment(ref _count);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _deliveries.Writer.TryWrite(new WebhookDelivery(
                context.Request.Method, context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body.ToArray()));
            await answer(number, context);
        });
    }

    public Uri Url { get; private set; } = null!;

    public int Count => Volatile.Read(ref _count);

    public static async Task<WebhookReceiver> StartAsync(Func<int, HttpContext, Task> answer)
    {
        var receiver = new WebhookReceiver(answer);
        await receiver._app.StartAsync();
        var server = receiver._app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>();
        receiver.Url = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hooks/calls?token=hidden");
        return receiver;
    }

    /// <summary>Answers with these statuses, one after the other; the last one from then on.</summary>
    public static Task<WebhookReceiver> StartAsync(params int[] statuses) => StartAsync((number, context) =>
    {
        context.Response.StatusCode = statuses[Math.Min(number, statuses.Length) - 1];
        return Task.CompletedTask;
    });

    public ValueTask<WebhookDelivery> NextAsync() => _deliveries.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>One delivery as it arrived.</summary>
internal sealed record WebhookDelivery(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public string Timestamp => Headers["webhook-timestamp"];

    /// <summary>As a receiver verifies it, written from the specification and not from our signer.</summary>
    public bool IsSignedBy(string secret)
    {
        byte[] key = secret.StartsWith("whsec_", StringComparison.Ordinal) ? Convert.FromBase64String(secret[6..]) : Encoding.UTF8.GetBytes(secret);
        string expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Encoding.UTF8.GetString(Body)}")));
        return Headers["webhook-signature"].Split(' ').Contains($"v1,{expected}");
    }
}
