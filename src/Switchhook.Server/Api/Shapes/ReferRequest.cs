using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Switchhook.Server.Api.Shapes;

/// <summary>What refer takes; read by <see cref="ReferBody"/>.</summary>
internal sealed record ReferRequest
{
    [Description("A sip:, sips: or tel: URI, such as tel:+14155550123.")]
    [MaxLength(Limits.TransferTargetChars)]
    public required string TargetUri { get; init; }
}
