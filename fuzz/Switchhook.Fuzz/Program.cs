using System.Diagnostics;
using System.Globalization;
using Switchhook.Fuzz;
using Switchhook.Fuzz.Targets;

// A new target is a file in Targets/ and a line here.
IFuzzTarget[] targets =
[
    new SipMessageTarget(),
    new StreamFramerTarget(),
    new SdpTarget(),
    new MediaTarget(),
];

// A seed is one input; the smoke run is the same everywhere and takes seconds.
const int SmokeSeeds = 20_000;

switch (args)
{
    case ["smoke"]:
        return targets.All(target => RunSeeds(target, SmokeSeeds)) ? 0 : 1;
    case ["all", "--minutes", var text] when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double minutes) && minutes > 0:
        return RunFor(TimeSpan.FromMinutes(minutes)) ? 0 : 1;
    case [var name, var text] when Array.Find(targets, target => target.Name == name) is { } target
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seed):
        return Run(target, seed, tell: true) ? 0 : 1;
    default:
        Console.Error.WriteLine("""
            usage: fuzz smoke                   the first seeds of every target
                   fuzz all --minutes N         every target in turn, from a seed made of the clock
                   fuzz TARGET SEED             one input again, and what it was
            """);
        Console.Error.WriteLine($"targets: {string.Join(", ", targets.Select(target => target.Name))}");
        return 2;
}

bool RunSeeds(IFuzzTarget target, int count)
{
    var watch = Stopwatch.StartNew();
    for (int seed = 0; seed < count; seed++)
    {
        if (!Run(target, seed, tell: false)) { return false; }
    }
    Console.WriteLine($"{target.Name}: {count} seeds in {watch.ElapsedMilliseconds} ms");
    return true;
}

bool RunFor(TimeSpan time)
{
    const int SeedsPerTurn = 2_000;
    var watch = Stopwatch.StartNew();
    TimeSpan told = TimeSpan.Zero;
    int first = (int)(Stopwatch.GetTimestamp() & 0x3FFF_FFFF);
    long inputs = 0;
    Console.WriteLine($"from seed {first}");
    for (int next = first; watch.Elapsed < time; next = (next + SeedsPerTurn) & 0x3FFF_FFFF)
    {
        foreach (IFuzzTarget target in targets)
        {
            for (int seed = next; seed < next + SeedsPerTurn; seed++)
            {
                if (!Run(target, seed, tell: false)) { return false; }
                inputs++;
            }
        }
        if (watch.Elapsed - told < TimeSpan.FromSeconds(5)) { continue; }
        told = watch.Elapsed;
        Console.WriteLine($"{told.TotalSeconds:F0} s: {inputs} inputs, {inputs / told.TotalSeconds:F0} a second, at seed {next}");
    }
    Console.WriteLine($"{inputs} inputs, nothing broke");
    return true;
}

static bool Run(IFuzzTarget target, int seed, bool tell)
{
    var random = new Random(seed);
    byte[] input = new Mutator(random).Mutate(target.Corpus);
    if (tell) { Console.WriteLine($"{target.Name} {seed}: {input.Length} bytes\n{Convert.ToHexString(input)}"); }
    try
    {
        target.Run(input, random);
        return true;
    }
    // Any exception is a finding, whatever its type: that is what this program is for.
    catch (Exception exception)
    {
        Console.Error.WriteLine($"FAILED: fuzz {target.Name} {seed}\n{Convert.ToHexString(input)}\n{exception}");
        return false;
    }
}
