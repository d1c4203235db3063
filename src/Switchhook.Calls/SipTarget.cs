using System.Text;
using Switchhook.Sip.Messages;

namespace Switchhook.Calls;

/// <summary>Whom an INVITE calls: the user part of its Request-URI names the project (<c>sip:proj_demo@host</c>).</summary>
internal static class SipTarget
{
    /// <summary>The user part, its escapes undone (RFC 3261 §19.1.4), or nothing when there is none.</summary>
    public static string UserOf(string requestUri)
    {
        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(requestUri), out SipUri uri)) { return ""; }
        byte[] user = new byte[uri.User.Length];
        return Encoding.UTF8.GetString(user, 0, SipEscapes.Unescape(uri.User, user));
    }
}
