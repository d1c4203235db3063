namespace Switchhook;

/// <summary>
/// Every limit of the system, with its reason. A limit that is configurable has its default here.
/// Each room has its file: Sip, Media, Calls, Session, Mcp, Engines, Api, and Storage with the webhooks.
/// </summary>
public static partial class Limits;
