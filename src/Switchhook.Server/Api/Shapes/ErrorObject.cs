using System.ComponentModel;

namespace Switchhook.Server.Api.Shapes;

/// <summary>The body of every error (realtime-api §1.9).</summary>
internal sealed record ErrorObject(ErrorDetail Error);

/// <summary>All four members always.</summary>
internal sealed record ErrorDetail(
    [property: Description("What is wrong, and what to do.")] string Message,
    [property: Description("invalid_request_error or server_error.")] string Type,
    [property: Description("The member that is wrong, as a path.")] string? Param,
    [property: Description("Stable, for programs.")] string? Code);
