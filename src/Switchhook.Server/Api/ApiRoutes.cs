using Switchhook.Realtime.Session;
using Switchhook.Server.Api.Shapes;

namespace Switchhook.Server.Api;

/// <summary>Everything the REST API can be asked, below <c>/v1</c> and, for Azure's clients, below <c>/openai/v1</c>.</summary>
internal static class ApiRoutes
{
    private const string Calls = "/realtime/calls";
    private const string OneCall = Calls + "/{id}";

    private static readonly (int, string) Invalid = (400, "The body or a parameter is wrong; `param` names it.");
    private static readonly (int, string) Unauthorized = (401, "The key is missing or not one of this server's projects.");
    private static readonly (int, string) NotFound = (404, "No such call in this project, or it has ended; the message says how (`call_id_not_found`).");
    private static readonly (int, string) Busy = (503, "The call cannot take requests at the moment; Retry-After says when to ask again.");

    private static readonly (int, string) Retired = (410, "The message names the successor.");

    public static ApiRoute Accept { get; } = new("POST", OneCall + "/accept", "acceptCall", "Accept a ringing call")
    {
        Text = "The body is the session itself. Answered when the phone was answered; what is invalid never reaches the caller's ear. Repeated with the same body it has the effect of one.",
        Takes = typeof(SessionConfig),
        Example = """{"type":"realtime","model":"scripted-greeter","instructions":"Answer briefly.","audio":{"output":{"voice":"marin"}}}""",
        Errors = [Invalid, Unauthorized, NotFound, (502, "The model could not be opened; the phone still rings."), Busy],
    };

    public static ApiRoute Reject { get; } = new("POST", OneCall + "/reject", "rejectCall", "Refuse a ringing call")
    {
        Takes = typeof(RejectRequest),
        Example = """{"status_code":486}""",
        MayTakeNothing = true,
        Errors = [Invalid, Unauthorized, NotFound, Busy],
    };

    public static ApiRoute Hangup { get; } = new("POST", OneCall + "/hangup", "hangupCall", "End a call")
    {
        Errors = [Invalid, Unauthorized, NotFound, Busy],
    };

    public static ApiRoute Refer { get; } = new("POST", OneCall + "/refer", "referCall", "Transfer a call")
    {
        Text = "Sends REFER inside the call. 200 when the peer took it; otherwise 400 `refer_rejected` with the peer's SIP status.",
        Takes = typeof(ReferRequest),
        Example = """{"target_uri":"tel:+14155550123"}""",
        Errors = [Invalid, Unauthorized, NotFound, Busy],
    };

    public static ApiRoute ListCalls { get; } = new("GET", Calls, "listCalls", "Calls, newest first")
    {
        Answers = typeof(CallPage),
        Query = [new("limit", "1 to 100, otherwise 20.", IsNumber: true), new("before", "The id of a call: only older ones.")],
        Errors = [Invalid, Unauthorized],
    };

    public static ApiRoute GetCall { get; } = new("GET", OneCall, "getCall", "One call")
    {
        Answers = typeof(CallObject),
        Errors = [Unauthorized, NotFound],
    };

    public static ApiRoute GetTimeline { get; } = new("GET", OneCall + "/timeline", "getCallTimeline", "The history of a call")
    {
        Text = "With `Accept: text/event-stream` all of it and then what happens next, as server-sent events; a client that reconnects goes on after its Last-Event-ID, and is answered 204 when there is nothing more.",
        Answers = typeof(TimelinePage),
        Query = [new("after", "Only entries after this sequence.", IsNumber: true), new("limit", "1 to 10,000, otherwise 1,000.", IsNumber: true)],
        Errors = [Invalid, Unauthorized, NotFound],
    };

    public static ApiRoute Explain { get; } = new("GET", OneCall + "/explanation", "explainCall", "A call in words")
    {
        Answers = typeof(ExplanationObject),
        Errors = [Unauthorized, NotFound],
    };

    public static ApiRoute GetRecording { get; } = new("GET", OneCall + "/recording", "getCallRecording", "The stereo recording of a call that has ended")
    {
        Text = "Caller left, model right. Ranges are served.",
        Answers = typeof(byte[]),
        AnswerType = "audio/wav",
        Errors = [Unauthorized, (404, "No such call, it still goes on (`recording_not_ready`), or it was not recorded (`recording_not_found`).")],
    };

    public static ApiRoute CreateClientSecret { get; } = new("POST", "/realtime/client_secrets", "createClientSecret", "A key for a browser, and the session that it opens")
    {
        Text = "The key opens WebSockets to /v1/realtime that begin with this session, as many as are asked for before it expires, and nothing else.",
        Takes = typeof(ClientSecretBody),
        Example = """{"expires_after":{"seconds":600},"session":{"type":"realtime","model":"scripted-greeter","audio":{"output":{"voice":"marin"}}}}""",
        MayTakeNothing = true,
        Answers = typeof(ClientSecret),
        Errors = [Invalid, Unauthorized, (429, "The sessions of all keys that have not expired fill their room; Retry-After says when the next one expires.")],
    };

    public static ApiRoute CreateSession { get; } = new("POST", "/realtime/sessions", "createSession", "Retired: use /realtime/client_secrets")
    {
        IsRetired = true,
        Errors = [Retired],
    };

    public static ApiRoute CreateTranscriptionSession { get; } = CreateSession with { Path = "/realtime/transcription_sessions", Name = "createTranscriptionSession" };

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Accept, Reject, Hangup, Refer, ListCalls, GetCall, GetTimeline, Explain, GetRecording,
        CreateClientSecret, CreateSession, CreateTranscriptionSession,
    ];
}
