using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace Switchhook.House.Tests;

/// <summary>The repository as the laws see it: its projects, its files, its text.</summary>
internal static class House
{
    /// <summary>Floor by floor; the laws of ARCHITECTURE.md, "Floors".</summary>
    public static IReadOnlyDictionary<string, Room> Rooms { get; } = new Dictionary<string, Room>
    {
        ["Switchhook.Primitives"] = new(Floor: 0, LinesMax: 600, []),
        ["Switchhook.Sip"] = new(1, 8_000, ["Switchhook.Primitives"]),
        ["Switchhook.Media"] = new(1, 7_000, ["Switchhook.Primitives"]),
        ["Switchhook.Realtime"] = new(1, 6_000, ["Switchhook.Primitives"]),
        ["Switchhook.Calls"] = new(2, 3_500, ["Switchhook.Sip", "Switchhook.Media", "Switchhook.Realtime"]),
        ["Switchhook.Transport"] = new(3, 2_500, ["Switchhook.Sip", "Switchhook.Media", "Switchhook.Calls"]),
        ["Switchhook.Engines"] = new(3, 4_000, ["Switchhook.Realtime", "Switchhook.Media", "Switchhook.Calls"]),
        ["Switchhook.Storage"] = new(3, 2_000, ["Switchhook.Calls"]),
        ["Switchhook.Server"] = new(4, 7_000, ["Switchhook.Transport", "Switchhook.Engines", "Switchhook.Storage"]),
    };

    public static string Root { get; } = FindRoot();

    public static TheoryData<string> RoomNames => [.. Rooms.Keys];

    public static TheoryData<string> Kernels => ["Switchhook.Sip", "Switchhook.Media", "Switchhook.Realtime"];

    public static string FolderOf(string room) => Path.Combine(Root, "src", room);

    public static XDocument ProjectOf(string room) => XDocument.Load(Path.Combine(FolderOf(room), room + ".csproj"));

    /// <summary>C# files that people wrote, below a folder of the repository.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(IsWritten);

    /// <summary>All C# files of the repository that people wrote.</summary>
    public static IEnumerable<string> AllSources() =>
        new[] { "src", "tests", "bench", "fuzz", "samples", "conformance" }
            .Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(Sources);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static Microsoft.CodeAnalysis.SyntaxTree Parse(string path) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(path), new CSharpParseOptions(LanguageVersion.Preview), path);

    private static bool IsWritten(string path)
    {
        string relative = Relative(path);
        return !relative.Contains("/bin/", StringComparison.Ordinal) && !relative.Contains("/obj/", StringComparison.Ordinal)
            && !relative.Contains("/node_modules/", StringComparison.Ordinal);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Switchhook.slnx"))) { folder = Path.GetDirectoryName(folder); }
        return folder ?? throw new DirectoryNotFoundException("no Switchhook.slnx above the test");
    }
}

/// <summary>One project: its floor, its size budget in source lines, and what it names as its references.</summary>
internal sealed record Room(int Floor, int LinesMax, string[] References);
