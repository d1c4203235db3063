using Microsoft.Extensions.Logging;
using Switchhook.Realtime.Session;
using Switchhook.Server.Options;
using Switchhook.Sip;

namespace Switchhook.Server.Tests.Options;

/// <summary>The file's shape is a contract: what it says, what may be left out, and what an error tells.</summary>
public sealed class OptionsTests
{
    private const string Minimal = """
        {
          "projects": [ { "id": "proj_a", "api_keys": ["sk-a-key"], "webhook": { "url": "http://127.0.0.1:9000/", "secret": "whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=" } } ],
          "models": { "greeter": { "engine": "scripted", "script": "flow.yaml" } }
        }
        """;

    [Fact]
    public void The_smallest_file_gets_every_default()
    {
        ServerOptions options = Read(Minimal);

        Assert.Equal(["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"], options.Sip.Listen.Select(listen => listen.ToString()));
        Assert.Null(options.Sip.Advertise);
        Assert.Equal(["https://127.0.0.1:8443", "http://127.0.0.1:8080"], options.Api.Listen.Select(listen => listen.ToString()));
        Assert.Null(options.Api.Certificate);
        Assert.Equal((20000, 29999), (options.Media.FirstPort, options.Media.LastPort));
        Assert.Equal("127.0.0.1", options.Media.Address.ToString());
        Assert.Null(options.Media.Advertise);
        Assert.Equal(20_000, options.Projects[0].Policy.Decision.TotalMilliseconds);
        Assert.Equal(503, options.Projects[0].Policy.UndecidedStatus);
        Assert.False(options.Projects[0].Policy.Record);
        Assert.Null(options.Projects[0].McpAllowed);
        Assert.Equal((Limits.Calls, Limits.Sessions), (options.CallsMax, options.SessionsMax));
        Assert.Equal(60, options.Session.TotalMinutes);
        Assert.Equal(LogLevel.Information, options.Log.Level);
    }

    [Fact]
    public void Relative_paths_are_relative_to_the_file()
    {
        using OptionsFolder folder = new();
        ServerOptions options = folder.Read(Minimal);

        Assert.Equal(Path.Combine(folder.Path, "data", "switchhook.db"), options.Storage.DatabasePath);
        Assert.Equal(Path.Combine(folder.Path, "data", "recordings"), options.Storage.Recordings);
        Assert.Equal(Path.Combine(folder.Path, "flow.yaml"), options.Models[0].Script);
    }

    [Fact]
    public void The_development_defaults_listen_on_loopback_only()
    {
        using OptionsFolder folder = new();
        folder.Write("samples/scripts/greeter.yaml", "");
        ServerOptions options = OptionsReader.Read(ConfigurationSource.Find(null, _ => null, folder.Path), Environment());

        Assert.Equal("development defaults", options.Origin);
        Assert.All(options.Sip.Listen, listen => Assert.Equal("127.0.0.1", listen.EndPoint.Address.ToString()));
        Assert.All(options.Api.Listen, listen => Assert.Equal("127.0.0.1", listen.EndPoint.Address.ToString()));
        Assert.Equal("proj_demo", options.Projects[0].Id);
        Assert.Equal("scripted-greeter", options.Models[0].Name);
        Assert.Equal(Path.Combine(folder.Path, "samples", "scripts", "greeter.yaml"), options.Models[0].Script);
    }

