namespace Switchhook.Media.Tests;

/// <summary>Rows of a raw string, cells between bars; the first line is the heading.</summary>
internal static class Table
{
    public static TheoryData<string, string, string> Three(string table)
    {
        var rows = new TheoryData<string, string, string>();
        foreach (string[] cells in Cells(table)) { rows.Add(cells[0], cells[1], cells[2]); }
        return rows;
    }

    public static TheoryData<string, string, string, string> Four(string table)
    {
        var rows = new TheoryData<string, string, string, string>();
        foreach (string[] cells in Cells(table)) { rows.Add(cells[0], cells[1], cells[2], cells[3]); }
        return rows;
    }

    private static IEnumerable<string[]> Cells(string table) =>
        table.Split('\n').Skip(1).Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
