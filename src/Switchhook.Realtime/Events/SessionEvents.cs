using System.Text.Json;
using System.Text.Json.Serialization;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Events;

/// <summary>A patch of the session (§4.2). It is kept as JSON because absent and null mean different things; <see cref="SessionRules"/> reads it.</summary>
public sealed record SessionUpdate(JsonElement Session) : ClientEvent("session.update");

/// <summary>The patch of a transcription session, which a call never is, in the members of the beta.</summary>
public sealed record TranscriptionSessionUpdate(JsonElement Session) : ClientEvent("transcription_session.update");

/// <summary>The first event of every session.</summary>
public sealed record SessionCreated([property: JsonConverter(typeof(SessionConverter))] SessionConfig Session) : ServerEvent("session.created");

/// <summary>The whole session as it is after a patch.</summary>
public sealed record SessionUpdated([property: JsonConverter(typeof(SessionConverter))] SessionConfig Session) : ServerEvent("session.updated");

/// <summary>The whole transcription session after a patch in the members of the beta.</summary>
public sealed record TranscriptionSessionUpdated(FormerTranscriptionSession Session) : ServerEvent("transcription_session.updated");

public sealed record ConversationCreated(ConversationReference Conversation) : ServerEvent("conversation.created");

/// <summary><c>conv_…</c></summary>
public sealed record ConversationReference(string Id)
{
    public string Object { get; } = "realtime.conversation";
}