    [Fact]
    public void A_named_file_wins_over_the_variable_and_the_variable_over_the_working_directory()
    {
        using OptionsFolder folder = new();
        folder.Write("switchhook.json", "{}");
        folder.Write("variable.json", "{}");
        folder.Write("named.json", "{}");

        string Found(string? named, string? variable) =>
            Path.GetFileName(ConfigurationSource.Find(named, name => name == "SWITCHHOOK_CONFIG" ? variable : null, folder.Path).Origin);

        Assert.Equal("named.json", Found("named.json", "variable.json"));
        Assert.Equal("variable.json", Found(null, "variable.json"));
        Assert.Equal("switchhook.json", Found(null, null));
        Assert.Equal("switchhook.json", Found(null, " "));
        ConfigurationException missing = Assert.Throws<ConfigurationException>(() => Found("nowhere.json", null));
        Assert.Contains("nowhere.json", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed() =>
        Assert.Equal("proj_a", Read("// a comment\n" + Minimal.Replace("] ,", "],", StringComparison.Ordinal).TrimEnd().TrimEnd('}') + ", /* and another */ }").Projects[0].Id);

    [Fact]
    public void The_environment_overrides_the_file()
    {
        ServerOptions options = Read(Minimal,
            ("SWITCHHOOK__SIP__ADVERTISE", "pbx.example.com"),
            ("SWITCHHOOK__SIP__LISTEN", "udp://0.0.0.0:5070, tcp://0.0.0.0:5070"),
            ("SWITCHHOOK__PROJECTS__0__API_KEYS__0", "sk-first"),
            ("SWITCHHOOK__PROJECTS__0__API_KEYS__1", "sk-second"),
            ("SWITCHHOOK__PROJECTS__0__DECISION_TIMEOUT_MS", "1500"),
            ("SWITCHHOOK__PROJECTS__0__RECORD", "true"),
            ("SWITCHHOOK__MODELS__SPARE__ENGINE", "scripted"),
            ("SWITCHHOOK__MODELS__SPARE__SCRIPT", "flow.yaml"),
            ("SWITCHHOOK__LIMITS__SESSION_MS", "90000"),
            ("SWITCHHOOK__LIMITS__SESSIONS", "8"),
            ("SWITCHHOOK__LIMITS__CALLS", "7"));

        Assert.Equal("pbx.example.com", options.Sip.Advertise);
        Assert.Equal([new SipListen(SipTransport.Udp, new(0, 5070)), new SipListen(SipTransport.Tcp, new(0, 5070))], options.Sip.Listen);
        Assert.Equal(2, options.Projects[0].KeyHashes.Count);
        Assert.Equal(1500, options.Projects[0].Policy.Decision.TotalMilliseconds);
        Assert.True(options.Projects[0].Policy.Record);
        Assert.Equal(["greeter", "spare"], options.Models.Select(model => model.Name));
        Assert.Equal((7, 8), (options.CallsMax, options.SessionsMax));
        Assert.Equal(90, options.Session.TotalSeconds);
    }

    [Fact]
    public void A_list_of_the_environment_may_have_more_than_ten_entries()
    {
        (string, string)[] keys = [.. Enumerable.Range(0, 12).Select(index => ($"SWITCHHOOK__PROJECTS__0__API_KEYS__{index}", $"sk-{index}"))];
        Assert.Equal(12, Read(Minimal, keys).Projects[0].KeyHashes.Count);
    }

    [Fact]
    public void Keys_and_secrets_may_come_from_the_environment_and_keys_as_hashes()
    {
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("sk-plain"u8));
        byte[] plain = Read(Minimal.Replace("sk-a-key", "sk-plain", StringComparison.Ordinal)).Projects[0].KeyHashes[0];
        byte[] hashed = Read(Minimal.Replace("sk-a-key", "sha256:" + hash, StringComparison.Ordinal)).Projects[0].KeyHashes[0];
        byte[] named = Read(Minimal.Replace("sk-a-key", "env:THE_KEY", StringComparison.Ordinal), ("THE_KEY", "sk-plain")).Projects[0].KeyHashes[0];

        Assert.Equal(plain, hashed);
        Assert.Equal(plain, named);
    }

    [Fact]
    public void A_webhook_is_shown_without_what_may_be_secret_in_its_url() =>
        Assert.Equal("https://app.example/hook", new WebhookOptions(new Uri("https://ada:pw@app.example/hook?token=x"), "whsec_x").ToString());

    [Fact]
    public void The_configuration_on_the_front_page_can_be_read()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Switchhook.slnx"))) { root = root.Parent!; }
        string page = File.ReadAllText(Path.Combine(root.FullName, "README.md"));
        string text = page.Split("```jsonc")[1].Split("```")[0];
        using OptionsFolder folder = new();
        folder.Write("greeter.yaml", "");

        ServerOptions options = folder.Read(text, ("SWITCHHOOK_KEY", "sk-from-the-environment"), ("SWITCHHOOK_WEBHOOK_SECRET", "a secret of more than 16 letters"));

        Assert.Equal(("/etc/switchhook/server.pem", "203.0.113.5"), (options.Api.Certificate?.Path, options.Sip.Advertise));
    }

