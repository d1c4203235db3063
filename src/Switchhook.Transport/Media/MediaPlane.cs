using System.Net;
using System.Net.Sockets;
using Switchhook.Calls.Ports;

namespace Switchhook.Transport.Media;

public sealed record MediaPlaneOptions
{
    /// <summary>The address to which RTP sockets are bound.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The address written into SDP; by default <see cref="Address"/>, or the one behind the default route when that is "any".</summary>
    public IPAddress? Advertised { get; init; }

    public int FirstPort { get; init; } = 20_000;

    public int LastPort { get; init; } = 29_999;

    /// <summary>Media threads; by default one for every two cores.</summary>
    public int? Threads { get; init; }

    /// <summary>The last part of every wait that a thread spends looking at the clock instead of sleeping: costs processor time, buys punctuality.</summary>
    public TimeSpan Spin { get; init; }

    /// <summary>Do without the calls of Linux, as on other systems.</summary>
    public bool Portable { get; init; }
}

/// <summary>All media threads and all RTP ports of the process.</summary>
public sealed class MediaPlane : IMediaPlane, IAsyncDisposable
{
    private readonly MediaPlaneOptions _options;
    private readonly IPAddress _advertised;
    private readonly bool _native;
    private readonly PortRange _ports;
    private readonly MediaThread[] _threads;

    /// <summary>Throws when the options cannot work: an address that is not ours, a range without a pair.</summary>
    public MediaPlane(MediaPlaneOptions options, TimeProvider time, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _native = Libc.IsAvailable && !options.Portable;
        bool any = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        _advertised = options.Advertised ?? (any ? LocalAddress.Default() : options.Address);
        _ports = new PortRange(options.FirstPort, options.LastPort, random);
        ProveAddress(options.Address);
        int threads = options.Threads ?? Math.Max(1, Environment.ProcessorCount / 2);
        _threads = [.. Enumerable.Range(0, threads).Select(index => new MediaThread($"media {index}", time, random, options.Spin, _native))];
    }

    public MediaCounters Counters => _threads.Aggregate(new MediaCounters(), (sum, thread) => sum.Plus(thread.Counters));

    /// <summary>How late the threads' ticks were.</summary>
    public LatenessSnapshot Lateness => _threads.Aggregate(LatenessSnapshot.Empty, (sum, thread) => sum.Plus(thread.Lateness.Read()));

    /// <summary>The first of our own mistakes that ended a session, for the log; <see cref="MediaCounters.Faults"/> counts them all.</summary>
    public Exception? FirstFault => _threads.Select(thread => thread.FirstFault).FirstOrDefault(fault => fault is not null);

    public int PortPairs => _ports.Pairs;

    public int PortPairsInUse => _ports.InUse;

    IMediaLeg? IMediaPlane.Open() => OpenLeg();

    /// <summary>As <see cref="IMediaPlane.Open"/>, for a phone, which also presses keys.</summary>
    public MediaLeg? OpenLeg()
    {
        for (int attempt = 0; attempt < Limits.PortAttempts && _ports.TryTake(out ushort port); attempt++)
        {
            RtpSocket? rtp = null;
            try
            {
                rtp = RtpSocket.Bind(_options.Address, port, _native);
                RtpSocket rtcp = RtpSocket.Bind(_options.Address, port + 1, _native);
                MediaThread thread = _threads.MinBy(candidate => candidate.Load)!;
                thread.Assign();
                return new MediaLeg(thread, rtp, rtcp, PeerAddress.From(_advertised, port), _ =>
                {
                    thread.Dismiss();
                    _ports.PutBack(port);
                });
            }
            catch (SocketException)
            {
                // Another program has one of the two, or we have no descriptors left: the next pair, while attempts last.
                rtp?.Dispose();
                _ports.PutBack(port);
            }
        }
        return null;
    }

    /// <summary>Closes every leg that has started and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (MediaThread thread in _threads) { await thread.DisposeAsync(); }
    }

    private static void ProveAddress(IPAddress address)
    {
        try
        {
            RtpSocket.Bind(address, port: 0, native: false).Dispose();
        }
        catch (SocketException refused)
        {
            throw new IOException($"RTP sockets cannot be bound to {address}: {refused.Message}", refused);
        }
    }
}
