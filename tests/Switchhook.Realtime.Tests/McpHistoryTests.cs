namespace Switchhook.Realtime.Tests;

/// <summary>A client that restores a conversation brings back what MCP was asked in it (realtime-api §5.1): history, of which nothing follows.</summary>
public sealed class McpHistoryTests
{
    [Fact]
    public void Items_of_mcp_that_a_client_creates_ask_for_nothing_and_are_given_to_the_model() => Story.Holds("""
        session.created …
        > client {"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}
        session.updated …
        > client {"type":"conversation.item.create","item":{"id":"list","type":"mcp_list_tools","server_label":"a","tools":[{"name":"t","input_schema":{}}]}}
        conversation.item.added previous_item_id=null list completed mcp_list_tools [t]
        conversation.item.done previous_item_id=null list completed mcp_list_tools [t]
        > client {"type":"conversation.item.create","item":{"id":"asked","type":"mcp_approval_request","server_label":"a","name":"t","arguments":"{}"}}
        conversation.item.added previous_item_id="list" asked completed mcp_approval_request t({})
        conversation.item.done previous_item_id="list" asked completed mcp_approval_request t({})
        > client {"type":"conversation.item.create","item":{"id":"yes","type":"mcp_approval_response","approval_request_id":"asked","approve":true}}
        conversation.item.added previous_item_id="asked" yes completed mcp_approval_response by asked approved
        conversation.item.done previous_item_id="asked" yes completed mcp_approval_response by asked approved
        > client {"type":"conversation.item.create","item":{"id":"call","type":"mcp_call","status":"in_progress","server_label":"a","name":"t","arguments":"{}","approval_request_id":"asked","output":"7"}}
        conversation.item.added previous_item_id="yes" call completed mcp_call t({}) 7 by asked
        conversation.item.done previous_item_id="yes" call completed mcp_call t({}) 7 by asked
        > gone
        > quiet
        yes
        > client {"type":"response.create","response":{"tool_choice":"required"}}
        response.created resp1 in_progress
        rate_limits.updated
        response.done resp1 failed/no_tools tokens=0
        > client {"type":"response.create"}
        response.created resp2 in_progress
        rate_limits.updated
        [generate resp2 Client input=4]
        """);
}
