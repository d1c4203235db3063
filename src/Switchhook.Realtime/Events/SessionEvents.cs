using System.Text.Json;
using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Events;

/// <summary>A patch of the session (§4.2). It is kept as JSON because absent and null mean different things; <see cref="SessionRules"/> reads it.</summary>
public sealed record SessionUpdate(JsonElement Session) : ClientEvent("session.update");

/// <summary>The patch of a transcription session, which a call never is.</summary>
public sealed record TranscriptionSessionUpdate(JsonElement Session) : ClientEvent("transcription_session.update");

/// <summary>The first event of every session.</summary>
public sealed record SessionCreated(SessionConfig Session) : ServerEvent("session.created");

/// <summary>The whole session as it is after a patch.</summary>
public sealed record SessionUpdated(SessionConfig Session) : ServerEvent("session.updated");

public sealed record ConversationCreated(ConversationReference Conversation) : ServerEvent("conversation.created");

/// <summary><c>conv_…</c></summary>
public sealed record ConversationReference(string Id)
{
    public string Object { get; } = "realtime.conversation";
}
