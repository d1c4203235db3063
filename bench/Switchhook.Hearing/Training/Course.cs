using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// <c>train FILE</c>: finds weights for <see cref="VoiceActivity"/> and writes them. Seventeen minutes on two cores that did little else; the
/// lessons share neither talkers nor sentences with the tables. On one kind of processor the same weights come out each time.
/// </summary>
internal static class Course
{
    private const int Rounds = 110;

    public static void Run(string file)
    {
        VoiceNet net = new Trainer().Train(Rounds, (round, loss) => Console.WriteLine(FormattableString.Invariant($"round {round + 1} of {Rounds}: {loss:F4}")));
        using FileStream stream = File.Create(file);
        net.Write(stream);
    }
}
