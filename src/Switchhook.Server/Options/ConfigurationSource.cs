using System.Text;

namespace Switchhook.Server.Options;

/// <summary>
/// Where the configuration comes from: the file that was named, else <c>SWITCHHOOK_CONFIG</c>, else
/// <c>./switchhook.json</c>, else the development defaults that are built in.
/// </summary>
internal sealed record ConfigurationSource(string Origin, string Text, string BaseDirectory, bool IsDefault)
{
    private const string DefaultFile = "switchhook.json";
    private const string FileVariable = "SWITCHHOOK_CONFIG";

    /// <summary>A configuration is a page or two; a megabyte is a mistake, such as naming the database.</summary>
    private const int BytesMax = 1 << 20;

    public static ConfigurationSource Find(string? named, Func<string, string?> environment, string workingDirectory)
    {
        string? path = named ?? Given(environment(FileVariable));
        if (path is not null) { return Read(Path.GetFullPath(path, workingDirectory)); }
        string beside = Path.Combine(workingDirectory, DefaultFile);
        return File.Exists(beside) ? Read(beside) : Defaults(workingDirectory);
    }

    public static ConfigurationSource Defaults(string workingDirectory)
    {
        using Stream stream = typeof(ConfigurationSource).Assembly.GetManifestResourceStream("Switchhook.Server.Options.Defaults.jsonc")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return new ConfigurationSource("development defaults", reader.ReadToEnd(), workingDirectory, IsDefault: true);
    }

    private static ConfigurationSource Read(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (file.Exists && file.Length > BytesMax)
            {
                throw new ConfigurationException(path, [$"the file has {file.Length} bytes; a configuration has at most {BytesMax}"]);
            }
            return new ConfigurationSource(path, File.ReadAllText(path), Path.GetDirectoryName(path)!, IsDefault: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(path, [$"the file cannot be read: {error.Message}"]);
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
