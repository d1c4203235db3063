using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;
using Switchhook.Server.Sessions;

namespace Switchhook.Server.Api;

/// <summary>What the API speaks to. It owns nothing of it.</summary>
internal sealed record ApiParts(CallDirectory Calls, PlainSessions Sessions, ICallStore Store, IEngineFactory Engines, ApiKeys Keys, ClientSecrets Secrets, TimeProvider Time, Random Random)
{
    public LargeMessages Large { get; } = new(Time);

    /// <summary>The model of a session that names none; a call must name one.</summary>
    public required string DefaultModel { get; init; }

    /// <summary>What the session of a call may be.</summary>
    public SessionRulesContext CallRules(ProjectOptions project) => new(Engines.Models) { Prompts = project.Prompts };

    /// <summary>What a session on a socket of its own may be.</summary>
    public SessionRulesContext SocketRules(ProjectOptions project) => new(Engines.Models, DefaultModel, MayTranscribe: true) { Prompts = project.Prompts };

    /// <summary>What is known of a call of this project: of a living one its snapshot, of an ended one its record. Null when the id names none.</summary>
    public async Task<CallRecord?> RecordAsync(string id, ProjectOptions project, CancellationToken cancellation)
    {
        if (!CallId.TryParse(id, out CallId callId)) { return null; }
        if (Calls.Find(callId, project.Id) is { } call) { return call.Record; }
        CallRecord? record = await Store.FindAsync(callId, cancellation);
        return record?.Project == project.Id ? record : null;
    }

    public Call? Living(string id, ProjectOptions project) => CallId.TryParse(id, out CallId callId) ? Calls.Find(callId, project.Id) : null;

    /// <summary>The 404 of an id that names no living call; when the call is known, it says how it ended (S2).</summary>
    public static ApiAnswer Gone(string id, CallRecord? record) =>
        ApiAnswer.NotFound("call_id_not_found", record is null ? Unknown(id) : CallEnding.Describe(record));

    /// <summary>A call that nobody knows, with the likely reason (realtime-api §9, rows 33 and 38).</summary>
    public static string Unknown(string id) =>
        id.StartsWith("live_", StringComparison.Ordinal) ? $"'{Shown(id)}' is the id of a Live session; calls here have ids that begin with rtc_."
        : CallId.TryParse(id, out _) ? $"There is no call '{id}' in this project. It may belong to another project or to another server."
        : $"'{Shown(id)}' is not the id of a call; calls have ids that begin with rtc_.";

    private static string Shown(string id) => Quoted.Clipped(id, 64);
}