    [Fact]
    public void Prompts_stand_in_the_file_or_in_files_of_their_own()
    {
        using OptionsFolder folder = new();
        folder.Write("prompts/booking.md", "You take bookings for {{restaurant}}.\n");
        ServerOptions options = folder.Read(Minimal.Replace("\"id\": \"proj_a\"", """
            "id": "proj_a", "prompts": { "pmpt_booking": { "versions": { "1": { "instructions": "You book." }, "2": { "file": "prompts/booking.md" } } } }
            """, StringComparison.Ordinal));

        StoredPrompt prompt = options.Projects[0].Prompts["pmpt_booking"];
        Assert.Equal("You book.", prompt.Find("1")!.Filled(new Dictionary<string, string>()));
        Assert.Equal("You take bookings for Da Enzo.", prompt.Find(null)!.Filled(new Dictionary<string, string> { ["restaurant"] = "Da Enzo" }));
        Assert.Null(prompt.Find("3"));
    }

    /// <summary>One row: what replaces what in the smallest file, and what the error must say.</summary>
    public static TheoryData<string, string, string> Wrong => OptionsTable.Parse("""
        instead of                           | is                                                    | the error says
        "projects"                           | "project"                                             | project: is not a key; did you mean projects?
        "api_keys"                           | "api_key"                                             | projects[0].api_key: is not a key; did you mean projects[0].api_keys?
        "engine"                             | "engin"                                               | models.greeter.engin: is not a key; did you mean models.greeter.engine?
        "models"                             | "zzzzzzzz": 1, "models"                               | zzzzzzzz: is not a key; known here: api, limits, log, media, models, projects, sip, storage, telemetry
        "models"                             | "sip": {"listen": ["udp://127.0.0.1"]}, "models"      | sip.listen[0]: "udp://127.0.0.1" is not udp://ADDRESS:PORT
        "models"                             | "sip": {"listen": ["tls://127.0.0.1:5061"]}, "models" | sip.listen[0]: "tls://127.0.0.1:5061" is not udp://ADDRESS:PORT or tcp://ADDRESS:PORT
        "models"                             | "sip": {"listen": ["udp://1.2.3.4:70000"]}, "models"  | sip.listen[0]
        "models"                             | "sip": {"listen": "udp://127.0.0.1:5060"}, "models"   | sip.listen: a text is not a list of texts
        "models"                             | "sip": {"listen": []}, "models"                       | sip.listen: is empty
        "models"                             | "sip": {"advertise": "a b"}, "models"                 | sip.advertise: "a b" is not a host name
        "models"                             | "sip": {"advertise": "1.2.3.4:5060"}, "models"        | sip.advertise: "1.2.3.4:5060" is not a host name
        "models"                             | "media": {"address": "here"}, "models"                | media.address: "here" is not an IP address
        "models"                             | "media": {"advertise": "0.0.0.0"}, "models"           | media.advertise: 0.0.0.0 must be one address of the family of media.address
        "models"                             | "media": {"advertise": "::1"}, "models"               | media.advertise: ::1 must be one address of the family of media.address (127.0.0.1)
        "models"                             | "storage": "sqlite::memory:", "models"                | storage: "sqlite::memory:" is not a place to store
        "models"                             | "media": {"ports": "20001-29999"}, "models"           | media.ports: "20001-29999" is not a range of ports: first-last, within 1024 to 65535, the first even
        "models"                             | "media": {"ports": "20000-70000"}, "models"           | media.ports: "20000-70000"
        "models"                             | "media": {"ports": 20000}, "models"                   | media.ports: a number is not a text
        "models"                             | "media": {"threads": 65}, "models"                    | media.threads: 65 is out of range: 1 to 64
        "models"                             | "media": {"threads": "2"}, "models"                   | media.threads: "2" is not a whole number: 1 to 64
        "models"                             | "media": {"threads": 1.5}, "models"                   | media.threads: 1.5 is not a whole number: 1 to 64
        "models"                             | "media": [], "models"                                 | media: a list is not an object
        "models"                             | "api": {"listen": ["http://a.b:80"]}, "models"        | api.listen[0]: "http://a.b:80" is not https://ADDRESS:PORT
        "models"                             | "api": {"certificate": {}}, "models"                  | api.certificate.path: is missing
        "models"                             | "storage": "postgres:x", "models"                     | storage: "postgres:x" is not a place to store; give sqlite:PATH
        "models"                             | "limits": {"session_ms": 999}, "models"              | limits.session_ms: 999 is out of range: 1000 to 86400000
        "models"                             | "limits": {"sessions": 8193}, "models"                | limits.sessions: 8193 is out of range: 1 to 8192
        "models"                             | "limits": {"calls": 0}, "models"                      | limits.calls: 0 is out of range: 1 to
        "models"                             | "log": {"level": "loud"}, "models"                    | log.level: "loud" is not a level: trace, debug
        "models"                             | "telemetry": {"otlp": "here"}, "models"               | telemetry.otlp: "here" is not an http or https URL
        "id": "proj_a"                       | "id": "proj a"                                        | projects[0].id: "proj a" is not an id
        "id": "proj_a",                      |                                                       | projects[0].id: is missing
        "id": "proj_a"                       | "id": "proj_a", "decision_timeout_ms": 10             | projects[0].decision_timeout_ms: 10 is out of range: 100 to 180000
        "id": "proj_a"                       | "id": "proj_a", "undecided_status": 200               | projects[0].undecided_status: 200 is out of range: 300 to 699
        "id": "proj_a"                       | "id": "proj_a", "record": "yes"                       | projects[0].record: "yes" is not true or false
        "id": "proj_a"                       | "id": "proj_a", "mcp": {"allow": "https://a"}         | projects[0].mcp.allow: a text is not a list of texts
        "id": "proj_a"                       | "id": "proj_a", "mcp": {"allow": ["a.example"]}       | projects[0].mcp.allow[0]: "a.example" is not a place of MCP servers: https://HOST[:PORT]
        "id": "proj_a"                       | "id": "proj_a", "mcp": {"allows": []}                 | projects[0].mcp.allows: is not a key; did you mean projects[0].mcp.allow?
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {}}                  | projects[0].prompts.p.versions: has 0 versions: 1 to 100
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p q": {"versions": {"1": {"instructions": ""}}}} | projects[0].prompts: "p q" is not an id
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"versions": {"1": {}}}} | projects[0].prompts.p.versions.1.instructions: is the text of this version, or "file" names a file
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"versions": {"1": {"instructions": "a", "file": "b"}}}} | give one of the two
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"versions": {"1": {"instructions": "a {{b"}}}} | projects[0].prompts.p.versions.1.instructions: the {{ at character 3 is not closed
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"versions": {"1": {"file": "nowhere.md"}}}} | projects[0].prompts.p.versions.1.file: "nowhere.md" cannot be read
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"versions": {"1": {"instruction": "a"}}}} | instruction: is not a key; did you mean projects[0].prompts.p.versions.1.instructions?
        "id": "proj_a"                       | "id": "proj_a", "prompts": {"p": {"version": {}}}     | projects[0].prompts.p.version: is not a key; did you mean projects[0].prompts.p.versions?
        "sk-a-key"                           |                                                       | projects[0].api_keys: has 0 keys: 1 to 16
        "sk-a-key"                           | "sk-a-key", "sk-a-key"                                | projects[0].api_keys[1]: is the same key as projects[0].api_keys[0]
        "sk-a-key"                           | "sha256:12"                                           | projects[0].api_keys[0]: after sha256: come 64 hexadecimal digits
        "sk-a-key"                           | "env:NOWHERE"                                         | projects[0].api_keys[0]: the environment variable "NOWHERE" is not set
        "http://127.0.0.1:9000/"             | "127.0.0.1:9000"                                      | projects[0].webhook.url: is not an http or https URL
        "whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=" | "whsec_…"                             | projects[0].webhook.secret: is not a secret: whsec_ and the base64
        "scripted"                           | "oracle"                                              | models.greeter.engine: "oracle" is not an engine; known: scripted
        "flow.yaml"                          | "nowhere.yaml"                                        | models.greeter.script: "nowhere.yaml" is not there
        "models"                             | "limits": {"calls": 1}, "limits": {}, "models"        | not valid JSON
        "models"                             | models                                                | line 3, column 3: not valid JSON
        """);

