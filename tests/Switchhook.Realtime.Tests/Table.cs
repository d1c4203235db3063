namespace Switchhook.Realtime.Tests;

/// <summary>Rows of a raw string: cells between bars, the first line is the heading.</summary>
internal static class Table
{
    public static TheoryData<string, string> Two(string table)
    {
        var rows = new TheoryData<string, string>();
        foreach (string[] cells in Rows(table, 2)) { rows.Add(cells[0], cells[1]); }
        return rows;
    }

    public static TheoryData<string, string, string> Three(string table)
    {
        var rows = new TheoryData<string, string, string>();
        foreach (string[] cells in Rows(table, 3)) { rows.Add(cells[0], cells[1], cells[2]); }
        return rows;
    }

    private static IEnumerable<string[]> Rows(string table, int width)
    {
        foreach (string line in table.Split('\n').Skip(1))
        {
            string[] cells = line.Split(" | ", StringSplitOptions.TrimEntries);
            Assert.True(cells.Length == width, $"{cells.Length} cells instead of {width}: {line}");
            yield return cells;
        }
    }
}
