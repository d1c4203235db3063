using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Switchhook.House.Tests;

/// <summary>What a reader may rely on: sizes, names and places of files, and that nothing was left lying about.</summary>
public sealed partial class TidyLaws
{
    private const int FileLinesMax = 500;
    private const int FunctionLinesMax = 70;

    [Fact]
    public void A_file_has_at_most_500_lines() =>
        Assert.DoesNotContain(House.AllSources().Select(path => (Path: House.Relative(path), Lines: File.ReadLines(path).Count())), file => file.Lines > FileLinesMax);

    [Fact]
    public void A_function_has_at_most_70_lines()
    {
        var long_ = new List<string>();
        foreach (string path in House.Sources(Path.Combine(House.Root, "src")))
        {
            SyntaxTree tree = House.Parse(path);
            foreach (SyntaxNode function in tree.GetRoot().DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax))
            {
                FileLinePositionSpan span = tree.GetLineSpan(function.Span);
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > FunctionLinesMax) { long_.Add($"{House.Relative(path)}:{span.StartLinePosition.Line + 1} has {lines} lines"); }
            }
        }
        Assert.Empty(long_);
    }

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void A_room_keeps_its_budget(string room)
    {
        int lines = House.Sources(House.FolderOf(room)).Sum(path => File.ReadLines(path).Count(line => line.Trim().Length > 0));
        Assert.True(lines <= House.Rooms[room].LinesMax, $"{room} has {lines} lines that are not blank; its budget is {House.Rooms[room].LinesMax}");
    }

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void The_namespace_is_the_folder(string room)
    {
        string root = room == "Switchhook.Primitives" ? "Switchhook" : room;
        foreach (string path in House.Sources(House.FolderOf(room)))
        {
            string? declared = House.Parse(path).GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
            if (declared is null) { continue; }     // a program's top-level statements
            string folder = Path.GetRelativePath(House.FolderOf(room), Path.GetDirectoryName(path)!).Replace('\\', '/');
            Assert.Equal((House.Relative(path), folder == "." ? root : $"{root}.{folder.Replace('/', '.')}"), (House.Relative(path), declared));
        }
    }

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void A_file_is_named_after_a_type_it_declares(string room)
    {
        foreach (string path in House.Sources(House.FolderOf(room)))
        {
            string name = Path.GetFileName(path).Split('.')[0];
            SyntaxNode root = House.Parse(path).GetRoot();
            string[] types = [.. root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text)];
            // A family of events or commands stands in one file under the family's name.
            bool isFamily = types.Length > 2;
            Assert.True(types.Length == 0 || isFamily || types.Contains(name), $"{House.Relative(path)} declares {string.Join(", ", types)}");
        }
    }

    // A parked thought needs a number under which it can be found again.
    [Fact]
    public void Nothing_is_parked_without_a_number() =>
        Assert.Empty(Lines(House.AllSources()).Where(line => Parked().IsMatch(line.Text) && !Numbered().IsMatch(line.Text)).Select(Where));

    [Fact]
    public void No_test_is_skipped_and_none_waits_for_the_clock() =>
        Assert.Empty(Lines(House.Sources(Path.Combine(House.Root, "tests"))).Where(line => Sleeping().IsMatch(line.Text)).Select(Where));

    [Fact]
    public void Names_are_nouns_of_the_telephone()
    {
        string[] vague = ["Manager", "Helper", "Util", "Utils", "Utility", "Service", "Common", "Misc"];
        foreach (string path in House.Sources(Path.Combine(House.Root, "src")))
        {
            foreach (BaseTypeDeclarationSyntax type in House.Parse(path).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            {
                Assert.DoesNotContain(vague, ending => type.Identifier.Text.EndsWith(ending, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void The_root_is_a_shop_window()
    {
        string[] allowed = ["README.md", "ARCHITECTURE.md", "STYLE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Switchhook.slnx", "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", ".gitignore", ".gitattributes", ".git", "switchhook.json"];
        Assert.Empty(Directory.EnumerateFiles(House.Root).Select(path => Path.GetFileName(path)!).Except(allowed));
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = new List<string>();
        IEnumerable<string> documents = Directory.EnumerateFiles(House.Root, "*.md")
            .Concat(((string[])["docs", "samples", "conformance", "bench"]).Select(folder => Path.Combine(House.Root, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories)))
            .Where(path => !path.Contains("node_modules", StringComparison.Ordinal));
        foreach (string path in documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(path)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) { continue; }
                string full = Path.Combine(Path.GetDirectoryName(path)!, target);
                if (!File.Exists(full) && !Directory.Exists(full)) { broken.Add($"{House.Relative(path)}: {target}"); }
            }
        }
        Assert.Empty(broken);
    }

    private static IEnumerable<(string Path, int Number, string Text)> Lines(IEnumerable<string> paths) =>
        paths.SelectMany(path => File.ReadLines(path).Select((text, index) => (path, index + 1, text)));

    private static string Where((string Path, int Number, string Text) line) => $"{House.Relative(line.Path)}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b")]
    private static partial Regex Parked();

    [GeneratedRegex(@"#\d+")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"Thread\." + @"Sleep|Task\." + @"Delay\(\d|Skip " + @"?=")]
    private static partial Regex Sleeping();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
