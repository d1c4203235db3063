using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switchhook.Calls.Ports;
using Switchhook.Server.Observability;

namespace Switchhook.Server.Tests.Observability;

public sealed class CallLogTests
{
    /// <summary>A terminal obeys what it is sent, and a line of log ends where its text says.</summary>
    [Fact]
    public void What_a_caller_wrote_is_one_line_and_commands_nothing()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Lines lines = new();
        CallLog log = new(new CallMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System, lines);
        log.Born(new CallRecord
        {
            Id = default,
            Project = "proj_a",
            State = CallState.Ringing,
            SipCallId = "1@pc33",
            From = "\"Ada\u001b[2J\" <sip:ada@example.com>",
            To = "<sip:proj_a@example.net>\u009b2J\r\nrtc_2 rings",
            Peer = "udp 203.0.113.5:5060",
            CreatedAt = default,
        });
        string line = Assert.Single(lines.Written);
        Assert.Contains("\"Ada [2J\" <sip:ada@example.com> calls <sip:proj_a@example.net> 2J  rtc_2 rings through", line, StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<CallLog>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
