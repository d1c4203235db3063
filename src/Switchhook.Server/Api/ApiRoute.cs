namespace Switchhook.Server.Api;

/// <summary>
/// One operation of the REST API: where it is, what it takes and what it answers. Handlers are mapped to these and the API's
/// document (docs/openapi.json) is written from them, so that neither knows of a route that the other does not.
/// </summary>
internal sealed record ApiRoute(string Method, string Path, string Name, string Summary)
{
    public string? Text { get; init; }

    /// <summary>The shape of the body; null when there is none.</summary>
    public Type? Takes { get; init; }

    public bool MayTakeNothing { get; init; }

    /// <summary>A body that is taken.</summary>
    public string? Example { get; init; }

    /// <summary>It was there once, and says what took its place.</summary>
    public bool IsRetired { get; init; }

    /// <summary>The shape of a 200; null for an empty one.</summary>
    public Type? Answers { get; init; }

    public string AnswerType { get; init; } = "application/json";

    public IReadOnlyList<ApiQuery> Query { get; init; } = [];

    /// <summary>Every status that is not a success, and when.</summary>
    public IReadOnlyList<(int Status, string When)> Errors { get; init; } = [];

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string prefix, RequestDelegate handler) =>
        routes.MapMethods(prefix + Path, [Method], handler).WithMetadata(this);
}

/// <summary>A parameter of the query; every one may be left out.</summary>
internal sealed record ApiQuery(string Name, string Text, bool IsNumber = false);
