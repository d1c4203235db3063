using System.Globalization;
using Switchhook.Server.Certificates;
using Switchhook.Server.Options;
using Switchhook.Sip;

namespace Switchhook.Server.Composition;

/// <summary>The first lines that <c>serve</c> prints: what listens where, whom to trust, who may be called, what answers.</summary>
internal static class Banner
{
    public static string Write(ServerOptions options, House house, TlsCertificate? tls, IEnumerable<string> urls, string version)
    {
        StringWriter text = new(CultureInfo.InvariantCulture);
        text.WriteLine($"switchhook {version}");
        Lines(text, "configuration", [options.Origin]);
        Lines(text, "sip", house.Sip.Listeners.Select(Sip));
        Lines(text, "media", [$"{options.Media.Address} ports {options.Media.FirstPort}-{options.Media.LastPort}, room for {house.Media.PortPairs} calls"]);
        Lines(text, "api", urls);
        if (tls is not null)
        {
            Lines(text, "certificate", [tls.CaPath is { } ca ? $"development; clients trust {ca}" : $"{options.Api.Certificate!.Path}, until {tls.Certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}"]);
        }
        Lines(text, "storage", [options.Storage.DatabasePath]);
        if (house.Abandoned > 0) { Lines(text, "", [$"{house.Abandoned} calls were alive when the server died last time; their records say so"]); }
        Lines(text, "projects", options.Projects.Select(project => $"{project.Id} → {project.Webhook?.ToString() ?? "no webhook"}"));
        Lines(text, "models", options.Models.Select(model => $"{model.Name} ({Words.Of(model.Engine)}, {model.Script})"));
        text.Write("ready");
        return text.ToString();
    }

    private static string Sip(SipListenerAddress listener)
    {
        string bound = $"{(listener.Transport == SipTransport.Udp ? "udp" : "tcp")}://{listener.Local}";
        string told = $"{listener.AdvertisedHost}:{listener.AdvertisedPort}";
        return bound.EndsWith("//" + told, StringComparison.Ordinal) ? bound : $"{bound}, peers are told {told}";
    }

    private static void Lines(StringWriter text, string name, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            text.WriteLine($"{name,-14} {value}");
            name = "";
        }
    }
}
