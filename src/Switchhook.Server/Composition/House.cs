using System.Diagnostics.Metrics;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Server.Admin;
using Switchhook.Server.Api;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Server.Sessions;
using Switchhook.Server.Webhooks;
using Switchhook.Storage.Sqlite;
using Switchhook.Transport;
using Switchhook.Transport.Media;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Composition;

/// <summary>
/// Everything below HTTP, made by hand and in order: models, storage, media, webhooks, SIP, calls. It is left in reverse.
/// Nothing is received before <see cref="Begin"/>.
/// </summary>
internal sealed class House : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly SecureRandom _random = new();
    private readonly Stack<IAsyncDisposable> _opened = new();
    private volatile string? _trouble = "the server is starting";

    private House(ServerOptions options, TimeProvider time) => (_options, _time) = (options, time);

    public SqliteStore Store { get; private set; } = null!;
    public MediaPlane Media { get; private set; } = null!;
    public SipPump Sip { get; private set; } = null!;
    public CallDirectory Calls { get; private set; } = null!;
    public PlainSessions Sessions { get; private set; } = null!;
    public IEngineFactory Engines { get; private set; } = null!;

    /// <summary>Calls that were alive when the process died last time; their records say so now.</summary>
    public int Abandoned { get; private set; }

    public ApiParts Api { get; private set; } = null!;

    /// <summary>Opens and binds everything, or nothing: whatever fails says what and where.</summary>
    public static async Task<House> OpenAsync(ServerOptions options, IMeterFactory meters, MetricsText text, ILoggerFactory loggers, TimeProvider time)
    {
        House house = new(options, time);
        try
        {
            await house.OpenAsync(meters, text, loggers);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>The doors open: calls may come.</summary>
    public void Begin()
    {
        Sip.Start(Calls);
        _trouble = null;
    }

    /// <summary>New calls and sessions are answered 503; those that are alive may go on until the deadline.</summary>
    public Task DrainAsync()
    {
        _trouble = "the server is stopping";
        return Task.WhenAll(Calls.DrainAsync(_options.Drain), Sessions.DrainAsync(_options.Drain));
    }

    public IReadOnlyList<ReadyCheck> Checks() =>
    [
        new("server", _trouble),
        new("storage", Store.RowsWaiting < Limits.StoreRows / 2 ? null : $"{Store.RowsWaiting} rows wait for the disk"),
        new("sip", Sip.Listeners.Count > 0 ? null : "nothing is bound"),
        new("media", Media.PortPairsInUse < Media.PortPairs ? null : "no port is free"),
    ];

    public async ValueTask DisposeAsync()
    {
        while (_opened.TryPop(out IAsyncDisposable? room)) { await room.DisposeAsync(); }
    }

    private async Task OpenAsync(IMeterFactory meters, MetricsText text, ILoggerFactory loggers)
    {
        // Scripts belong to the configuration: what is wrong with them is told before anything is opened.
        EngineFactory engines = await Rooms.EnginesAsync(_options, _time, meters, loggers);
        _opened.Push(engines);
        Engines = engines;
        Store = Rooms.Storage(_options, loggers, meters);
        _opened.Push(Store);
        Abandoned = await Store.CloseAbandonedAsync(_time.GetUtcNow(), CancellationToken.None);
        Media = Rooms.Media(_options, _time, _random, meters, text);
        _opened.Push(Media);
        WebhookSender sender = Rooms.Webhooks(_options, Store, _time, _random, loggers);
        await sender.StartAsync(CancellationToken.None);
        _opened.Push(new Stopping(sender));
        Sip = Rooms.Sip(_options, _time, _random, meters, text);
        _opened.Push(Sip);
        Calls = new CallDirectory(
            new CallPorts
            {
                Sip = Sip,
                Media = Media,
                Engines = Engines,
                Store = Store,
                Webhooks = new WebhookMetrics(sender, meters, _time),
                Observer = new CallLog(new CallMetrics(meters), _time, loggers.CreateLogger<CallLog>()),
                Time = _time,
                Random = _random,
                Recordings = _options.Storage.Recordings,
            },
            _options.Projects.ToDictionary(project => project.Id, project => project.Policy, StringComparer.Ordinal),
            _options.CallsMax);
        Sessions = new PlainSessions(Engines, new SessionLog(meters, loggers.CreateLogger<SessionLog>()), _time, _random, _options.SessionsMax);
        Api = new ApiParts(Calls, Sessions, Store, Engines, new ApiKeys(_options.Projects), new ClientSecrets(_time, _random), _time, _random) { DefaultModel = _options.Models[0].Name };
    }

    /// <summary>A hosted service is stopped, then disposed.</summary>
    private sealed class Stopping(WebhookSender sender) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await sender.StopAsync(CancellationToken.None);
            sender.Dispose();
        }
    }
}
