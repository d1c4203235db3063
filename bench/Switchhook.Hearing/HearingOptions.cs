using System.Globalization;

namespace Switchhook.Hearing;

/// <summary>What the command line asks for.</summary>
internal sealed record HearingOptions
{
    public const string Usage = """
        usage: Switchhook.Hearing [--sentences N] [--seconds N] [--write DIRECTORY]
          --sentences N   sentences in each scene (144)
          --seconds N     of each noise without speech (120)
          --write DIR     the tables as a file too, named after the day and the commit
        or:    Switchhook.Hearing train FILE    finds the weights of voice activity anew
        """;

    public int Sentences { get; private init; } = 144;
    public int Seconds { get; private init; } = 120;
    public string? Write { get; private init; }

    public static HearingOptions Parse(string[] args)
    {
        HearingOptions options = new();
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} wants a value");
            options = args[i] switch
            {
                "--sentences" => options with { Sentences = Number(args[i], value) },
                "--seconds" => options with { Seconds = Number(args[i], value) },
                "--write" => options with { Write = value },
                _ => throw new FormatException($"{args[i]} is no option"),
            };
        }
        return options;
    }

    private static int Number(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 10_000
            ? number : throw new FormatException($"{option} wants a number from 1 to 10000, not {value}");
}
