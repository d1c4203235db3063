namespace Switchhook.Calls.Tests;

public sealed class SipTargetTests
{
    [Theory]
    [InlineData("sip:proj_demo@192.0.2.1:5060;transport=tcp", "proj_demo")]
    [InlineData("sip:%70roj%5Fdemo@192.0.2.1", "proj_demo")]
    [InlineData("sip:proj%2@192.0.2.1", "proj%2")]
    [InlineData("sip:192.0.2.1", "")]
    [InlineData("tel:+15551234", "+15551234")]
    [InlineData("not a uri", "")]
    public void A_call_names_its_project_escaped_or_not(string requestUri, string user) => Assert.Equal(user, SipTarget.UserOf(requestUri));
}
