using Switchhook.Server.Cli;

namespace Switchhook.Server.Tests.Cli;

/// <summary>What <c>switchhook call</c> takes on its command line.</summary>
public sealed class CallCommandTests
{
    [Theory]
    [InlineData("0123456789*#ABCD", null)]
    [InlineData("1e", "--dtmf takes the keys 0-9, *, # and A-D")]
    [InlineData("12345678901234567890123456789012", null)]
    [InlineData("123456789012345678901234567890123", "--dtmf takes at most 32 keys")]
    public void Keys_are_those_of_a_phone_and_as_many_as_it_sends(string keys, string? error) =>
        Assert.Equal(error, CallCommand.Create().Parse(["sip:a@127.0.0.1", "--dtmf", keys]).Errors.SingleOrDefault()?.Message);
}
