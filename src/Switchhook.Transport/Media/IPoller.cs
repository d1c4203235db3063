namespace Switchhook.Transport.Media;

/// <summary>Says which sockets of one media thread have something to read. Belongs to that thread; never waits.</summary>
internal interface IPoller : IDisposable
{
    void Add(RtpSocket socket, int token);

    /// <summary>What was not added is not there any more either.</summary>
    void Remove(RtpSocket socket, int token);

    /// <summary>Tokens of readable sockets; those that found no room are told the next time.</summary>
    int Poll(Span<int> readable);
}
