namespace Switchhook;

/// <summary>Every limit of the system, with its reason. A limit that is configurable has its default here.</summary>
public static class Limits
{
    // Signalling

    /// <summary>A SIP message over UDP or TCP: the largest datagram there is.</summary>
    public const int SipMessageBytes = 65_535;

    /// <summary>Header lines in one message. The largest INVITEs of carriers seen have about 60.</summary>
    public const int SipHeaders = 256;

    /// <summary>A session description. Offers of browsers with video have about 8 KB, of phones 1 KB.</summary>
    public const int SdpBytes = 16_384;

    /// <summary>m= lines of one session description; each must be answered, also the refused ones.</summary>
    public const int SdpMedia = 16;

    /// <summary>Formats of one session description, of all its m= lines.</summary>
    public const int SdpFormats = 256;

    /// <summary>a= lines of one session description.</summary>
    public const int SdpAttributes = 512;

    /// <summary>The sentence of a Reason or Warning. It may quote the peer, whose datagram must not buy an answer many times its size.</summary>
    public const int SipCauseChars = 512;

    /// <summary>Transactions alive at once; an INVITE that would be one too many is answered 503.</summary>
    public const int SipTransactions = 16_384;

    /// <summary>On top of that, for requests of dialogs and CANCELs only: a flood of INVITEs must keep nobody from hanging up.</summary>
    public const int SipTransactionsInDialogs = 4_096;

    /// <summary>Answers of different phones to one forked INVITE of ours; each loser gets its ACK and BYE. More are ignored.</summary>
    public const int SipForks = 16;

    /// <summary>Dialogs alive at once: one a call, and the dialogs of ended calls while they wait for an ACK.</summary>
    public const int SipDialogs = 8_192;

    /// <summary>How long an INVITE may go without a final answer: RFC 3261 timer C asks for more than 3 minutes. Then it is refused, or cancelled.</summary>
    public static readonly TimeSpan SipRinging = TimeSpan.FromMinutes(3);

    /// <summary>Listener → pump. Full: drop and count; UDP peers retransmit, TCP readers pause.</summary>
    public const int SipInputs = 8_192;

    /// <summary>Calls → pump. Full: the call that asks ends as overloaded.</summary>
    public const int SipCommands = 4_096;

    /// <summary>TCP connections of peers open at once; one too many is closed at accept.</summary>
    public const int SipConnections = 1_024;

    /// <summary>A TCP connection on which nothing was said for so long, and that no dialog needs, is closed.</summary>
    public static readonly TimeSpan SipConnectionIdle = TimeSpan.FromMinutes(15);

    /// <summary>Messages waiting to be written to one TCP connection. Full: the peer does not read, the connection is closed.</summary>
    public const int SipConnectionOutgoing = 256;

    /// <summary>Their bytes together: as many messages of the usual size, so that large ones do not take a thousand times the room.</summary>
    public const int SipConnectionOutgoingBytes = 256 * 1024;

    /// <summary>How long a peer may take to accept a TCP connection we open: less than 64·T1, so that the transaction learns why.</summary>
    public static readonly TimeSpan SipConnect = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a message over TCP may take from its first byte to its last, either way, and how long a peer that has connected
    /// may say nothing: 64·T1, after which nobody waits for it.
    /// </summary>
    public static readonly TimeSpan SipFrame = TimeSpan.FromSeconds(32);

    // Media

    /// <summary>Idle frames kept for re-use, per sample rate: 8,192 × 320 B = 2.6 MB.</summary>
    public const int PooledFrames = 8_192;

    /// <summary>Datagrams taken from one RTP socket in one round (2 ms): a caller sends one in ten rounds; a flood waits, and its excess is the kernel's to drop.</summary>
    public const int RtpDrain = 8;

    /// <summary>The kernel's buffer of one RTP socket: about half a second of G.711, which a stalled thread may catch up with.</summary>
    public const int RtpReceiveBufferBytes = 64 * 1024;

    /// <summary>Port pairs tried before a call is told that none is free: enough to step over what other programs hold.</summary>
    public const int PortAttempts = 1_024;

