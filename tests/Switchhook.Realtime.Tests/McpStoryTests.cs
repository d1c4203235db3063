namespace Switchhook.Realtime.Tests;

/// <summary>Tools of MCP servers (realtime-api §6.4, "MCP"): how their lists come and go, and what becomes of a call. §9 row 40: the session never answers by itself.</summary>
public sealed class McpStoryTests
{
    [Fact]
    public void A_call_waits_for_approval_and_its_result_may_come_after_the_response() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"shop","server_url":"https://shop.example/mcp"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 shop https://shop.example/mcp]
        > listed item1 find ?price
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [find price]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > text One moment.
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress message/assistant []
        conversation.item.added previous_item_id="item1" item2 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item2" output_index=0 content_index=0 delta="One moment."
        > mcp shop find {"order":7}
        response.output_text.done response_id="resp1" item_id="item2" output_index=0 content_index=0 text="One moment."
        response.content_part.done response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"text","text":"One moment."}
        response.output_item.done response_id="resp1" output_index=0 item2 completed message/assistant [{"type":"output_text","text":"One moment."}]
        conversation.item.done previous_item_id="item1" item2 completed message/assistant [{"type":"output_text","text":"One moment."}]
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_call find() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call find() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item3" output_index=1 delta="{\"order\":7}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item3" output_index=1 arguments="{\"order\":7}"
        response.output_item.added response_id="resp1" output_index=2 item4 in_progress mcp_approval_request find({"order":7})
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_approval_request find({"order":7})
        response.output_item.done response_id="resp1" output_index=2 item4 completed mcp_approval_request find({"order":7})
        conversation.item.done previous_item_id="item3" item4 completed mcp_approval_request find({"order":7})
        > completed
        response.done resp1 completed items=3 tokens=7
        > client {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"nope","approve":true},"event_id":"a"}
        error invalid_value param=item.approval_request_id event=a
        > quiet
        yes
        > client {"type":"conversation.item.create","item":{"id":"yes","type":"mcp_approval_response","approval_request_id":"item4","approve":true}}
        conversation.item.added previous_item_id="item4" yes completed mcp_approval_response by item4 approved
        conversation.item.done previous_item_id="item4" yes completed mcp_approval_response by item4 approved
        response.mcp_call.in_progress output_index=1 item_id="item3"
        [call item3 shop find({"order":7})]
        > client {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"item4","approve":false},"event_id":"b"}
        error invalid_value param=item.approval_request_id event=b
        > client {"type":"conversation.item.retrieve","item_id":"item3"}
        conversation.item.retrieved item3 in_progress mcp_call find({"order":7})  by item4
        > result item3 It was sent.
        response.mcp_call.completed output_index=1 item_id="item3"
        response.output_item.done response_id="resp1" output_index=1 item3 completed mcp_call find({"order":7}) It was sent. by item4
        conversation.item.done previous_item_id="item2" item3 completed mcp_call find({"order":7}) It was sent. by item4
        > quiet
        yes
        > client {"type":"response.create"}
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Client input=5]
        """);

    [Fact]
    public void A_call_that_is_not_approved_ends_with_the_reason_and_others_go_on() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"shop","server_url":"https://shop.example/mcp","require_approval":{"never":{"read_only":true}}}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 shop https://shop.example/mcp]
        > listed item1 buy ?price
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [buy price]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > mcp shop price {}
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress mcp_call price() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call price() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item2" output_index=0 arguments="{}"
        response.mcp_call.in_progress output_index=0 item_id="item2"
        [call item2 shop price({})]
        > mcp shop buy {"n":1}
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_call buy() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call buy() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item3" output_index=1 delta="{\"n\":1}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item3" output_index=1 arguments="{\"n\":1}"
        response.output_item.added response_id="resp1" output_index=2 item4 in_progress mcp_approval_request buy({"n":1})
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_approval_request buy({"n":1})
        response.output_item.done response_id="resp1" output_index=2 item4 completed mcp_approval_request buy({"n":1})
        conversation.item.done previous_item_id="item3" item4 completed mcp_approval_request buy({"n":1})
        > text Shall I?
        response.output_item.added response_id="resp1" output_index=3 item5 in_progress message/assistant []
        conversation.item.added previous_item_id="item4" item5 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item5" output_index=3 content_index=0 part={"type":"text","text":""}
        response.output_text.delta response_id="resp1" item_id="item5" output_index=3 content_index=0 delta="Shall I?"
        > result item2 7
        response.mcp_call.completed output_index=0 item_id="item2"
        response.output_item.done response_id="resp1" output_index=0 item2 completed mcp_call price({}) 7
        conversation.item.done previous_item_id="item1" item2 completed mcp_call price({}) 7
        > completed
        response.output_text.done response_id="resp1" item_id="item5" output_index=3 content_index=0 text="Shall I?"
        response.content_part.done response_id="resp1" item_id="item5" output_index=3 content_index=0 part={"type":"text","text":"Shall I?"}
        response.output_item.done response_id="resp1" output_index=3 item5 completed message/assistant [{"type":"output_text","text":"Shall I?"}]
        conversation.item.done previous_item_id="item4" item5 completed message/assistant [{"type":"output_text","text":"Shall I?"}]
        response.done resp1 completed items=4 tokens=7
        > client {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"item4","approve":false,"reason":"Too dear."}}
        conversation.item.added previous_item_id="item5" item6 completed mcp_approval_response by item4 refused
        conversation.item.done previous_item_id="item5" item6 completed mcp_approval_response by item4 refused
        response.mcp_call.failed output_index=1 item_id="item3"
        response.output_item.done response_id="resp1" output_index=1 item3 incomplete mcp_call buy({"n":1})  by item4 error={"type":"tool_execution_error","message":"The call was not approved: Too dear."}
        conversation.item.done previous_item_id="item2" item3 incomplete mcp_call buy({"n":1})  by item4 error={"type":"tool_execution_error","message":"The call was not approved: Too dear."}
        > result item3 late
        > quiet
        yes
        """);

    [Fact]
    public void A_call_that_cannot_be_or_breaks_tells_why_in_its_item() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"shop","server_url":"https://shop.example/mcp","require_approval":"never","allowed_tools":["find"]}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 shop https://shop.example/mcp]
        > listed item1 find buy
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [find]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > mcp shop buy {}
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress mcp_call buy() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call buy() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item2" output_index=0 arguments="{}"
        response.mcp_call.failed output_index=0 item_id="item2"
        response.output_item.done response_id="resp1" output_index=0 item2 incomplete mcp_call buy({})  error={"type":"protocol_error","message":"The tool 'buy' of the MCP server 'shop' is not loaded.","code":-32602}
        conversation.item.done previous_item_id="item1" item2 incomplete mcp_call buy({})  error={"type":"protocol_error","message":"The tool 'buy' of the MCP server 'shop' is not loaded.","code":-32602}
        > mcp bank find {}
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_call find() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call find() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item3" output_index=1 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item3" output_index=1 arguments="{}"
        response.mcp_call.failed output_index=1 item_id="item3"
        response.output_item.done response_id="resp1" output_index=1 item3 incomplete mcp_call find({})  error={"type":"protocol_error","message":"The tool 'find' of the MCP server 'bank' is not loaded.","code":-32602}
        conversation.item.done previous_item_id="item2" item3 incomplete mcp_call find({})  error={"type":"protocol_error","message":"The tool 'find' of the MCP server 'bank' is not loaded.","code":-32602}
        > mcp shop find [1]
        response.output_item.added response_id="resp1" output_index=2 item4 in_progress mcp_call find() 
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_call find() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item4" output_index=2 delta="[1]"
        response.mcp_call_arguments.done response_id="resp1" item_id="item4" output_index=2 arguments="[1]"
        response.mcp_call.failed output_index=2 item_id="item4"
        response.output_item.done response_id="resp1" output_index=2 item4 incomplete mcp_call find([1])  error={"type":"protocol_error","message":"The arguments are not a JSON object.","code":-32602}
        conversation.item.done previous_item_id="item3" item4 incomplete mcp_call find([1])  error={"type":"protocol_error","message":"The arguments are not a JSON object.","code":-32602}
        > mcp shop find {}
        response.output_item.added response_id="resp1" output_index=3 item5 in_progress mcp_call find() 
        conversation.item.added previous_item_id="item4" item5 in_progress mcp_call find() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item5" output_index=3 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item5" output_index=3 arguments="{}"
        response.mcp_call.in_progress output_index=3 item_id="item5"
        [call item5 shop find({})]
        > broke item5 It is closed.
        response.mcp_call.failed output_index=3 item_id="item5"
        response.output_item.done response_id="resp1" output_index=3 item5 incomplete mcp_call find({})  error={"type":"http_error","message":"It is closed.","code":503}
        conversation.item.done previous_item_id="item4" item5 incomplete mcp_call find({})  error={"type":"http_error","message":"It is closed.","code":503}
        > result item5 too late
        > completed
        response.done resp1 completed items=4 tokens=6
        """);

    [Fact]
    public void A_list_is_fetched_when_a_definition_appears_or_changes_and_forgotten_with_it() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://a","authorization":"s"},{"type":"mcp","server_label":"b","connector_id":"connector_gmail"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a as s]
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item2"
        [list item2 b ]
        > client {"type":"conversation.item.retrieve","item_id":"item1"}
        conversation.item.retrieved item1 in_progress mcp_list_tools []
        > unlisted item2 There is no such service here.
        conversation.item.done previous_item_id="item1" item2 incomplete mcp_list_tools [] error="There is no such service here."
        mcp_list_tools.failed item_id="item2"
        > client {"type":"session.update","session":{"type":"realtime","instructions":"x"}}
        session.updated …
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a"},{"type":"mcp","server_label":"b"}]}}
        session.updated …
        [forget b]
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item3"
        [list item3 b ]
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","require_approval":"never"}]}}
        session.updated …
        conversation.item.done previous_item_id="item2" item3 incomplete mcp_list_tools [] error="The server was removed from the session's tools."
        mcp_list_tools.failed item_id="item3"
        [forget b]
        > unlisted item3 late
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://a","authorization":"t"}]}}
        session.updated …
        conversation.item.done previous_item_id=null item1 incomplete mcp_list_tools [] error="Another definition of this server has taken its place."
        mcp_list_tools.failed item_id="item1"
        [forget a]
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item4"
        [list item4 a https://a as t]
        > listed item1 late
        > listed item4 x
        conversation.item.done previous_item_id="item3" item4 completed mcp_list_tools [x]
        mcp_list_tools.completed item_id="item4"
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","allowed_tools":{"read_only":true}}]}}
        session.updated …
        [forget a]
        conversation.item.added previous_item_id="item4" item5 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item5"
        [list item5 a https://a as t]
        > client {"type":"conversation.item.delete","item_id":"item5"}
        conversation.item.deleted item_id="item5"
        > listed item5 x ?y
        mcp_list_tools.completed item_id="item5"
        > client {"type":"session.update","session":{"type":"realtime","tools":[]}}
        session.updated …
        [forget a]
        > quiet
        yes
        """);

    [Fact]
    public void A_response_uses_only_what_was_loaded_when_it_began() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"a","server_url":"https://a","require_approval":"never"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a]
        > client {"type":"response.create","response":{"tool_choice":"required"}}
        response.created resp1 in_progress
        rate_limits.updated
        response.done resp1 failed/no_tools tokens=0
        > client {"type":"response.create","response":{"tool_choice":{"type":"mcp","server_label":"a"}}}
        response.created resp2 in_progress
        rate_limits.updated
        response.done resp2 failed/no_tools tokens=0
        > client {"type":"response.create"}
        response.created resp3 in_progress
        rate_limits.updated
        [generate resp3 Client input=0]
        > listed item1 x
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [x]
        mcp_list_tools.completed item_id="item1"
        > mcp a x {}
        response.output_item.added response_id="resp3" output_index=0 item2 in_progress mcp_call x() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call x() 
        response.mcp_call_arguments.delta response_id="resp3" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp3" item_id="item2" output_index=0 arguments="{}"
        response.mcp_call.failed output_index=0 item_id="item2"
        response.output_item.done response_id="resp3" output_index=0 item2 incomplete mcp_call x({})  error={"type":"protocol_error","message":"The tool 'x' of the MCP server 'a' is not loaded.","code":-32602}
        conversation.item.done previous_item_id="item1" item2 incomplete mcp_call x({})  error={"type":"protocol_error","message":"The tool 'x' of the MCP server 'a' is not loaded.","code":-32602}
        > completed
        response.done resp3 completed items=1 tokens=1
        > client {"type":"response.create","response":{"tool_choice":{"type":"mcp","server_label":"a","name":"y"}}}
        response.created resp4 in_progress
        rate_limits.updated
        response.done resp4 failed/no_tools tokens=0
        > client {"type":"response.create","response":{"tool_choice":{"type":"mcp","server_label":"a","name":"x"}}}
        response.created resp5 in_progress
        rate_limits.updated
        [generate resp5 Client input=2]
        > mcp a x {}
        response.output_item.added response_id="resp5" output_index=0 item3 in_progress mcp_call x() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call x() 
        response.mcp_call_arguments.delta response_id="resp5" item_id="item3" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp5" item_id="item3" output_index=0 arguments="{}"
        response.mcp_call.in_progress output_index=0 item_id="item3"
        [call item3 a x({})]
        > completed
        response.done resp5 completed items=1 tokens=1
        > client {"type":"response.create","response":{"tools":[{"type":"mcp","server_label":"b","server_url":"https://b","require_approval":"never"}]}}
        response.created resp6 in_progress
        rate_limits.updated
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item4"
        [list item4 b https://b]
        [generate resp6 Client input=3]
        > completed
        response.done resp6 completed tokens=0
        > listed item4 z
        conversation.item.done previous_item_id="item3" item4 completed mcp_list_tools [z]
        mcp_list_tools.completed item_id="item4"
        > client {"type":"response.create","response":{"conversation":"none","tools":[{"type":"mcp","server_label":"b"}],"tool_choice":"required"}}
        response.created resp7 in_progress apart
        rate_limits.updated
        [generate resp7 Client input=4]
        > mcp b z {}
        response.output_item.added response_id="resp7" output_index=0 item5 in_progress mcp_call z() 
        response.mcp_call_arguments.delta response_id="resp7" item_id="item5" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp7" item_id="item5" output_index=0 arguments="{}"
        response.mcp_call.in_progress output_index=0 item_id="item5"
        [call item5 b z({})]
        > result item5 7
        response.mcp_call.completed output_index=0 item_id="item5"
        response.output_item.done response_id="resp7" output_index=0 item5 completed mcp_call z({}) 7
        > completed
        response.done resp7 completed apart items=1 tokens=1
        > gone
        > quiet
        no
        > result item3 7
        response.mcp_call.completed output_index=0 item_id="item3"
        response.output_item.done response_id="resp5" output_index=0 item3 completed mcp_call x({}) 7
        conversation.item.done previous_item_id="item2" item3 completed mcp_call x({}) 7
        > quiet
        yes
        """);

    [Fact]
    public void A_list_that_comes_late_does_not_take_the_place_of_a_clients_item()
    {
        string story = Story.Tell("""
            > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://a"}]}}
            > client {"type":"conversation.item.delete","item_id":"item1"}
            > client {"type":"conversation.item.create","item":{"id":"item1","type":"message","role":"user","content":[]}}
            > listed item1 find
            > client {"type":"conversation.item.retrieve","item_id":"item1"}
            """);
        Assert.EndsWith("conversation.item.retrieved item1 completed message/user []", story, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_a_cancel_nor_a_leaving_driver_leaves_a_call_open() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"a","server_url":"https://a","require_approval":{"always":{"tool_names":["ask"]},"never":{}}}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a]
        > listed item1 run ask
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [run ask]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > mcp a run {}
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress mcp_call run() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call run() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item2" output_index=0 arguments="{}"
        response.mcp_call.in_progress output_index=0 item_id="item2"
        [call item2 a run({})]
        > mcp a ask {}
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_call ask() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call ask() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item3" output_index=1 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item3" output_index=1 arguments="{}"
        response.output_item.added response_id="resp1" output_index=2 item4 in_progress mcp_approval_request ask({})
        conversation.item.added previous_item_id="item3" item4 in_progress mcp_approval_request ask({})
        response.output_item.done response_id="resp1" output_index=2 item4 completed mcp_approval_request ask({})
        conversation.item.done previous_item_id="item3" item4 completed mcp_approval_request ask({})
        > client {"type":"response.cancel"}
        [stop resp1]
        response.done resp1 cancelled/client_cancelled items=3 tokens=3
        > quiet
        no
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://other"}]}}
        session.updated …
        response.mcp_call.failed output_index=1 item_id="item3"
        response.output_item.done response_id="resp1" output_index=1 item3 incomplete mcp_call ask({})  by item4 error={"type":"tool_execution_error","message":"The MCP server 'a' is not among the session's tools any more, or was defined anew."}
        conversation.item.done previous_item_id="item2" item3 incomplete mcp_call ask({})  by item4 error={"type":"tool_execution_error","message":"The MCP server 'a' is not among the session's tools any more, or was defined anew."}
        [forget a]
        conversation.item.added previous_item_id="item4" item5 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item5"
        [list item5 a https://other]
        > quiet
        no
        > client {"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"item4","approve":true},"event_id":"late"}
        error invalid_value param=item.approval_request_id event=late
        > leave
        conversation.item.done previous_item_id="item4" item5 incomplete mcp_list_tools [] error="The call has ended."
        mcp_list_tools.failed item_id="item5"
        response.mcp_call.failed output_index=0 item_id="item2"
        response.output_item.done response_id="resp1" output_index=0 item2 incomplete mcp_call run({})  error={"type":"tool_execution_error","message":"The call has ended."}
        conversation.item.done previous_item_id="item1" item2 incomplete mcp_call run({})  error={"type":"tool_execution_error","message":"The call has ended."}
        > quiet
        yes
        > result item2 late
        """);

    [Fact]
    public void A_session_that_expires_ends_its_calls() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"],"tools":[{"type":"mcp","server_label":"a","server_url":"https://a","require_approval":"never"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a]
        > listed item1 run
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [run]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > mcp a run {}
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress mcp_call run() 
        conversation.item.added previous_item_id="item1" item2 in_progress mcp_call run() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item2" output_index=0 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item2" output_index=0 arguments="{}"
        response.mcp_call.in_progress output_index=0 item_id="item2"
        [call item2 a run({})]
        > wait 3600000
        response.mcp_call.failed output_index=0 item_id="item2"
        response.output_item.done response_id="resp1" output_index=0 item2 incomplete mcp_call run({})  error={"type":"tool_execution_error","message":"Your session hit the maximum duration of 60 minutes."}
        conversation.item.done previous_item_id="item1" item2 incomplete mcp_call run({})  error={"type":"tool_execution_error","message":"Your session hit the maximum duration of 60 minutes."}
        [stop resp1]
        response.done resp1 failed/session_expired items=1 tokens=2
        error session_expired param= event=
        [over]
        > result item2 late
        """);

    [Fact]
    public void A_call_waits_like_everything_else_until_the_words_before_it_are_heard() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"a","server_url":"https://a","require_approval":"never"}]}}
        session.updated …
        conversation.item.added previous_item_id=null item1 in_progress mcp_list_tools []
        mcp_list_tools.in_progress item_id="item1"
        [list item1 a https://a]
        > listed item1 run
        conversation.item.done previous_item_id=null item1 completed mcp_list_tools [run]
        mcp_list_tools.completed item_id="item1"
        > client {"type":"response.create"}
        response.created resp1 in_progress
        rate_limits.updated
        [generate resp1 Client input=1]
        > speech 400 One moment.
        [say 1 400ms]
        response.output_item.added response_id="resp1" output_index=0 item2 in_progress message/assistant []
        conversation.item.added previous_item_id="item1" item2 in_progress message/assistant []
        response.content_part.added response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"audio","transcript":""}
        > mcp a run {}
        [say 1 0ms last]
        > completed
        > started 1
        output_audio_buffer.started response_id="resp1"
        response.output_audio_transcript.delta response_id="resp1" item_id="item2" output_index=0 content_index=0 delta="One moment."
        response.output_audio.done response_id="resp1" item_id="item2" output_index=0 content_index=0
        response.output_audio_transcript.done response_id="resp1" item_id="item2" output_index=0 content_index=0 transcript="One moment."
        response.content_part.done response_id="resp1" item_id="item2" output_index=0 content_index=0 part={"type":"audio","transcript":"One moment."}
        response.output_item.done response_id="resp1" output_index=0 item2 completed message/assistant [{"type":"output_audio","transcript":"One moment."}]
        conversation.item.done previous_item_id="item1" item2 completed message/assistant [{"type":"output_audio","transcript":"One moment."}]
        response.output_item.added response_id="resp1" output_index=1 item3 in_progress mcp_call run() 
        conversation.item.added previous_item_id="item2" item3 in_progress mcp_call run() 
        response.mcp_call_arguments.delta response_id="resp1" item_id="item3" output_index=1 delta="{}"
        response.mcp_call_arguments.done response_id="resp1" item_id="item3" output_index=1 arguments="{}"
        response.mcp_call.in_progress output_index=1 item_id="item3"
        [call item3 a run({})]
        response.done resp1 completed items=2 tokens=12
        > stopped 1
        output_audio_buffer.stopped response_id="resp1"
        > result item3 7
        response.mcp_call.completed output_index=1 item_id="item3"
        response.output_item.done response_id="resp1" output_index=1 item3 completed mcp_call run({}) 7
        conversation.item.done previous_item_id="item2" item3 completed mcp_call run({}) 7
        """);
}
