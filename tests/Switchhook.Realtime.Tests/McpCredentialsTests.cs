using Switchhook.Realtime.Session;

namespace Switchhook.Realtime.Tests;

/// <summary>
/// The credentials of MCP servers. They are not told, so who sends back what it was told has none to send, and means nothing by that
/// (realtime-api §4.2, §4.6).
/// </summary>
public sealed class McpCredentialsTests
{
    private const string Given = """{"type":"mcp","server_label":"a","server_url":"https://a","authorization":"s","headers":{"X":"y"}}""";

    [Fact]
    public void A_session_that_is_sent_back_as_it_was_told_changes_nothing_of_a_server() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"a","server_url":"https://a","authorization":"s","headers":{"X":"y"},"allowed_tools":["ask"],"require_approval":"always"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a as s with {"X":"y"}]
        > listed item1 ask
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [ask]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > mcp a ask {}
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress mcp_call ask() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call ask() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item2" output_index=0 arguments="{}"
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_approval_request ask({})
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_approval_request ask({})
        response.output_item.done response_id="resp1" output_index=1 item3 completed mcp_approval_request ask({})
        conversation.item.done previous_item_id="item2" item3 completed mcp_approval_request ask({})
        > completed
        response.done resp1 completed items=2 tokens=2
        > client {"type":"session.update","session":{"type":"realtime","instructions":"new","tools":[{"type":"mcp","server_label":"a","server_url":"https://a","allowed_tools":["ask"],"require_approval":"always"}]}}
        session.updated …
        > client {"type":"conversation.item.create","item":{"id":"yes","type":"mcp_approval_response","approval_request_id":"item3","approve":true}}
        conversation.item.added previous_item_id="item3" yes completed mcp_approval_response by item3 approved
        conversation.item.done previous_item_id="item3" yes completed mcp_approval_response by item3 approved
        response.mcp_call.in_progress output_index=0 item_id="item2"
        [call item2 a ask({})]
        """);

    /// <summary>They are those of one label at one address. Nothing that a client leaves out takes them to another one.</summary>
    [Theory]
    [InlineData("""{"server_label":"a","server_url":"https://a"}""", """a https://a s {"X":"y"}""")]
    [InlineData("""{"server_label":"a"}""", """a https://a s {"X":"y"}""")]
    [InlineData("""{"server_label":"a","server_url":"https://a","authorization":null}""", "a https://a  ")]
    [InlineData("""{"server_label":"a","server_url":"https://a","headers":null}""", "a https://a  ")]
    [InlineData("""{"server_label":"a","server_url":"https://a","authorization":"t"}""", "a https://a t ")]
    [InlineData("""{"server_label":"a","server_url":"https://a","headers":{"Authorization":"t"}}""", """a https://a  {"Authorization":"t"}""")]
    [InlineData("""{"server_label":"a","authorization":null}""", """a https://a  {"X":"y"}""")]
    [InlineData("""{"server_label":"a","server_url":"https://b"}""", "a https://b  ")]
    [InlineData("""{"server_label":"a","server_url":"https://A"}""", "a https://A  ")]
    [InlineData("""{"server_label":"a","server_url":"https://a/"}""", "a https://a/  ")]
    [InlineData("""{"server_label":"a","server_url":"http://a"}""", "a http://a  ")]
    [InlineData("""{"server_label":"a","server_url":"https://a","tunnel_id":"tunnel_00000000000000000000000000000000"}""", "a https://a  ")]
    [InlineData("""{"server_label":"a","tunnel_id":"tunnel_00000000000000000000000000000000"}""", "a   ")]
    [InlineData("""{"server_label":"a","connector_id":"connector_gmail"}""", "a   ")]
    [InlineData("""{"server_label":"b","server_url":"https://a"}""", "b https://a  ")]
    public void They_stay_where_they_were_given_for(string named, string asked)
    {
        var told = new List<SessionOutput>();
        var rehearsal = new Rehearsal(SessionSurface.Call, told.Add);
        rehearsal.Client(Update(Given));
        Assert.Equal("""a https://a s {"X":"y"}""", Asked(told));
        rehearsal.Client(Update($$"""{"type":"mcp",{{named[1..^1]}},"allowed_tools":["z"]}"""));
        Assert.Equal(asked, Asked(told));
    }

    /// <summary>Once forgotten, or given anew for another place, they are gone for the first as well.</summary>
    [Theory]
    [InlineData("""{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"mcp","server_label":"a","server_url":"https://b"}""")]
    public void They_go_with_their_definition(string between)
    {
        var told = new List<SessionOutput>();
        var rehearsal = new Rehearsal(SessionSurface.Call, told.Add);
        rehearsal.Client(Update(Given));
        rehearsal.Client(Update(between));
        rehearsal.Client(Update("""{"type":"mcp","server_label":"a","server_url":"https://a"}"""));
        Assert.Equal("a https://a  ", Asked(told));
    }

    /// <summary>A response may define a label for itself: the session's own tools are what a client is told, and sends back.</summary>
    [Fact]
    public void A_response_with_a_server_of_its_own_does_not_take_them_from_the_session()
    {
        var told = new List<SessionOutput>();
        var rehearsal = new Rehearsal(SessionSurface.Call, told.Add);
        rehearsal.Client(Update(Given));
        rehearsal.Client("""{"type":"response.create","response":{"tools":[{"type":"mcp","server_label":"a","server_url":"https://b","authorization":"r"}]}}""");
        Assert.Equal("a https://b r ", Asked(told));
        rehearsal.Client(Update("""{"type":"mcp","server_label":"a","server_url":"https://a"}"""));
        Assert.Equal("""a https://a s {"X":"y"}""", Asked(told));
    }

    /// <summary>With connectors and tunnels it is the same.</summary>
    [Theory]
    [InlineData("""{"connector_id":"connector_gmail"}""", """{"connector_id":"connector_dropbox"}""")]
    [InlineData("""{"tunnel_id":"tunnel_00000000000000000000000000000000"}""", """{"tunnel_id":"tunnel_11111111111111111111111111111111"}""")]
    public void Every_kind_of_address_keeps_its_own(string address, string other)
    {
        var told = new List<SessionOutput>();
        var rehearsal = new Rehearsal(SessionSurface.Call, told.Add);
        rehearsal.Client(Update($$"""{"type":"mcp","server_label":"a",{{address[1..^1]}},"authorization":"s"}"""));
        rehearsal.Client(Update($$"""{"type":"mcp","server_label":"a",{{address[1..^1]}},"allowed_tools":["z"]}"""));
        Assert.Equal("a  s ", Asked(told));
        rehearsal.Client(Update($$"""{"type":"mcp","server_label":"a",{{other[1..^1]}}}"""));
        Assert.Equal("a   ", Asked(told));
    }

    // The server whose list was asked for last, with what it is shown.
    private static string Asked(List<SessionOutput> told)
    {
        McpTool server = told.OfType<SessionOutput.ListTools>().Last().Server;
        return $"{server.ServerLabel} {server.ServerUrl} {server.Authorization} {server.Headers}";
    }

    private static string Update(string tool) => $$$"""{"type":"session.update","session":{"type":"realtime","tools":[{{{tool}}}]}}""";
}
