using System.CommandLine;
using System.CommandLine.Parsing;

namespace Switchhook.Server.Cli;

/// <summary>The options by which a command finds a running server: <c>--url</c>, <c>--key</c>, <c>--ca</c>.</summary>
internal sealed class ServerOption
{
    private readonly Option<Uri> _url = new("--url")
    {
        Description = "Where the server's API is (SWITCHHOOK_URL).",
        HelpName = "URL",
        CustomParser = Url,
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable("SWITCHHOOK_URL") ?? "http://127.0.0.1:8080"),
    };

    private readonly Option<string> _key = new("--key")
    {
        Description = "A project's API key (SWITCHHOOK_API_KEY; sk-demo in development).",
        HelpName = "KEY",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SWITCHHOOK_API_KEY") ?? "sk-demo",
    };

    private readonly Option<FileInfo?> _ca = new("--ca") { Description = "A CA to trust, such as data/dev-ca.pem.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
        command.Options.Add(_ca);
    }

    public ServerClient Open(ParseResult parsed) => new(parsed.GetValue(_url)!, parsed.GetValue(_key)!, parsed.GetValue(_ca)?.FullName);

    /// <summary>Runs what asks a server; what it cannot get is one line on standard error.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<ServerClient, Task> ask)
    {
        try
        {
            using ServerClient server = Open(parsed);
            await ask(server);
            return ExitCode.Done;
        }
        catch (Exception error) when (error is ServerException or IOException or System.Security.Cryptography.CryptographicException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return ExitCode.Failed;
        }
    }

    private static Uri? Url(ArgumentResult argument)
    {
        string text = argument.Tokens.Count > 0 ? argument.Tokens[^1].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https") { return url; }
        argument.AddError($"\"{text}\" is not an http or https URL");
        return null;
    }
}
