using System.Globalization;
using System.Reflection;

namespace Switchhook.Storage;

/// <summary>
/// Brings a database to the version of this program: the scripts under <c>Migrations/</c>, by number, each in one
/// transaction with the number it leads to. Forward only: a database that a newer program has changed is refused,
/// because nobody knows what an older one would break.
/// </summary>
internal sealed class Migrator
{
    private const string Folder = ".Migrations.";

    private readonly SortedList<int, string> _scripts;

    public Migrator(IEnumerable<KeyValuePair<int, string>> scripts) =>
        _scripts = new SortedList<int, string>(scripts.ToDictionary());

    /// <summary>The scripts this program was built with.</summary>
    public static Migrator BuiltIn { get; } = new(ReadScripts(typeof(Migrator).Assembly));

    public int Version => _scripts.Count == 0 ? 0 : _scripts.Keys[^1];

    /// <param name="database">How the database is called in an error.</param>
    /// <param name="version">The version the database has.</param>
    /// <param name="apply">Runs a script and notes the version it leads to, in one transaction.</param>
    public void Migrate(string database, int version, Action<int, string> apply)
    {
        RefuseNewer(database, version);
        foreach ((int number, string script) in _scripts)
        {
            if (number > version) { apply(number, script); }
        }
    }

    /// <summary>For a reader, who may not change anything: the version must be this program's.</summary>
    public void Require(string database, int version)
    {
        RefuseNewer(database, version);
        if (version < Version)
        {
            throw new StoreException($"{database} is of version {version}, and this Switchhook reads version {Version}: it becomes that when \"switchhook serve\" starts on it.");
        }
    }

    private void RefuseNewer(string database, int version)
    {
        if (version > Version)
        {
            throw new StoreException($"{database} was written by a newer Switchhook: it is of version {version}, and this one knows versions up to {Version}. Start the newer one, or give this one another database.");
        }
    }

    private static IEnumerable<KeyValuePair<int, string>> ReadScripts(Assembly assembly)
    {
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            int name = resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length;
            if (name < Folder.Length || !resource.EndsWith(".sql", StringComparison.Ordinal)) { continue; }
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return new(int.Parse(resource.AsSpan(name, 4), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }
}
