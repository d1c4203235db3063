namespace Switchhook.Simulation;

/// <summary>A damaged copy of a text: cut, bytes changed, doubled or removed, tokens swapped in.</summary>
public static class Mutation
{
    private static readonly byte[][] Tokens =
    [
        "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"\""u8.ToArray(), "-1"u8.ToArray(), "1e400"u8.ToArray(),
        "\"\\ud800\""u8.ToArray(), "\\u0000"u8.ToArray(), [0xff, 0xfe], "true"u8.ToArray(), "\"type\":\"x\","u8.ToArray(), "99999999999999999999"u8.ToArray(),
    ];

    public static byte[] Of(byte[] text, Random random)
    {
        var bytes = new List<byte>(text);
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 1; times--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                case 4: bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]); break;
                default: ReplaceValue(bytes, at, Tokens[random.Next(Tokens.Length)]); break;
            }
        }
        return [.. bytes];
    }

    // The value after the next colon becomes something else, so that many mutations are still JSON.
    private static void ReplaceValue(List<byte> bytes, int from, byte[] token)
    {
        int colon = bytes.IndexOf((byte)':', from);
        if (colon < 0) { return; }
        int end = bytes.FindIndex(colon + 1, b => b is (byte)',' or (byte)'}');
        if (end < 0) { return; }
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, token);
    }
}