    /// <summary>A tick later than this is counted: a whole frame, which the peer's jitter buffer had to cover.</summary>
    public static readonly TimeSpan LateTick = TimeSpan.FromMilliseconds(20);

    /// <summary>Slots of the jitter buffer: 64 × 20 ms = 1.28 s. Full: the oldest goes.</summary>
    public const int JitterSlots = 64;

    /// <summary>Audio of one RTP packet: 60 ms of G.711, the longest ptime in use. A longer one is dropped and counted.</summary>
    public const int RtpPayloadBytes = 480;

    /// <summary>What the jitter buffer adds at least: one frame, so that packet and tick need not be in phase.</summary>
    public static readonly TimeSpan JitterDelayMin = TimeSpan.FromMilliseconds(20);

    /// <summary>What the jitter buffer adds at most; beyond that a conversation suffers more than from a gap.</summary>
    public static readonly TimeSpan JitterDelayMax = TimeSpan.FromMilliseconds(200);

    /// <summary>Packets left in a session's outbox by one input: a tick sends two of 10 ms, a report and a goodbye. Full: the oldest goes.</summary>
    public const int MediaPackets = 4;

    /// <summary>Events left in a session's outbox by the inputs of one tick. Full: the oldest goes.</summary>
    public const int MediaEvents = 64;

    /// <summary>Speech inside a media session: 100 ms, enough to bridge a late driver; the rest waits in front of it, where it can be cut.</summary>
    public const int PlayoutFrames = 5;

    /// <summary>Keys waiting to be sent. Full: the next one is refused.</summary>
    public const int DigitsToSend = 32;

    /// <summary>Packets in a row from elsewhere until RTP is sent there (symmetric RTP): two, so that one stray packet moves nothing.</summary>
    public const int LatchPackets = 2;

    /// <summary>The same after SDP has moved the peer: 500 ms, in which packets of the old place are still on their way.</summary>
    public const int LatchPacketsAfterUpdate = 25;

    /// <summary>Packets in a row from a new address until it takes over a stream (O10).</summary>
    public const int TakeoverPackets = 5;

    /// <summary>How long the old address must have been silent before a new one may take over: a live stream cannot be stolen.</summary>
    public static readonly TimeSpan TakeoverSilence = TimeSpan.FromMilliseconds(200);

    /// <summary>A tick that comes so late was not late but left out: the clock of the stream skips what is missing.</summary>
    public static readonly TimeSpan TickBehind = TimeSpan.FromMilliseconds(200);

    /// <summary>Between RTCP reports, on average (RFC 3550 §6.2).</summary>
    public static readonly TimeSpan RtcpInterval = TimeSpan.FromSeconds(5);

    /// <summary>Media → engine: 2 s of the caller's voice. Full: the oldest goes; the engine is late, silence is wrong.</summary>
    public const int HeardFrames = 100;

    /// <summary>Engine → playout: 120 s. Full: stop reading the engine; models speak faster than time.</summary>
    public const int SpokenFrames = 6_000;

    /// <summary>Media → recorder: 5 s. Full: a gap is marked in the file.</summary>
    public const int RecordedFrames = 250;

    /// <summary>No RTP from the caller for so long, while not held: the call ends as lost (L30: only inbound RTP counts).</summary>
    public static readonly TimeSpan MediaSilence = TimeSpan.FromSeconds(60);

    /// <summary>Playout starts this long after ACK when no RTP has come from the caller (L20).</summary>
    public static readonly TimeSpan PlayoutAfterAck = TimeSpan.FromMilliseconds(200);

    // The call

    /// <summary>Messages waiting for one call. Full: the call is sick and ends as overloaded.</summary>
    public const int CallMailbox = 256;

    /// <summary>How long the API waits for a place in a call's mailbox before it answers 503.</summary>
    public static readonly TimeSpan CallMailboxWait = TimeSpan.FromSeconds(2);

    /// <summary>Calls alive at once, of all projects. One too many is answered 503 with Retry-After.</summary>
    public const int Calls = 1_000;

    /// <summary>The most that <see cref="Calls"/> may be set to: half the dialogs, so that ended calls can wait for their ACK.</summary>
    public const int CallsConfigurable = SipDialogs / 2;

