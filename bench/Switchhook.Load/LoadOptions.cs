using System.Globalization;

namespace Switchhook.Load;

internal sealed record LoadOptions
{
    public const string Usage =
        """
        load [--calls N,N…] [--seconds S] [--rate CALLS-PER-SECOND] [--server PATH] [--media-threads N] [--write DIRECTORY]
        Calls a server of its own N times at once, holds for S seconds, and tells what it cost. Exit code 1: a call failed,
        a packet was lost, or a tick was more than 20 ms late.
        """;

    public IReadOnlyList<int> Calls { get; private init; } = [100];
    public int Seconds { get; private init; } = 20;
    public int Rate { get; private init; } = 25;
    public string Server { get; private init; } = "out/switchhook";
    public int? MediaThreads { get; private init; }
    public string? Write { get; private init; }

    /// <summary>Throws <see cref="FormatException"/> that says what is wrong.</summary>
    public static LoadOptions Parse(string[] arguments)
    {
        LoadOptions options = new();
        for (int at = 0; at < arguments.Length; at += 2)
        {
            string name = arguments[at];
            if (at + 1 == arguments.Length) { throw new FormatException($"{name} wants a value"); }
            string value = arguments[at + 1];
            options = name switch
            {
                "--calls" => options with { Calls = [.. value.Split(',').Select(count => Number(name, count, 1, 4000))] },
                "--seconds" => options with { Seconds = Number(name, value, 2, 3600) },
                "--rate" => options with { Rate = Number(name, value, 1, 1000) },
                "--server" => options with { Server = value },
                "--media-threads" => options with { MediaThreads = Number(name, value, 1, 64) },
                "--write" => options with { Write = value },
                _ => throw new FormatException($"{name} is not an option"),
            };
        }
        return options;
    }

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} is a number from {least} to {most}, not \"{value}\"");
}
