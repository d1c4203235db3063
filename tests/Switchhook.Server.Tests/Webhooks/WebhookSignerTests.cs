using System.Text;
using Switchhook.Server.Webhooks;

namespace Switchhook.Server.Tests.Webhooks;

public sealed class WebhookSignerTests
{
    private const string Secret = "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=";
    private const string Id = "wh_685c059ae39c8190af8c71ed1022a24d";
    private const long Timestamp = 1750861210;
    private const string Signature = "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY=";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}""");

    [Fact]
    public void The_vector_of_the_contract_is_signed_as_published() =>
        Assert.Equal(Signature, WebhookSigner.Sign([Secret], Id, Timestamp, Body));

    [Fact]
    public void Every_secret_of_a_rotation_signs_parted_by_single_spaces()
    {
        string[] signatures = WebhookSigner.Sign(["raw secret of sixteen", Secret], Id, Timestamp, Body).Split(' ');
        Assert.Equal(2, signatures.Length);
        Assert.Equal(Signature, signatures[1]);
        Assert.NotEqual(Signature, signatures[0]);
    }

    [Fact]
    public void A_secret_without_its_prefix_is_used_as_it_is_written()
    {
        string sameKey = $"whsec_{Convert.ToBase64String(Encoding.UTF8.GetBytes("géheim 16 bytes+"))}";
        Assert.Equal(WebhookSigner.Sign([sameKey], Id, Timestamp, Body), WebhookSigner.Sign(["géheim 16 bytes+"], Id, Timestamp, Body));
    }

    [Fact]
    public void Whatever_is_changed_changes_the_signature()
    {
        byte[] other = [.. Body, (byte)'\n'];
        Assert.Distinct([
            Signature,
            WebhookSigner.Sign([Secret], Id, Timestamp, other),
            WebhookSigner.Sign([Secret], Id, Timestamp + 1, Body),
            WebhookSigner.Sign([Secret], Id + "x", Timestamp, Body),
        ]);
    }
}
