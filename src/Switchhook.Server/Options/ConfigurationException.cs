namespace Switchhook.Server.Options;

/// <summary>The configuration cannot be used. Holds every error that was found, so that one start tells all of them.</summary>
internal sealed class ConfigurationException(string origin, IReadOnlyList<string> errors)
    : Exception($"{origin}:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", errors)}")
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
