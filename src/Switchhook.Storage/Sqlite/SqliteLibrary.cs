using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Switchhook.Storage.Sqlite;

/// <summary>
/// The SQLite of the operating system, which its distributor keeps patched; none is shipped. The provider asks for
/// <c>e_sqlite3</c>, and here is decided what that is.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "winsqlite3", "e_sqlite3"];

    // UPSERT and row values, which the statements use.
    private const int VersionMin = 3_024_000;

    private static readonly Lazy<string?> Fault = new(Load);

    /// <summary>Throws, with the name of the package to install, when there is no SQLite or it is too old.</summary>
    public static void Require()
    {
        if (Fault.Value is string fault) { throw new StoreException(fault); }
    }

    private static string? Load()
    {
        nint library = 0;
        if (!Array.Exists(Names, name => NativeLibrary.TryLoad(name, out library)))
        {
            return $"SQLite is not installed: none of {string.Join(", ", Names)} could be loaded. Debian and Ubuntu have it in the package libsqlite3-0 (apt-get install libsqlite3-0).";
        }
        NativeLibrary.SetDllImportResolver(
            typeof(SQLite3Provider_e_sqlite3).Assembly,
            (name, _, _) => name == "e_sqlite3" ? library : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        int version = raw.sqlite3_libversion_number();
        return version < VersionMin
            ? $"SQLite {raw.sqlite3_libversion().utf8_to_string()} is too old: 3.24 is needed. Debian and Ubuntu have it in the package libsqlite3-0."
            : null;
    }
}
