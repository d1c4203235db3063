namespace Switchhook.Simulation;

/// <summary>
/// A test table in a raw string: the first line names the columns, <c>|</c> parts the cells, <c>#</c> begins a line of
/// commentary. The formatter leaves raw strings alone, so the columns stay aligned.
/// </summary>
public static class Table
{
    /// <summary>The rows as arrays of trimmed cells; every row must have as many cells as the header.</summary>
    public static IEnumerable<string[]> Rows(string table)
    {
        string[] lines = [.. table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];
        int columns = Cells(lines[0]).Length;
        foreach (string line in lines.Skip(1))
        {
            string[] cells = Cells(line);
            if (cells.Length != columns) { throw new FormatException($"a row of {cells.Length} cells in a table of {columns}: {line}"); }
            yield return cells;
        }
    }

    private static string[] Cells(string line) => line.Split('|', StringSplitOptions.TrimEntries);
}
