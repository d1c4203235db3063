using Switchhook.Hearing;
using Switchhook.Hearing.Training;

try
{
    if (args is ["train", var file])
    {
        Course.Run(file);
        return 0;
    }
    HearingOptions options = HearingOptions.Parse(args);
    string text = HearingReport.Of(options, $"dotnet run -c Release --project bench/Switchhook.Hearing -- {string.Join(' ', args)}");
    Console.Out.Write(text);
    if (options.Write is { } directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, HearingReport.FileName), text);
    }
    return 0;
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"{wrong.Message}\n{HearingOptions.Usage}");
    return 2;
}
catch (Exception wrong) when (wrong is IOException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine($"{wrong.Message} (espeak-ng makes the speech: apt-get install espeak-ng)");
    return 1;
}
