using System.Globalization;
using System.Text;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary>
/// <c>train FILE</c>: finds weights for <see cref="VoiceActivity"/> and writes them as its source. Ten minutes on two cores with nothing else to do; the
/// lessons share neither talkers nor sentences with the tables. On one kind of processor the same weights come out each time.
/// </summary>
internal static class Course
{
    private const int Lessons = 12_000, LessonsTold = 1000, Epochs = 18;
    private const int Frames = 16, PerFrame = 24, Hidden = 24;
    private const int LineChars = 180;

    public static void Run(string file)
    {
        VoiceNet net = new Trainer(Draw(), Frames, PerFrame, Hidden).Train(Epochs, (epoch, loss) => Console.WriteLine(FormattableString.Invariant($"epoch {epoch + 1} of {Epochs}: {loss:F4}")));
        File.WriteAllText(file, Source(net));
    }

    private static Lesson[] Draw()
    {
        var lessons = new Lesson[Lessons];
        int drawn = 0;
        Parallel.For(0, Lessons, i =>
        {
            lessons[i] = Lesson.Draw(i);
            int count = Interlocked.Increment(ref drawn);
            if (count % LessonsTold == 0) { Console.WriteLine(FormattableString.Invariant($"{count} of {Lessons} lessons")); }
        });
        return lessons;
    }

    private static string Source(VoiceNet net)
    {
        var text = new StringBuilder();
        text.Append("namespace Switchhook.Media.Dsp;\n\n/// <summary>\n/// What <see cref=\"VoiceNet\"/> weighs with. Found, not written: <c>dotnet run -c Release --project bench/Switchhook.Hearing -- train FILE</c>\n/// found them.\n/// </summary>\n")
            .Append(CultureInfo.InvariantCulture, $"internal static class VoiceWeights\n{{\n    public static VoiceNet Net {{ get; }} = new(frames: {Frames}, perFrame: {PerFrame}, hidden: {Hidden})\n    {{\n");
        foreach ((string name, float[] weights) in net.Named)
        {
            text.Append(CultureInfo.InvariantCulture, $"        {name} =\n        [\n");
            var line = new StringBuilder();
            foreach (float weight in weights)
            {
                line.Append(line.Length == 0 ? "            " : " ").Append(weight.ToString("#.###", CultureInfo.InvariantCulture) is { Length: > 0 } digits and not "-" ? digits : "0").Append("f,");
                if (line.Length < LineChars) { continue; }
                text.Append(line).Append('\n');
                line.Clear();
            }
            text.Append(line).Append(line.Length > 0 ? "\n" : "").Append("        ],\n");
        }
        return text.Append("    };\n}\n").ToString();
    }
}
