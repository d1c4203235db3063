namespace Switchhook.Storage;

/// <summary>The <c>storage</c> setting: <c>sqlite:PATH</c>, the only kind of store there is so far.</summary>
public static class StoreSetting
{
    private const string Sqlite = "sqlite:";

    /// <summary>The full path of the database, or what is wrong with the setting.</summary>
    public static string Path(string setting)
    {
        if (!setting.StartsWith(Sqlite, StringComparison.Ordinal))
        {
            throw new StoreException($"\"{setting}\" is no store: \"sqlite:PATH\" is supported, such as \"sqlite:data/switchhook.db\".");
        }
        string path = setting[Sqlite.Length..];
        // A database in memory would be another one for every connection, and none of them would survive the process.
        if (path.Length == 0 || path.StartsWith(':') || path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new StoreException($"\"{setting}\" names no file: \"sqlite:\" is followed by the path of the database, such as \"sqlite:data/switchhook.db\".");
        }
        return System.IO.Path.GetFullPath(path);
    }
}