    /// <summary>Sessions without a call open at once, of all projects. One too many is answered 429 with Retry-After.</summary>
    public const int Sessions = 1_000;

    /// <summary>The most that <see cref="Sessions"/> may be set to: half the connections, so that calls find theirs.</summary>
    public const int SessionsConfigurable = ApiConnections / 2;

    /// <summary>How long calls may go on after the process was asked to stop; then they are hung up (configurable).</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(30);

    /// <summary>How long the app may take to accept or reject (configurable per project).</summary>
    public static readonly TimeSpan Decision = TimeSpan.FromSeconds(20);

    /// <summary>How long an engine may take to become ready before the accept fails.</summary>
    public static readonly TimeSpan EngineOpening = TimeSpan.FromSeconds(10);

    /// <summary>How long what is pending may still be delivered after the caller has gone (S1).</summary>
    public static readonly TimeSpan Draining = TimeSpan.FromSeconds(30);

    /// <summary>The target of a transfer: with everything else it must fit into a datagram that is not fragmented.</summary>
    public const int TransferTargetChars = 1_024;

    /// <summary>How long the peer may say nothing of a transfer it took. Then the call goes on.</summary>
    public static readonly TimeSpan Transfer = TimeSpan.FromSeconds(60);

    /// <summary>How long the peer may take to hang up when it will not tell how the transfer ended. Then the call goes on.</summary>
    public static readonly TimeSpan TransferUntold = TimeSpan.FromSeconds(5);

    /// <summary>At shutdown, after the drain deadline: how long calls that were hung up may take to write their records.</summary>
    public static readonly TimeSpan ShutdownLast = TimeSpan.FromSeconds(5);

    /// <summary>How long an application must be silent, once it has spoken after the caller has gone, before a drained session closes.</summary>
    public static readonly TimeSpan DrainedQuiet = TimeSpan.FromSeconds(1);

    /// <summary>How long a BYE or a final answer may take to be answered before the call ends anyway: 64 × T1.</summary>
    public static readonly TimeSpan SipGiveUp = TimeSpan.FromSeconds(32);

    /// <summary>The longest a session may last (realtime-api §3.6; configurable).</summary>
    public static readonly TimeSpan Session = TimeSpan.FromMinutes(60);

    /// <summary>Entries of one call's timeline kept in memory. Full: the oldest are only in the store.</summary>
    public const int TimelineEntries = 4_096;

    /// <summary>The same in bytes, texts included. Full: the oldest are only in the store.</summary>
    public const int TimelineBytes = 16 << 20;

    /// <summary>An event that a timeline holds whole: what an MCP tool may answer, twice. Of a larger one it says how large it was.</summary>
    public const int TimelineEventBytes = 256 * 1024;

    /// <summary>Sidebands attached to one call.</summary>
    public const int Sidebands = 16;

    /// <summary>Call → sideband socket. Full: that socket is closed, it reads too slowly; the call goes on.</summary>
    public const int SidebandEvents = 1_024;

    /// <summary>The same in bytes: the largest item twice, as it is told when it is added and when it is done, and a whole replay.</summary>
    public const int SidebandBytes = (2 * SocketMessageBytes) + TimelineBytes;

    /// <summary>Client events held for a session that is not open yet; all together have the bytes of one of the largest.</summary>
    public const int EarlyClientEvents = 64;

    // Engines

    /// <summary>A script file, in characters: a hundred times the longest of the samples.</summary>
    public const int ScriptChars = 256 * 1024;

    /// <summary>Values in a script file, keys included.</summary>
    public const int ScriptNodes = 20_000;

    /// <summary>Levels of lists and mappings in a script: a branch in a branch takes about four.</summary>
    public const int ScriptDepth = 32;

    /// <summary>Steps of all flows of a script together.</summary>
    public const int ScriptSteps = 2_000;

    /// <summary>Steps a script may take within one response; one more and it runs in circles.</summary>
    public const int ScriptStepsPerResponse = 256;

    /// <summary>Keys a script remembers until it expects some: a card number, twice over.</summary>
    public const int ScriptKeysHeard = 64;

    /// <summary>How often a script may repeat a part.</summary>
    public const int ScriptRepeats = 1_000;

