namespace Switchhook.Server.Options;

/// <summary>Which known key somebody may have meant: the one with the smallest edit distance, when that is small.</summary>
internal static class NearestKey
{
    public static string? Of(string typed, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = Math.Max(2, typed.Length / 3) + 1;
        foreach (string key in known)
        {
            int distance = Distance(typed, key);
            if (distance < bestDistance) { (best, bestDistance) = (key, distance); }
        }
        return best;
    }

    /// <summary>Levenshtein's distance, capital letters ignored, one row of the table at a time.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
