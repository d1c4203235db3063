using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Switchhook.Server.Api.Shapes;

/// <summary>What reject takes; read by <see cref="RejectBody"/>, which names what is wrong.</summary>
internal sealed record RejectRequest
{
    [Description("The SIP status the caller is answered; 603 when it is not given.")]
    [Range(300, 699)]
    public int? StatusCode { get; init; }
}
