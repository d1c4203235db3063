using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Switchhook.House.Tests;

/// <summary>docs/field-problems.md claims nothing that no test shows: what it cites exists, and names the row.</summary>
public sealed partial class FieldProblemLaws
{
    private const int RowsOfTheContract = 41;

    private static readonly string Page = File.ReadAllText(Path.Combine(House.Root, "docs", "field-problems.md"));

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string[] cells in Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim('|').Split(" | ")))
            {
                if (cells[0].Trim() is not "Mark") { rows.Add(cells[0].Trim(), cells[^1].Trim()); }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_a_row_cites_exists_and_names_it(string marks, string citations)
    {
        if (citations == "–") { return; }      // does not apply, and says so
        MatchCollection cited = Citation().Matches(citations);
        Assert.NotEmpty(cited);
        string all = string.Concat(cited.Select(citation => citation.Groups["suite"].Success
            ? Suite(citation.Groups["suite"].Value, citation.Groups["title"].Value)
            : Class(citation.Groups["class"].Value, citation.Groups["method"].Value)));
        foreach (string mark in marks.Split(' ')) { Assert.True(Named(mark).IsMatch(all), $"none of the tests cited for {mark} names it: {citations}"); }
    }

    [Fact]
    public void Every_row_of_the_contracts_reports_is_there_once() =>
        Assert.Equal(Enumerable.Range(1, RowsOfTheContract).Select(number => $"§9.{number}"), Rows.Select(row => row.Data.Item1).Where(mark => mark.StartsWith('§')));

    /// <summary>The file of a class that has this method.</summary>
    private static string Class(string name, string method)
    {
        string[] files = [.. House.Sources(Path.Combine(House.Root, "tests")).Where(path => Path.GetFileNameWithoutExtension(path) == name)
            .Where(path => House.Parse(path).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Any(one => one.Identifier.Text == method))];
        Assert.True(files.Length > 0, $"there is no {name}.{method}");
        return string.Concat(files.Select(File.ReadAllText));
    }

    /// <summary>The file of a suite in which a test's title begins so.</summary>
    private static string Suite(string name, string title)
    {
        string folder = Path.Combine(House.Root, "conformance");
        string path = name == "interop" ? Path.Combine(folder, "interop", "interop.mjs") : Path.Combine(folder, $"{name}.test.mjs");
        Assert.True(File.Exists(path), $"there is no suite {name}");
        string text = File.ReadAllText(path);
        Assert.True(Regex.IsMatch(text, @"(\[|test\(|check\()['`]" + Regex.Escape(title)), $"no test of {name} begins with \"{title}\"");
        return text;
    }

    // "S1" is not "S10" and not in "S12"; "§9.4, §9.5" and "§9 row 4" name the fourth.
    private static Regex Named(string mark) => mark.StartsWith("§9.", StringComparison.Ordinal)
        ? new Regex($@"§9(\.| row ){mark[3..]}(?!\d)")
        : new Regex($@"(?<![A-Z0-9]){mark}(?!\d)");

    [GeneratedRegex("`(?:(?<class>[A-Za-z0-9]+)\\.(?<method>[A-Za-z0-9_]+)|(?<suite>[a-z-]+): (?<title>[^`]+))`")]
    private static partial Regex Citation();
}
