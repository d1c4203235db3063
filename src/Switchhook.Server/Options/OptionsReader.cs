using System.Collections;
using System.Net;
using System.Net.Sockets;
using Switchhook.Sip;

namespace Switchhook.Server.Options;

/// <summary>The configuration's shape: which keys there are, their ranges and defaults. All errors are told at once.</summary>
internal sealed class OptionsReader
{
    private readonly ConfigurationSource _source;
    private readonly ConfigurationTree _tree;
    private readonly Func<string, string?> _environment;

    private OptionsReader(ConfigurationSource source, ConfigurationTree tree, Func<string, string?> environment) =>
        (_source, _tree, _environment) = (source, tree, environment);

    /// <summary>Reads what the process was started with: a named file or none, and the process's environment.</summary>
    public static ServerOptions Read(string? file)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = variable.Value as string ?? "";
        }
        return Read(ConfigurationSource.Find(file, environment.GetValueOrDefault, Environment.CurrentDirectory), environment);
    }

    /// <exception cref="ConfigurationException">Something is wrong; every error is in it.</exception>
    public static ServerOptions Read(ConfigurationSource source, IReadOnlyDictionary<string, string> environment)
    {
        ConfigurationTree tree = ConfigurationTree.Parse(source, environment);
        ServerOptions options = new OptionsReader(source, tree, environment.GetValueOrDefault).ReadRoot();
        return tree.Errors.Count == 0 ? options : throw new ConfigurationException(source.Origin, tree.Errors);
    }

    private ServerOptions ReadRoot()
    {
        Section root = new(_tree, _tree.Root);
        SipOptions sip = ReadSip(root.Child("sip"));
        MediaOptions media = ReadMedia(root.Child("media"));
        ApiOptions api = ReadApi(root.Child("api"));
        StorageOptions storage = ReadStorage(root);
        IReadOnlyList<ProjectOptions> projects = new ProjectReader(_environment, new PromptReader(Absolute)).Read(root);
        IReadOnlyList<ModelOptions> models = ReadModels(root);
        Section limits = root.Child("limits");
        int calls = limits.Number("calls", Limits.Calls, 1, Limits.CallsConfigurable);
        int sessions = limits.Number("sessions", Limits.Sessions, 1, Limits.SessionsConfigurable);
        int drain = limits.Number("drain_ms", (int)Limits.Shutdown.TotalMilliseconds, 0, 3_600_000);
        int session = limits.Number("session_ms", (int)Limits.Session.TotalMilliseconds, 1_000, 86_400_000);
        limits.Close();
        Uri? otlp = ReadTelemetry(root.Child("telemetry"));
        LogOptions log = ReadLog(root.Child("log"));
        root.Close();
        return new ServerOptions
        {
            Origin = _source.Origin,
            Sip = sip,
            Media = media,
            Api = api,
            Storage = storage,
            Projects = projects,
            Models = models,
            CallsMax = calls,
            SessionsMax = sessions,
            Session = TimeSpan.FromMilliseconds(session),
            Drain = TimeSpan.FromMilliseconds(drain),
            Otlp = otlp,
            Log = log,
        };
    }

    private static SipOptions ReadSip(Section section)
    {
        IReadOnlyList<Setting> listen = section.Texts("listen") ?? [new("sip.listen[0]", "udp://127.0.0.1:5060"), new("sip.listen[1]", "tcp://127.0.0.1:5060")];
        List<SipListen> listeners = [];
        foreach (Setting setting in listen)
        {
            if (ReadEndPoint(section, setting, "udp", "tcp") is not (string scheme, IPEndPoint endPoint)) { continue; }
            SipListen listener = new(scheme == "udp" ? SipTransport.Udp : SipTransport.Tcp, endPoint);
            if (listeners.Contains(listener) && endPoint.Port != 0) { section.WrongAt(setting.Path, $"\"{setting.Value}\" is there twice"); }
            listeners.Add(listener);
        }
        if (listen.Count == 0) { section.Wrong("listen", "is empty; SIP must listen somewhere"); }
        string? advertise = section.Text("advertise");
        if (advertise is not null && Uri.CheckHostName(advertise) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            section.Wrong("advertise", $"\"{advertise}\" is not a host name or an IP address (a port is not part of it)");
        }
        section.Close();
        return new SipOptions(listeners, advertise);
    }

    private static MediaOptions ReadMedia(Section section)
    {
        IPAddress address = ReadAddress(section, "address") ?? IPAddress.Loopback;
        IPAddress? advertise = ReadAddress(section, "advertise");
        if (advertise is not null && (IsWildcard(advertise) || advertise.AddressFamily != address.AddressFamily))
        {
            section.Wrong("advertise", $"{advertise} must be one address of the family of media.address ({address})");
        }
        (int first, int last) = ReadPorts(section);
        int threads = section.Number("threads", 0, 1, 64);
        section.Close();
        return new MediaOptions(address, advertise, first, last, threads == 0 ? null : threads);
    }

    private static (int First, int Last) ReadPorts(Section section)
    {
        const string Shape = "first-last, within 1024 to 65535, the first even, at least two ports";
        string text = section.Text("ports") ?? "20000-29999";
        string[] ends = text.Split('-', StringSplitOptions.TrimEntries);
        bool isRange = ends.Length == 2
            & ushort.TryParse(ends[0], out ushort first) & ushort.TryParse(ends[^1], out ushort last)
            && first >= 1024 && first % 2 == 0 && last > first;
        if (!isRange) { section.Wrong("ports", $"\"{text}\" is not a range of ports: {Shape}"); }
        return (first, last);
    }

    private ApiOptions ReadApi(Section section)
    {
        IReadOnlyList<Setting> listen = section.Texts("listen") ?? [new("api.listen[0]", "https://127.0.0.1:8443"), new("api.listen[1]", "http://127.0.0.1:8080")];
        List<ApiListen> listeners = [];
        foreach (Setting setting in listen)
        {
            if (ReadEndPoint(section, setting, "https", "http") is not (string scheme, IPEndPoint endPoint)) { continue; }
            if (endPoint.Port != 0 && listeners.Any(other => other.EndPoint.Equals(endPoint)))
            {
                section.WrongAt(setting.Path, $"\"{setting.Value}\" is there twice");
            }
            listeners.Add(new ApiListen(scheme == "https", endPoint));
        }
        if (listen.Count == 0) { section.Wrong("listen", "is empty; the API must listen somewhere"); }
        CertificateOptions? certificate = ReadCertificate(section);
        section.Close();
        return new ApiOptions(listeners, certificate);
    }

    private CertificateOptions? ReadCertificate(Section section)
    {
        if (!section.Has("certificate")) { return null; }
        Section certificate = section.Child("certificate");
        string? path = certificate.RequiredText("path");
        string? key = certificate.Text("key");
        string? password = Secrets.Resolve(certificate, new Setting(certificate.PathOf("password"), certificate.Text("password") ?? ""), _environment);
        certificate.Close();
        return path is null ? null : new CertificateOptions(Absolute(path), key is null ? null : Absolute(key), password is "" ? null : password);
    }

    private StorageOptions ReadStorage(Section root)
    {
        const string Scheme = "sqlite:";
        string text = root.Text("storage") ?? "sqlite:data/switchhook.db";
        string path = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : "";
        // A database in memory would be another one for every connection, and none would survive the process.
        if (path.Length == 0 || path.StartsWith(':') || path.EndsWith('/'))
        {
            root.Wrong("storage", $"\"{text}\" is not a place to store; give sqlite:PATH, such as sqlite:data/switchhook.db");
            return new StorageOptions(Absolute("data/switchhook.db"));
        }
        return new StorageOptions(Absolute(path));
    }

    private List<ModelOptions> ReadModels(Section root)
    {
        List<ModelOptions> models = [];
        IReadOnlyList<(string Name, Section Section)> named = root.Named("models");
        foreach ((string name, Section section) in named)
        {
            if (name.Length is 0 or > 128) { root.Wrong("models", $"\"{name}\" is not a name: 1 to 128 characters"); }
            string? engine = section.RequiredText("engine");
            if (engine is not (null or "scripted")) { section.Wrong("engine", $"\"{engine}\" is not an engine; known: scripted"); }
            string? script = section.RequiredText("script");
            section.Close();
            if (script is null) { continue; }
            string path = ScriptPath(script);
            if (!File.Exists(path)) { section.Wrong("script", $"\"{script}\" is not there ({path})"); }
            models.Add(new ModelOptions(name, EngineKind.Scripted, path));
        }
        if (named.Count == 0) { root.Wrong("models", "is missing or empty; an accept must be able to name a model"); }
        return models;
    }

    /// <summary>The development defaults must work from any directory, so their script lies beside the executable too.</summary>
    private string ScriptPath(string script)
    {
        string path = Absolute(script);
        return _source.IsDefault && !File.Exists(path) ? Path.GetFullPath(script, AppContext.BaseDirectory) : path;
    }

    private static Uri? ReadTelemetry(Section section)
    {
        string? text = section.Text("otlp");
        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
        if (text is not null && !isUrl) { section.Wrong("otlp", $"\"{text}\" is not an http or https URL, such as http://127.0.0.1:4318"); }
        section.Close();
        return isUrl ? url : null;
    }

    private static LogOptions ReadLog(Section section)
    {
        string level = section.Text("level") ?? "information";
        string format = section.Text("format") ?? "text";
        LogLevel? parsed = level switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => null,
        };
        if (parsed is null) { section.Wrong("level", $"\"{level}\" is not a level: trace, debug, information, warning, error"); }
        if (format is not ("text" or "json")) { section.Wrong("format", $"\"{format}\" is not a format: text, json"); }
        section.Close();
        return new LogOptions(parsed ?? LogLevel.Information, format == "json" ? LogFormat.Json : LogFormat.Text);
    }

    private static (string Scheme, IPEndPoint EndPoint)? ReadEndPoint(Section section, Setting setting, string one, string other)
    {
        int colon = setting.Value.IndexOf("://", StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : setting.Value[..colon];
        string place = colon < 0 ? "" : setting.Value[(colon + 3)..].TrimEnd('/');
        if (place.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)) { place = "127.0.0.1" + place["localhost".Length..]; }
        int port = place.LastIndexOf(':');
        bool isPlace = port > 0 && (place[port - 1] == ']' || !place[..port].Contains(':', StringComparison.Ordinal))
            && IPEndPoint.TryParse(place, out _);
        if ((scheme == one || scheme == other) && isPlace) { return (scheme, IPEndPoint.Parse(place)); }
        section.WrongAt(setting.Path, $"\"{setting.Value}\" is not {one}://ADDRESS:PORT or {other}://ADDRESS:PORT with an IP address and a port from 0 to 65535");
        return null;
    }

    private static IPAddress? ReadAddress(Section section, string key)
    {
        string? text = section.Text(key);
        if (text is null) { return null; }
        if (text == "localhost") { return IPAddress.Loopback; }
        bool isAddress = IPAddress.TryParse(text, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(letter => letter == '.') == 3);
        if (!isAddress) { section.Wrong(key, $"\"{text}\" is not an IP address"); }
        return isAddress ? address : null;
    }

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private string Absolute(string path) => Path.GetFullPath(path, _source.BaseDirectory);
}