    /// <summary>One line of a script: about five minutes of speech.</summary>
    public const int ScriptLineChars = 4_000;

    /// <summary>The longest a script may wait or be patient.</summary>
    public static readonly TimeSpan ScriptWait = TimeSpan.FromMinutes(10);

    /// <summary>Synthesized speech kept for re-use, of all calls: about an hour at 8 kHz. Full: what was used longest ago goes.</summary>
    public const long SpeechCacheBytes = 64L << 20;

    /// <summary>Audio of one utterance at 22,050 Hz: ten minutes. A synthesizer that writes more is stopped.</summary>
    public const int SpeechBytes = 26 << 20;

    /// <summary>Synthesizers that run at once; more wait for their turn.</summary>
    public const int SpeechProcesses = 4;

    /// <summary>How long a synthesizer may take for one utterance before tones are heard instead.</summary>
    public static readonly TimeSpan SpeechSynthesis = TimeSpan.FromSeconds(10);

    /// <summary>Client events waiting for an engine. Full: the engine cannot keep up.</summary>
    public const int EngineInputs = 1_024;

    /// <summary>Engine → call. Full: the engine waits.</summary>
    public const int EngineEvents = 1_024;

    /// <summary>Engine → a client's own socket. Half full: nothing more is generated; full: the engine waits, and with it what the client says next.</summary>
    public const int SocketEvents = 64;

    /// <summary>How often an engine that was held back by a slow reader looks again.</summary>
    public static readonly TimeSpan EngineRoom = TimeSpan.FromMilliseconds(20);

    /// <summary>Things an engine brings its session before others have their turn: a second of audio, a few milliseconds of work.</summary>
    public const int EngineStride = 50;

    /// <summary>
    /// The caller's latest turns kept for conversation.item.retrieve, together with the one under way: of a telephone 64,000 bytes of µ-law,
    /// a quarter of what all else of a call takes. What is older, or longer by itself, is retrieved without audio.
    /// </summary>
    public static readonly TimeSpan Heard = TimeSpan.FromSeconds(8);

    /// <summary>How far an engine fills the queue of speech ahead of what is played; the rest stays where it is shared.</summary>
    public static readonly TimeSpan SpokenAhead = TimeSpan.FromSeconds(2);

    // The API

    /// <summary>A REST body.</summary>
    public const int ApiBodyBytes = 1 << 20;

    /// <summary>Levels of any JSON that is taken: readers stop at 64 as a rule, and a page of a history tells it again, four levels deeper.</summary>
    public const int JsonDepth = 60;

    /// <summary>
    /// The sessions that client secrets keep, as texts: some ten thousand of the usual few kilobytes. Full: what has expired goes;
    /// still full: 429 until something expires.
    /// </summary>
    public const long ClientSecretBytes = 64L << 20;

    /// <summary>HTTP connections open at once, and as many WebSockets: several for every call there may be.</summary>
    public const int ApiConnections = 16_384;

    /// <summary>A WebSocket message: 15 MiB of audio in base64, and its envelope (realtime-api §3.6).</summary>
    public const int SocketMessageBytes = 21 << 20;

    /// <summary>A WebSocket message larger than this (ten seconds of audio at once) needs one of <see cref="LargeMessages"/> places.</summary>
    public const int LargeMessageBytes = 1 << 20;

    /// <summary>Large messages received or heard at once, of all sockets: at most 48 MiB each, as text and as audio. One more waits.</summary>
    public const int LargeMessages = 8;

    /// <summary>How long it waits; then its socket is closed and may try again later.</summary>
    public static readonly TimeSpan LargeMessageWait = TimeSpan.FromSeconds(10);

    /// <summary>How long it may keep its place, until it has arrived and was heard: the largest at 3 Mbit/s. Then its socket is closed.</summary>
    public static readonly TimeSpan LargeMessageStay = TimeSpan.FromSeconds(60);

    /// <summary>Pings go to idle sockets so often, and a pong may take as long (realtime-api §3.6: 15 to 30 s).</summary>
    public static readonly TimeSpan SocketPing = TimeSpan.FromSeconds(20);

