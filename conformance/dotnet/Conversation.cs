using OpenAI.Realtime;

namespace Switchhook.Conformance;

/// <summary>What an application made with the SDK does on a call, and what it must have been told at the end.</summary>
internal sealed class Conversation(RealtimeSessionClient session)
{
    private const string Instructions = "Book tables.";

    private readonly List<string> _said = [];
    private string? _answeredCall;
    private string? _asked;
    private string? _keys;
    private string? _cancelled;
    private bool _wasUpdated;
    private bool _hasWritten;
    private long _tokens;

    public List<string> Types { get; } = [];

    /// <summary>All was said that there was to say.</summary>
    public bool IsOver { get; private set; }

    public async Task HearAsync(RealtimeServerUpdate update, CancellationToken cancellation)
    {
        Types.Add(update.Kind.ToString());
        IsOver = false;
        switch (update)
        {
            case RealtimeServerUpdateSessionCreated { Session: RealtimeConversationSession created }:
                Check.That(created.Tools is [RealtimeFunctionTool { FunctionName: "book_table" }], "session.created has the function of the accept");
                await session.ConfigureConversationSessionAsync(Options(), cancellation);
                await session.SendCommandAsync(new RealtimeClientCommandResponseCancel { EventId = "mine" }, cancellation);
                break;

            case RealtimeServerUpdateSessionUpdated { Session: RealtimeConversationSession updated }:
                _wasUpdated = updated.Instructions == Instructions && updated.Tools.Count == 1
                    && updated.AudioOptions.InputAudioOptions.TurnDetection is RealtimeServerVadTurnDetection { SilenceDuration.TotalMilliseconds: 1200 };
                break;

            case RealtimeServerUpdateError error:
                _cancelled = $"{error.Error.EventId} {error.Error.Code} {error.Error.Kind}";
                break;

            case RealtimeServerUpdateInputAudioBufferDtmfEventReceived key:
                _keys += key.Event;
                break;

            case RealtimeServerUpdateConversationItemInputAudioTranscriptionCompleted heard:
                await session.RequestItemRetrievalAsync(heard.ItemId, cancellation);
                break;

            case RealtimeServerUpdateConversationItemRetrieved { Item: RealtimeMessageItem { Content: [RealtimeInputAudioMessageContentPart audio] } }:
                _asked = audio.Transcript;
                break;

            case RealtimeServerUpdateResponseDone { Response: var response }:
                _tokens += response.Usage.TotalTokenCount ?? 0;
                if (response.OutputItems is [RealtimeFunctionCallItem call]) { await AnswerAsync(call, cancellation); }
                break;

            case RealtimeServerUpdateResponseOutputAudioTranscriptDone said:
                _said.Add(said.Transcript);
                break;

            case RealtimeServerUpdateOutputAudioBufferStopped when !_hasWritten:
                _hasWritten = true;
                await session.AddItemAsync(new RealtimeMessageItem(RealtimeMessageRole.User, [new RealtimeInputTextMessageContentPart("Is there a garden?")]), cancellation);
                await session.StartResponseAsync(cancellation);
                break;

            case RealtimeServerUpdateOutputAudioBufferStopped:
                IsOver = true;
                break;
        }
    }

    public void CheckAll()
    {
        Check.That(_wasUpdated, "the session was not updated as asked");
        Check.Same([_cancelled ?? "nothing"], ["mine response_cancel_not_active invalid_request_error"], "the error");
        Check.Same([_keys ?? "none"], ["5"], "the keys");
        Check.Same([_asked ?? "nothing"], ["I would like a table for two people."], "the caller's words, read back");
        Check.Same([_answeredCall ?? "none"], ["book_table {\"people\":2,\"time\":\"19:00\"}"], "the function call");
        Check.Same(_said, ["Table seven is yours.", "You wrote to me."], "what was said");
        Check.That(_tokens > 0, "no usage was told");
        Check.That(Types[0] == "session.created" && Types[^1] == "call.ended", $"{Types[0]} … {Types[^1]}");
    }

    private async Task AnswerAsync(RealtimeFunctionCallItem call, CancellationToken cancellation)
    {
        _answeredCall = $"{call.FunctionName} {call.FunctionArguments}";
        await session.AddItemAsync(new RealtimeFunctionCallOutputItem(call.CallId, "Table 7"), cancellation);
        await session.StartResponseAsync(cancellation);
    }

    private static RealtimeConversationSessionOptions Options() => new()
    {
        Instructions = Instructions,
        AudioOptions = new RealtimeConversationSessionAudioOptions
        {
            InputAudioOptions = new RealtimeConversationSessionInputAudioOptions
            {
                TurnDetection = new RealtimeServerVadTurnDetection { SilenceDuration = TimeSpan.FromMilliseconds(1200) },
            },
        },
    };
}
