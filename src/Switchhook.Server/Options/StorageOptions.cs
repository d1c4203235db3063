namespace Switchhook.Server.Options;

/// <summary>The SQLite file. What else is kept (recordings, development certificates) is kept beside it.</summary>
internal sealed record StorageOptions(string DatabasePath)
{
    public string Directory => Path.GetDirectoryName(DatabasePath)!;

    public string Recordings => Path.Combine(Directory, "recordings");
}
