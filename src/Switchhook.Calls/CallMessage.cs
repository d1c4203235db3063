using System.Text.Json;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;
using Switchhook.Media;
using Switchhook.Realtime;
using Switchhook.Realtime.Events;
using Switchhook.Realtime.Session;
using Switchhook.Sip;

namespace Switchhook.Calls;

/// <summary>What can be said to a call. A closed hierarchy, in four families: the API, the SIP plane, the engine, and the call's own.</summary>
public abstract record CallMessage
{
    private protected CallMessage() { }

    // From the API. These are asked, and answered with a CallAnswer.

    /// <summary>Answered when 200 OK is on the wire: <paramref name="Config"/> is validated, <paramref name="Body"/> is what was sent.</summary>
    public sealed record Accept(SessionConfig Config, JsonElement Body) : CallMessage;

    /// <summary>Answered when the final response is on its way. <paramref name="Status"/> is 300 to 699.</summary>
    public sealed record Reject(int Status) : CallMessage;

    /// <summary>Answered when the peer has answered REFER. <paramref name="Target"/> is a sip, sips or tel URI.</summary>
    public sealed record Refer(string Target) : CallMessage;

    /// <summary>Answered when teardown begins.</summary>
    public sealed record Hangup : CallMessage;

    /// <summary>Something for the history that only the teller knows, such as a REST request.</summary>
    public sealed record Note(Plane Plane, string Kind, string Text, ReadOnlyMemory<byte> Data) : CallMessage;

    // From the SIP plane.

    internal sealed record Sip(SipEvent Event) : CallMessage;

    // From the engine.

    internal sealed record EngineReady(IVoiceEngine Engine) : CallMessage;

    internal sealed record EngineFailed(RealtimeError Error) : CallMessage;

    internal sealed record EngineSaid(ServerEvent Event) : CallMessage;

    /// <summary>The engine says nothing more. When it was not asked to finish, <paramref name="Because"/> and <paramref name="Fault"/> tell why.</summary>
    internal sealed record EngineFinished(EndedBecause Because, string Fault) : CallMessage;

    // From the media plane.

    internal sealed record Heard(MediaEvent Event) : CallMessage;

    // From sidebands.

    internal sealed record Attached(Sideband Sideband, string? StartingAfter) : CallMessage;

    internal sealed record Detached(Sideband Sideband) : CallMessage;

    /// <param name="Sideband">Whose client.</param>
    /// <param name="Event">What it says.</param>
    /// <param name="Bytes">How much text it said that in.</param>
    internal sealed record FromClient(Sideband Sideband, ClientEvent Event, int Bytes) : CallMessage
    {
        /// <summary>Done when the engine has heard it, or its client was told why not; at once while it is kept for a session to come.</summary>
        public Task Hearing { get; set; } = Task.CompletedTask;
    }

    // The call's own.

    internal sealed record TimedOut : CallMessage;

    /// <summary>The phone cannot be answered: no port, or an answer that could not be made.</summary>
    internal sealed record CannotAnswer(SipCause Cause, EndedBecause Because) : CallMessage;

    /// <summary>The process goes down.</summary>
    internal sealed record Shutdown : CallMessage;

    /// <summary>Something of ours broke, or a queue that may not be full was full.</summary>
    internal sealed record Broken(EndedBecause Because) : CallMessage;
}
