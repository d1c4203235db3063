using System.Text.Json;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Server.Cli;

namespace Switchhook.Server.Tests.Api;

/// <summary>POST refer, from HTTP to a phone's socket and back (realtime-api §1.5, §9.1, §9.4, §9.5; S4, O1, O2).</summary>
[Collection("Alone")]
public sealed class ReferTests : IAsyncLifetime
{
    private const string Target = """{"target_uri":"tel:+14155550123"}""";
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LiveServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_transfer_is_200_when_the_peer_took_it_and_ends_the_call_when_it_succeeded()
    {
        (Call call, RawPhone phone) = await TalkAsync();
        using RawPhone _ = phone;
        Task<Answer> asked = ReferAsync(call, """{"target_uri":"sip:agent@example.com;transport=tcp?X-Case=7"}""");
        string refer = await phone.ReceiveAsync("REFER ");
        Assert.Equal("<sip:agent@example.com;transport=tcp?X-Case=7>", RawPhone.Header(refer, "Refer-To"));
        Assert.False(asked.IsCompleted);
        await phone.AnswerAsync(refer, "202 Accepted");
        Answer answer = await asked;
        Assert.Equal((200, "", 0L), (answer.Status, answer.Body, answer.ContentLength));
        Assert.Equal(CallState.Transferring, call.Record.State);

        // A retry of the same has the effect of one; another target has to wait.
        Assert.Equal(200, (await ReferAsync(call, """{"target_uri":"sip:agent@example.com;transport=tcp?X-Case=7"}""")).Status);
        Answer other = await ReferAsync(call, Target);
        Assert.Equal((400, "transfer_in_progress"), (other.Status, other.Code));

        await phone.NotifyAsync("100 Trying", "active;expires=60");
        await phone.NotifyAsync("200 OK", "terminated;reason=noresource");
        await phone.AnswerAsync(await phone.ReceiveAsync("BYE "), "200 OK");
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(new EndReason(EndedBy.Api, EndedBecause.Transferred), call.Record.Ended);
        Assert.Equal(
            ["transfer.requested", "transfer.accepted", "transfer.progress 100", "transfer.progress 200", "transfer.ended completed"],
            call.Timeline.Read(0).Where(entry => entry.Kind.StartsWith("transfer.", StringComparison.Ordinal)).Select(Short));

        // realtime-api §1.9: the answer was lost, and the SDK asks again.
        Answer again = await ReferAsync(call, """{"target_uri":"sip:agent@example.com;transport=tcp?X-Case=7"}""");
        Assert.Equal((200, ""), (again.Status, again.Body));
        Answer late = await ReferAsync(call, """{"target_uri":"tel:+1"}""");
        Assert.Equal((404, "call_id_not_found"), (late.Status, late.Code));
        Assert.Contains("It was transferred.", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_status_and_a_transfer_that_failed_leaves_the_call_as_it_was()
    {
        (Call call, RawPhone phone) = await TalkAsync();
        using RawPhone _ = phone;
        Task<Answer> asked = ReferAsync(call, Target);
        await phone.AnswerAsync(await phone.ReceiveAsync("REFER "), "603 Decline");
        Answer refused = await asked;
        Assert.Equal((400, "refer_rejected", "The peer answered REFER with 603 Decline"), (refused.Status, refused.Code, refused.Message));
        Assert.Equal("false", Assert.Single(refused.Headers.GetValues("x-should-retry")));
        Assert.Equal(CallState.Active, call.Record.State);

        asked = ReferAsync(call, Target);
        await phone.AnswerAsync(await phone.ReceiveAsync("REFER "), "202 Accepted");
        Assert.Equal(200, (await asked).Status);
        await phone.NotifyAsync("486 Busy Here", "terminated;reason=noresource");
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "transfer.ended" && entry.Text == "failed");
        Assert.Equal(CallState.Active, call.Record.State);

        Assert.Equal(200, (await _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/hangup")).Status);
        await phone.AnswerAsync(await phone.ReceiveAsync("BYE "), "200 OK");
        await call.HasEnded.WaitAsync(LiveServer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(new EndReason(EndedBy.Api, EndedBecause.HungUp), call.Record.Ended);
        JsonElement explained = (await _server.SendAsync("GET", $"/v1/realtime/calls/{call.Id}/timeline")).Json;
        Assert.Contains("transfer.refused", explained.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>The application may be faster than the ACK; then its SDK tries again by itself.</summary>
    [Fact]
    public async Task A_refer_before_the_ACK_may_be_repeated()
    {
        using RawPhone phone = new(_server.Host.House.Sip.Listeners[0].Local, "proj_a");
        await phone.PlaceAsync();
        Call call = Assert.Single(_server.Host.House.Calls.Live("proj_a"));
        Answer ringing = await ReferAsync(call, Target);
        Assert.Equal((400, "call_not_accepted", false), (ringing.Status, ringing.Code, ringing.Headers.Contains("x-should-retry")));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        Answer answering = await ReferAsync(call, Target);
        Assert.Equal((400, "call_not_accepted", "true"), (answering.Status, answering.Code, Assert.Single(answering.Headers.GetValues("x-should-retry"))));
        await phone.AcknowledgeAsync();
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "call.state" && entry.Text.EndsWith("Active", StringComparison.Ordinal));
        Task<Answer> asked = ReferAsync(call, Target);
        await phone.AnswerAsync(await phone.ReceiveAsync("REFER "), "202 Accepted");
        Assert.Equal(200, (await asked).Status);
    }

    [Fact]
    public async Task A_phone_that_knows_no_REFER_is_the_applications_problem_and_not_a_500()
    {
        (Call call, PhoneCall phone) = await _server.RingAsync();
        Answer early = await ReferAsync(call, Target);
        Assert.Equal((400, "call_not_accepted"), (early.Status, early.Code));
        Assert.Equal(200, (await _server.AcceptAsync(call)).Status);
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "call.state" && entry.Text.EndsWith("Active", StringComparison.Ordinal));
        Answer refer = await ReferAsync(call, Target);
        Assert.Equal((400, "refer_rejected"), (refer.Status, refer.Code));
        Assert.StartsWith("The peer answered REFER with 405 Method Not Allowed", refer.Message, StringComparison.Ordinal);
        Assert.False(phone.Over.IsCompleted);
    }

    /// <summary>A call that was accepted and whose ACK is here.</summary>
    private async Task<(Call Call, RawPhone Phone)> TalkAsync()
    {
        RawPhone phone = new(_server.Host.House.Sip.Listeners[0].Local, "proj_a");
        await phone.PlaceAsync();
        Call call = Assert.Single(_server.Host.House.Calls.Live("proj_a"));
        Task<Answer> accepted = _server.AcceptAsync(call);
        await phone.AcknowledgeAsync();
        Assert.Equal(200, (await accepted).Status);
        await LiveServer.HistoryAsync(call, entry => entry.Kind == "call.state" && entry.Text.EndsWith("Active", StringComparison.Ordinal));
        return (call, phone);
    }

    private Task<Answer> ReferAsync(Call call, string body) => _server.SendAsync("POST", $"/v1/realtime/calls/{call.Id}/refer", body);

    private static string Short(TimelineEntry entry) =>
        entry.Kind is "transfer.progress" or "transfer.ended" ? $"{entry.Kind} {entry.Text}" : entry.Kind;
}