    /// <summary>A batch of events that has not left a socket after so long: the reader is dead, the socket is cut.</summary>
    public static readonly TimeSpan SocketSend = TimeSpan.FromSeconds(30);

    /// <summary>An event that took so long to leave: its reader is too slow, the socket is closed and told why.</summary>
    public static readonly TimeSpan SocketSlow = TimeSpan.FromSeconds(10);

    /// <summary>Events of a socket with compression are compressed from this size on; half of a short one is soon saved and dearly bought.</summary>
    public const int CompressedBytesMin = 512;

    /// <summary>How long a socket that we have closed may take to say goodbye.</summary>
    public static readonly TimeSpan SocketGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>How long requests and webhooks under way may still run when all calls have ended and the server leaves.</summary>
    public static readonly TimeSpan ApiGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>A stream of server-sent events is never silent for longer: proxies cut idle lines after 30 to 60 s.</summary>
    public static readonly TimeSpan StreamKeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>A client's event_id (realtime-api §5).</summary>
    public const int ClientEventIdChars = 512;

    /// <summary>Sources whose refused calls are remembered, so that each leaves one line of log a minute.</summary>
    public const int LogSources = 1_024;

    /// <summary>Lines of log that wait for the terminal. Full: they are dropped, nobody waits.</summary>
    public const int LogLines = 8_192;

    /// <summary>Label combinations of one metric; what comes after is not shown.</summary>
    public const int MetricSeries = 1_024;

    // The session

    /// <summary>Tools of a session or a response.</summary>
    public const int Tools = 128;

    /// <summary>Entries of the short lists of a session: languages, keywords, includes.</summary>
    public const int SessionListEntries = 128;

    /// <summary>The name of a voice: longer ones name nothing, and would be kept with all that was said in them.</summary>
    public const int VoiceChars = 128;

    /// <summary>The longest silence or padding a turn detector can be asked for.</summary>
    public const int VadMs = 60_000;

    /// <summary>Items of one conversation. Full: a client's item is refused, a model's response fails.</summary>
    public const int ConversationItems = 4_096;

    /// <summary>What clients put into one conversation, about: four times the largest audio there is. Full: as with the items.</summary>
    public const long ConversationBytes = 64L << 20;

    /// <summary>What a model is given at most, in estimated tokens: 32,768, less 4,096 for its answer, as realtime models have it.</summary>
    public const int ContextTokens = 28_672;

    /// <summary>An item's id, where a client chooses it.</summary>
    public const int ItemIdChars = 128;

    /// <summary>Parts of one message.</summary>
    public const int ContentParts = 128;

    /// <summary>A stored prompt, and what it becomes with its variables: some fifty thousand words.</summary>
    public const int PromptChars = 256 * 1024;

    /// <summary>Prompts of one project, and versions of one prompt.</summary>
    public const int Prompts = 1_000;
    public const int PromptVersions = 100;

    /// <summary>Pairs of a response's metadata, and their longest key and value (realtime-api §5).</summary>
    public const int MetadataPairs = 16;
    public const int MetadataKeyChars = 64;
    public const int MetadataValueChars = 512;

    /// <summary>Audio of one <c>input_audio_buffer.append</c>: 15 MiB, five minutes of PCM (realtime-api §5).</summary>
    public const int AppendBytes = 15 << 20;

    /// <summary>Audio of one <c>response.output_audio.delta</c>; more becomes several. 32 KB of base64: no message is held up long behind it.</summary>
    public static readonly TimeSpan AudioDelta = TimeSpan.FromMilliseconds(500);

    /// <summary>Responses generated at once, those outside the conversation included.</summary>
    public const int ResponsesAtOnce = 8;

    /// <summary>Output items of one response. One too many fails the response.</summary>
    public const int ResponseItems = 128;

    /// <summary>Transcriptions asked for and not answered. One too many fails at once.</summary>
    public const int TranscriptionsAtOnce = 32;

    /// <summary>Outputs of a model withheld until its speech is heard. Full: they are told before it is.</summary>
    public const int WithheldOutputs = 16_384;

    /// <summary>How long a cut may take to be reported before the last known position counts.</summary>
    public static readonly TimeSpan CutReport = TimeSpan.FromMilliseconds(500);

