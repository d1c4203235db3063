namespace Switchhook.Fuzz;

/// <summary>Something that takes bytes from strangers, and the laws it keeps whatever they are.</summary>
internal interface IFuzzTarget
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Well-formed inputs that mutations start from.</summary>
    IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Throws when a law is broken. Further choices come from <paramref name="random"/>, so that a seed is a whole run.</summary>
    void Run(byte[] input, Random random);
}

/// <summary>A law was broken.</summary>
internal sealed class LawBrokenException(string law) : Exception(law)
{
    public static void Unless(bool kept, string law)
    {
        if (!kept) { throw new LawBrokenException(law); }
    }
}