    [Theory, MemberData(nameof(Wrong))]
    public void A_wrong_file_is_told_with_key_value_and_range(string insteadOf, string isNow, string says)
    {
        Assert.Contains(insteadOf, Minimal, StringComparison.Ordinal);
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read(Minimal.Replace(insteadOf, isNow, StringComparison.Ordinal)));
        Assert.Contains(error.Errors, line => line.Contains(says, StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string> WrongEnvironment => OptionsTable.Parse("""
        variable                                     | is     | the error says
        SWITCHHOOK__SIP__ADVERTIZE                   | x      | sip.advertize (from SWITCHHOOK__SIP__ADVERTIZE): is not a key; did you mean sip.advertise?
        SWITCHHOOK__LIMITS__CALLS                    | many   | limits.calls (from SWITCHHOOK__LIMITS__CALLS): "many" is not a whole number: 1 to
        SWITCHHOOK__LIMITS__CALLS                    | -1     | limits.calls (from SWITCHHOOK__LIMITS__CALLS): -1 is out of range
        SWITCHHOOK__PROJECTS__ZERO__ID               | x      | SWITCHHOOK__PROJECTS__ZERO__ID: "ZERO" must be a number
        SWITCHHOOK__PROJECTS__5__ID                  | x      | SWITCHHOOK__PROJECTS__5__ID: the list has 1 entries; the next one is 1
        SWITCHHOOK__STORAGE__PATH__X                 | x      | storage: an object is not a text
        SWITCHHOOK__PROJECTS__0__ID__X               | x      | SWITCHHOOK__PROJECTS__0__ID__X: what it names in the file is a value
        """);

    [Theory, MemberData(nameof(WrongEnvironment))]
    public void A_wrong_variable_is_told_by_its_name(string variable, string isNow, string says)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read(Minimal, (variable, isNow)));
        Assert.Contains(error.Errors, line => line.StartsWith(says, StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read("""
            { "sip": { "lisen": [] }, "media": { "ports": "1-2" }, "api": { "listen": ["ftp://x"] }, "projects": [], "models": {}, "extra": 1 }
            """));
        string[] expected = ["sip.lisen", "media.ports", "api.listen[0]", "projects", "models", "extra"];
        Assert.Equal(expected, error.Errors.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void What_is_wrong_with_a_map_is_told_once()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read(Minimal.Replace("\"models\": {", "\"models\": 7, \"log\": {", StringComparison.Ordinal)));
        Assert.Single(error.Errors, line => line.Contains("models: a number is not an object", StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_is_never_shown_in_an_error()
    {
        string[][] mistakes =
        [
            ["\"whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=\"", "\"whsec_4711!\"", "[\"sk-a-key\"]", "[\"sk 4711\"]"],
            ["\"whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=\"", "4711", "[\"sk-a-key\"]", "\"sk-4711\""],
            ["\"whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=\"", "[\"whsec_4711\"]", "[\"sk-a-key\"]", "[4711]"],
            ["\"whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=\"", "4711, \"x\": \"whsec_4711\"", "\"http://127.0.0.1:9000/\"", "\"htttp://app.example/?token=4711\""],
            ["\"models\"", "\"api\": {\"certificate\": \"secret-4711\"}, \"media\": 4711, \"models\"", "none", ""],
            ["[ { \"id\": \"proj_a\"", "[ \"sk-4711\", 4711, { \"id\": \"proj_a\"", "none", ""],
        ];
        foreach (string[] mistake in mistakes)
        {
            ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
                Read(Minimal.Replace(mistake[0], mistake[1], StringComparison.Ordinal).Replace(mistake[2], mistake[3], StringComparison.Ordinal)));
            Assert.InRange(error.Errors.Count, 2, 3);
            Assert.DoesNotContain("4711", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Cut anywhere, the file is refused with an error, never with an exception of another kind.</summary>
    [Fact]
    public void Every_prefix_of_a_file_is_refused_with_an_error()
    {
        using OptionsFolder folder = new();
        for (int length = 0; length < Minimal.TrimEnd().Length; length++)
        {
            Assert.Throws<ConfigurationException>(() => folder.Read(Minimal[..length]));
        }
    }

    private static ServerOptions Read(string text, params (string, string)[] environment)
    {
        using OptionsFolder folder = new();
        return folder.Read(text, environment);
    }

    private static Dictionary<string, string> Environment() => [];
}
