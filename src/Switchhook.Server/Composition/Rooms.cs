using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Switchhook.Calls.Ports;
using Switchhook.Engines;
using Switchhook.Engines.Mcp;
using Switchhook.Engines.Scripted;
using Switchhook.Engines.Speech;
using Switchhook.Server.Observability;
using Switchhook.Server.Options;
using Switchhook.Server.Webhooks;
using Switchhook.Storage.Sqlite;
using Switchhook.Transport.Media;
using Switchhook.Transport.Sip;

namespace Switchhook.Server.Composition;

/// <summary>How each part is made from the options. The only place where the rim's own option types are known.</summary>
internal static partial class Rooms
{
    public static SqliteStore Storage(ServerOptions options, ILoggerFactory loggers, IMeterFactory meters)
    {
        ILogger logger = loggers.CreateLogger("Switchhook.Storage");
        SqliteStore store = SqliteStore.Open(options.Storage.DatabasePath, failure => Log.StoreFailed(logger, failure));
        PlaneMetrics.Observe(meters, store);
        return store;
    }

    public static MediaPlane Media(ServerOptions options, TimeProvider time, Random random, IMeterFactory meters, MetricsText text)
    {
        MediaPlane media = new(
            new MediaPlaneOptions
            {
                Address = options.Media.Address,
                Advertised = options.Media.Advertise,
                FirstPort = options.Media.FirstPort,
                LastPort = options.Media.LastPort,
                Threads = options.Media.Threads,
            },
            time, random);
        PlaneMetrics.Observe(meters, media, text);
        return media;
    }

    /// <exception cref="ConfigurationException">A script is wrong; every error of every script is told with line and field.</exception>
    public static async Task<EngineFactory> EnginesAsync(ServerOptions options, TimeProvider time, IMeterFactory meters, ILoggerFactory loggers)
    {
        (ImmutableDictionary<string, Script> scripts, IReadOnlyList<string> errors) =
            ScriptedModels.Load(options.Models.ToDictionary(model => model.Name, model => model.Script, StringComparer.Ordinal));
        if (errors.Count > 0) { throw new ConfigurationException(options.Origin, errors); }
        EngineLog log = new(new EngineMetrics(meters), loggers.CreateLogger<EngineLog>());
        return new EngineFactory(scripts, new EnginePorts
        {
            Speech = await SpeechDesk.OpenAsync(log),
            Mcp = options.Projects.ToDictionary(project => project.Id, project => new McpAccess(project.McpAllowed), StringComparer.Ordinal),
            Observer = log,
            Time = time,
            Random = Random.Shared,
            SessionLimit = options.Session,
        });
    }

    public static SipPump Sip(ServerOptions options, TimeProvider time, Random random, IMeterFactory meters, MetricsText text)
    {
        SipPump sip = SipPump.Bind(
            [.. options.Sip.Listen.Select(listen => new Transport.Sip.SipListen(listen.Transport, listen.EndPoint) { AdvertisedHost = options.Sip.Advertise })],
            time, random);
        PlaneMetrics.Observe(meters, sip, text);
        return sip;
    }

    public static WebhookSender Webhooks(ServerOptions options, IOutbox outbox, TimeProvider time, Random random, ILoggerFactory loggers) => new(
        options.Projects
            .Where(project => project.Webhook is not null)
            .ToDictionary(project => project.Id, project => new WebhookEndpoint(project.Webhook!.Url, [project.Webhook.Secret]), StringComparer.Ordinal),
        outbox, time, random, loggers.CreateLogger<WebhookSender>());

    private static partial class Log
    {
        [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "The store refused a write; the calls go on")]
        public static partial void StoreFailed(ILogger logger, Exception failure);
    }
}
