using System.Net;

namespace Switchhook.Server.Options;

/// <summary>
/// Where RTP is received: <paramref name="Address"/> is bound, <paramref name="Advertise"/> is written into SDP (null: the
/// address itself, or the one behind the default route when that is every address).
/// <paramref name="Threads"/> null leaves their number to the media plane.
/// </summary>
internal sealed record MediaOptions(IPAddress Address, IPAddress? Advertise, int FirstPort, int LastPort, int? Threads);
