using Microsoft.Data.Sqlite;

namespace Switchhook.Storage.Sqlite;

/// <summary>The database as a file: where it lies, who holds it, how it is opened, and which version it has.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    // How long a statement waits for somebody who works on the file by hand.
    private const int BusySeconds = 5;

    private readonly FileStream? _lock;

    private SqliteDatabase(string path, FileStream? held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>
    /// For the server: the directory and the file are made when they are missing, and nobody else can open it so.
    /// A second server would end the calls of the first as abandoned; SQLite's own locks would let it.
    /// </summary>
    public static SqliteDatabase Hold(string path)
    {
        SqliteLibrary.Require();
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The directory of the database {path} cannot be made: {fault.Message}", fault);
        }
        try
        {
            return new SqliteDatabase(path, new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new StoreException($"The database {path} cannot be written: {fault.Message}", fault);
        }
        catch (IOException fault)
        {
            throw new StoreException($"The database {path} is held by another process, or its directory cannot be written: {fault.Message}", fault);
        }
    }

    /// <summary>For a look at it, beside a server or without one.</summary>
    public static SqliteDatabase LookAt(string path)
    {
        SqliteLibrary.Require();
        return File.Exists(path) ? new SqliteDatabase(path, null) : throw new StoreException($"There is no database {path}.");
    }

    /// <summary>Opens the connection that writes, and brings the database to the version of this program.</summary>
    public SqliteWrites OpenWrites() => Open(SqliteOpenMode.ReadWriteCreate, connection =>
    {
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        Migrator.BuiltIn.Migrate($"The database {Path}", Version(connection), (number, script) =>
            Execute(connection, $"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;"));
        return new SqliteWrites(connection);
    });

    public SqliteReads OpenReads() => Open(SqliteOpenMode.ReadOnly, connection =>
    {
        Migrator.BuiltIn.Require($"The database {Path}", Version(connection));
        return new SqliteReads(connection);
    });

    public void Dispose() => _lock?.Dispose();

    private T Open<T>(SqliteOpenMode mode, Func<SqliteConnection, T> use)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            return use(connection);
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new StoreException($"The database {Path} cannot be opened: {fault.Message}", fault);
        }
        catch (StoreException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static int Version(SqliteConnection connection)
    {
        using var version = new SqliteStatement(connection, "PRAGMA user_version");
        using SqliteDataReader row = version.Query();
        row.Read();
        return row.GetInt32(0);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        // Not prepared as a whole: a statement of a script may need the table that the one before it makes.
        using SqliteCommand script = connection.CreateCommand();
        script.CommandText = sql;
        script.ExecuteNonQuery();
    }
}
