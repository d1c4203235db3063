namespace Switchhook.Engines.Scripted;

/// <summary>How far a misspelt word is from the one that was meant.</summary>
internal static class Spelling
{
    private const int CharsMax = 64;

    /// <summary>Letters to insert, remove or replace (Levenshtein); words that are too long to be a slip are infinitely far.</summary>
    public static int Distance(string given, string meant)
    {
        if (given.Length > CharsMax || meant.Length > CharsMax) { return int.MaxValue; }
        Span<int> row = stackalloc int[meant.Length + 1];
        for (int j = 0; j <= meant.Length; j++) { row[j] = j; }
        for (int i = 1; i <= given.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= meant.Length; j++)
            {
                int replaced = diagonal + (given[i - 1] == meant[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
