using System.Text;
using Switchhook.Sip.Messages;

namespace Switchhook.Calls;

/// <summary>Whom an INVITE calls: the user part of its Request-URI names the project (<c>sip:proj_demo@host</c>).</summary>
internal static class SipTarget
{
    /// <summary>The user part, or nothing when there is none.</summary>
    public static string UserOf(string requestUri) =>
        SipUri.TryParse(Encoding.UTF8.GetBytes(requestUri), out SipUri uri) ? Encoding.UTF8.GetString(uri.User) : "";
}
