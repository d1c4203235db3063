namespace Switchhook.Server.Sessions;

/// <summary>Why a session without a call ended.</summary>
internal enum SessionEnd : byte
{
    /// <summary>The client closed its socket.</summary>
    Closed,
    /// <summary>The connection broke, or a ping stayed unanswered.</summary>
    Lost,
    /// <summary>The client did not read what it was sent.</summary>
    TooSlow,
    /// <summary>It sent what is not taken: a binary message, one that is too large or takes too long, or large ones by too many at once.</summary>
    Refused,
    /// <summary>Its hour is over.</summary>
    SessionExpired,
    EngineLost,
    Shutdown,
}
