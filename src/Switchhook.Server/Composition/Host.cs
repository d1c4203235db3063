using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging.Console;
using Switchhook.Server.Certificates;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;

namespace Switchhook.Server.Composition;

/// <summary>A whole server in this process: the house, and HTTP before it.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly House _house;
    private readonly MetricsText _metrics;
    private readonly IDisposable? _telemetry;

    private Host(WebApplication app, House house, MetricsText metrics, IDisposable? telemetry) =>
        (_app, _house, _metrics, _telemetry) = (app, house, metrics, telemetry);

    public static string Version { get; } =
        typeof(Host).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";

    public House House => _house;

    /// <summary>Where HTTP listens, with the ports that port 0 became.</summary>
    public IEnumerable<string> Urls => _app.Urls;

    public string Banner { get; private set; } = "";

    /// <summary>Cancelled when the process is asked to stop.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Storage, media, SIP, and at last the API; when any of them fails, all of them are closed again.</summary>
    public static async Task<Host> StartAsync(ServerOptions options, TimeProvider time)
    {
        TlsCertificate? tls = TlsCertificate.For(options, time.GetUtcNow());
        WebApplication app = Build(options, tls);
        IMeterFactory meters = app.Services.GetRequiredService<IMeterFactory>();
        MetricsText metrics = new(meters);
        House? house = null;
        try
        {
            house = await House.OpenAsync(options, meters, metrics, app.Services.GetRequiredService<ILoggerFactory>(), time);
            _ = new ProcessMetrics(meters);
            HttpApi.Map(app, house.Api, new ApiMetrics(meters), metrics, house.Checks);
            await app.StartAsync();
            house.Begin();
            return new Host(app, house, metrics, Telemetry.Export(options.Otlp, Version))
            {
                Banner = Composition.Banner.Write(options, house, tls, app.Urls, Version),
            };
        }
        catch
        {
            await app.DisposeAsync();
            metrics.Dispose();
            if (house is not null) { await house.DisposeAsync(); }
            throw;
        }
    }

    /// <summary>New calls are refused and the others may end; the API serves them until then.</summary>
    public async Task StopAsync()
    {
        await _house.DrainAsync();
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _telemetry?.Dispose();      // what is measured by looking is looked at once more, so before the meters go with the app
        await _app.DisposeAsync();
        await _house.DisposeAsync();
        _metrics.Dispose();
    }

    private static WebApplication Build(ServerOptions options, TlsCertificate? tls)
    {
        // There is one configuration, and it was read already: no appsettings.json and no ASPNETCORE_ variable has a say,
        // and nobody watches the working directory for either: each row written to a database in there would be told.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => HttpApi.Listen(kestrel, options.Api, tls));
        builder.Services.AddMetrics();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Limits.ApiGoodbye);
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(options.Log.Level);
        builder.Logging.AddFilter("Microsoft", options.Log.Level < LogLevel.Warning ? LogLevel.Warning : options.Log.Level);
        // The host repeats with its stack what the command line says in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Whoever logs must not wait for a terminal that nobody reads.
        builder.Logging.AddConsole(console => (console.QueueFullMode, console.MaxQueueLength) = (ConsoleLoggerQueueFullMode.DropWrite, Limits.LogLines));
        if (options.Log.Format == LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
        else
        {
            builder.Logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, "HH:mm:ss.fff "));
        }
        return builder.Build();
    }
}
