using System.Globalization;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Tests.Rtp;

public sealed class RtpSequenceTests
{
    // RFC 3550 A.1. Extended numbers, "x" for rejected, "!" before a restart.
    public static TheoryData<string, string, string> Stories => Table.Three("""
        numbers                         | extended                   | expected/received
        10 11 12                        | 10 11 12                   | 3/3
        10 12 11                        | 10 12 11                   | 3/3
        10 13                           | 10 13                      | 4/2
        10 10 11                        | 10 10 11                   | 2/3
        65534 65535 0 1                 | 65534 65535 65536 65537    | 4/4
        65535 1 0                       | 65535 65537 65536          | 3/3
        65535 0 65534 1                 | 65535 65536 65534 65537    | 3/4
        0 65535                         | 0 -1                       | 1/2
        10 3009                         | 10 3009                    | 3000/2
        10 3010                         | 10 x                       | 1/1
        10 40000 11                     | 10 x 11                    | 2/2
        10 40000 40001 40002            | 10 x !40001 40002          | 2/2
        10 40000 11 40001 12            | 10 x 11 x 12               | 3/3
        200 101                         | 200 101                    | 1/2
        200 100 101                     | 200 x 101                  | 1/2
        """);

    [Theory]
    [MemberData(nameof(Stories))]
    public void Follows_appendix_A_1(string numbers, string extended, string counts)
    {
        var sequence = new RtpSequence();
        var told = new List<string>();
        foreach (string number in numbers.Split(' '))
        {
            SequenceVerdict verdict = sequence.Judge(ushort.Parse(number, CultureInfo.InvariantCulture), out long value);
            told.Add(verdict switch { SequenceVerdict.Rejected => "x", SequenceVerdict.Restarted => $"!{value}", _ => $"{value}" });
        }
        Assert.Equal(extended, string.Join(' ', told));
        Assert.Equal(counts, $"{sequence.Expected}/{sequence.Received}");
    }
}
