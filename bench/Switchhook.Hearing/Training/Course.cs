using System.Globalization;
using System.Text;
using Switchhook.Media.Dsp;

namespace Switchhook.Hearing.Training;

/// <summary><c>train FILE</c>: finds weights for <see cref="VoiceActivity"/> and writes them as its source. Ten minutes on two cores; the lessons share neither talkers nor sentences with the tables.</summary>
internal static class Course
{
    private const int Lessons = 2500, Epochs = 12;
    private const int Frames = 16, PerFrame = 16, Hidden = 16;
    private const int LineChars = 180;

    public static void Run(string file)
    {
        Lesson[] lessons = new Lesson[Lessons];
        Parallel.For(0, Lessons, i => lessons[i] = Lesson.Draw(i));
        VoiceNet net = new Trainer(lessons, Frames, PerFrame, Hidden).Train(Epochs, (epoch, loss) => Console.WriteLine(FormattableString.Invariant($"epoch {epoch + 1} of {Epochs}: {loss:F4}")));
        File.WriteAllText(file, Source(net));
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
                line.Append(line.Length == 0 ? "            " : " ").Append(weight.ToString("0.#####", CultureInfo.InvariantCulture)).Append("f,");
                if (line.Length < LineChars) { continue; }
                text.Append(line).Append('\n');
                line.Clear();
            }
            text.Append(line).Append(line.Length > 0 ? "\n" : "").Append("        ],\n");
        }
        return text.Append("    };\n}\n").ToString();
    }
}
