using Switchhook.Engines.Speech;
using Switchhook.Realtime.Session;

namespace Switchhook.Engines.Scripted;

/// <summary>One response while the script generates it.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Next">The next part of the answer.</param>
internal sealed record Generation(ResponseRequest Request, Func<ScriptAct> Next)
{
    /// <summary>The line that is being synthesized.</summary>
    public Task<SpokenLine>? Line { get; set; }

    /// <summary>Nothing is generated before.</summary>
    public Instant ResumesAt { get; set; }

    /// <summary>True when it was completed, or given up because the session wants no more of it.</summary>
    public bool IsOver { get; set; }

    /// <summary>True when something was said already: the next line of the message is parted from it by a blank.</summary>
    public bool HasSpoken { get; set; }
}
