using Switchhook.Server.Options;

namespace Switchhook.Server.Tests.Options;

/// <summary>A directory of its own for one test, with a script that a configuration may name.</summary>
internal sealed class OptionsFolder : IDisposable
{
    public OptionsFolder() => Write("flow.yaml", "");

    public string Path { get; } = Directory.CreateTempSubdirectory("switchhook-").FullName;

    public void Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public ServerOptions Read(string text, params (string Name, string Value)[] environment) => OptionsReader.Read(
        new ConfigurationSource("test.json", text, Path, IsDefault: false), environment.ToDictionary(pair => pair.Name, pair => pair.Value));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A raw string as rows: cells between bars, the first line is the heading.</summary>
internal static class OptionsTable
{
    public static TheoryData<string, string, string> Parse(string table)
    {
        TheoryData<string, string, string> rows = [];
        foreach (string line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            rows.Add(cells[0], cells[1], cells[2]);
        }
        return rows;
    }
}
