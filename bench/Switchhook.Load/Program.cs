using Switchhook.Load;
using Switchhook.Media;
using Switchhook.Media.Codecs;
using Switchhook.Server.Cli;

const string speech = "samples/speech/a-table-for-two.wav";
const int turnMs = 10_000;

try
{
    LoadOptions options = LoadOptions.Parse(args);
    if (!OperatingSystem.IsLinux() || !BitConverter.IsLittleEndian) { throw new PlatformNotSupportedException("the load tool uses calls of Linux"); }
    LoadReport report = new($"dotnet run -c Release --project bench/Switchhook.Load -- {string.Join(' ', args)}");
    bool isGood = true;
    foreach (int calls in options.Calls)
    {
        LoadResult result = await new LoadRun(options, calls, CallersWords()).RunAsync();
        report.Add(result);
        isGood &= !result.Faults.Any();
        Console.Error.WriteLine($"{calls} calls: {(result.Faults.Any() ? string.Join("; ", result.Faults) : "good")}");
    }
    string text = report.ToString();
    Console.Out.Write(text);
    if (options.Write is { } directory)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, LoadReport.FileName), text);
    }
    return isGood ? 0 : 1;
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"{wrong.Message}\n{LoadOptions.Usage}");
    return 2;
}
catch (Exception wrong) when (wrong is IOException or TimeoutException or PlatformNotSupportedException)
{
    Console.Error.WriteLine(wrong.Message);
    return 1;
}

// Recorded speech, then the faint noise of a quiet room until the turn is over: digital silence would be too easy.
static byte[] CallersWords()
{
    short[] said = PhoneWave.Read(speech);
    short[] turn = new short[PhoneWave.SampleRate * turnMs / 1000];
    Random noise = new(1);
    for (int at = 0; at < turn.Length; at++) { turn[at] = (short)((at < said.Length ? said[at] : 0) + noise.Next(-12, 13)); }
    byte[] codes = new byte[turn.Length];
    G711.Encode(AudioCodec.Pcmu, turn, codes);
    return codes;
}