    // MCP servers

    /// <summary>MCP servers one session may know; their connections are the session's own.</summary>
    public const int McpServers = 32;

    /// <summary>Connections of a project to one MCP server: a call of a tool takes one while it runs. One more waits for one of them.</summary>
    public const int McpConnections = 256;

    /// <summary>The URL of an MCP server.</summary>
    public const int McpUrlChars = 2_048;

    /// <summary>Headers sent to an MCP server, and their longest name and value: common web servers take 8 KB a line.</summary>
    public const int McpHeaders = 32;
    public const int McpHeaderNameChars = 128;
    public const int McpHeaderChars = 8_000;

    /// <summary>Names in one filter of an MCP server's tools.</summary>
    public const int McpToolNames = 512;

    /// <summary>Tools on the list of one MCP server, before it is filtered; a list without an end is cut off here. Filtered, <see cref="Tools"/> counts.</summary>
    public const int McpListedTools = 1_024;

    /// <summary>Levels of a tool's input schema: inside an event readers still get along with it (64 is the usual end).</summary>
    public const int McpSchemaDepth = 48;

    /// <summary>One answer of an MCP server on the wire: lists of a hundred tools with long schemas have 200 KB.</summary>
    public const int McpAnswerBytes = 1 << 20;

    /// <summary>What a tool answers: it goes into the conversation, to every socket and into the history.</summary>
    public const int McpOutputChars = 128 * 1024;

    /// <summary>What an MCP server says of a failure, as far as it is passed on.</summary>
    public const int McpErrorChars = 1_000;

    /// <summary>How long the list of an MCP server may take, connecting included: somebody may be waiting on the phone for it.</summary>
    public static readonly TimeSpan McpList = TimeSpan.FromSeconds(15);

    /// <summary>How long a TCP and TLS connection to an MCP server may take.</summary>
    public static readonly TimeSpan McpConnect = TimeSpan.FromSeconds(5);

    /// <summary>How long the call of a tool may take: nobody waits on the phone for longer.</summary>
    public static readonly TimeSpan McpCall = TimeSpan.FromSeconds(60);

    /// <summary>How long an MCP server may take to be told that the session is over.</summary>
    public static readonly TimeSpan McpGoodbye = TimeSpan.FromSeconds(2);

    /// <summary>Calls of MCP tools of one session that run or wait for approval. One too many fails at once.</summary>
    public const int McpCallsAtOnce = 32;

    // Webhooks and storage

    /// <summary>One attempt to deliver a webhook.</summary>
    public static readonly TimeSpan WebhookAttempt = TimeSpan.FromSeconds(15);

    /// <summary>How long an attempt that was not answered yet holds back the next one while it rings.</summary>
    public static readonly TimeSpan WebhookPatience = TimeSpan.FromSeconds(2);

    /// <summary>Durable webhooks are tried for so long (realtime-api §2.5).</summary>
    public static readonly TimeSpan WebhookLife = TimeSpan.FromHours(72);

    /// <summary>How far ahead the durable lane looks at most: a clock that was set is noticed after so long.</summary>
    public static readonly TimeSpan WebhookLook = TimeSpan.FromSeconds(60);

    /// <summary>Attempts of ringing calls under way at once, of one project at most half; one too many fails at once and its schedule goes on.</summary>
    public const int WebhooksInFlight = 256;

    /// <summary>The same for durable webhooks, counted apart: what is late anyway must not keep a ringing phone waiting.</summary>
    public const int DurableWebhooksInFlight = 64;

    /// <summary>Rows waiting for the disk. Full at birth: the INVITE is answered 503; later: the gap is counted.</summary>
    public const int StoreRows = 4_096;

    /// <summary>The bytes of the timeline entries among them. Full: the gap is counted.</summary>
    public const long StoreBytes = 64L << 20;

    /// <summary>Entries of one timeline that are put into words; nobody reads more.</summary>
    public const int ExplainedEntries = 20_000;

    /// <summary>Questions to the store answered at once; more wait. A page of calls takes well under a millisecond.</summary>
    public const int StoreReaders = 4;
}
