namespace Switchhook;

/// <summary>The keys of a telephone, in the order of their event codes (RFC 4733 §3.2).</summary>
public static class Keypad
{
    public const string Keys = "0123456789*#ABCD";

    public static bool Has(char key) => Keys.Contains(key, StringComparison.Ordinal);
}
